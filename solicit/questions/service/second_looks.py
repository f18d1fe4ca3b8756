"""The one request of a submitter for another look at a decision, and its answer.

An answer that changes the decision of screening carries that out, also after the results were published, when the
desk decides nothing any more: the rankings stay as they are, and the next publication says it.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.calls.service import as_it_is_now
from solicit.calls.states import OVER
from solicit.errors import Closed, Conflict, NotFound, Refused, check_move
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.questions.models import Question, QuestionSource, SecondLook
from solicit.questions.queries.involvement import involved_people
from solicit.questions.queries.second_looks import LookRow, asking_of, one_look
from solicit.questions.service.screen.acts import Act, begin_decision, do
from solicit.questions.states import (
    ALLOWING_CHANGE,
    SECOND_LOOK_MOVES,
    SECOND_LOOK_WORDS,
    ChangeBy,
    DecisionAct,
    SecondLookState,
)
from solicit.submissions.models import Submission
from solicit.words import N_


def ask_second_look(
    session: Session, *, call: CallFacts, submission_id: int, person_id: int, reason: str, now: datetime
) -> None:
    """Ask the organizers, once, to look again at what became of a submission; they are told.

    Raises: Conflict, Refused, Closed
    """
    asking = asking_of(session, call=call, submission_id=submission_id)
    if not asking.is_decided:
        raise Refused(N_("Nothing was decided about this submission yet that could be looked at again."))
    if asking.until is not None and asking.until <= now:
        raise Closed(N_("A second look could be asked for until 14 days after the results were published."))
    values = dict(submission_id=submission_id, person_id=person_id, reason=reason, asked_at=now, answer="")
    asked = insert(SecondLook).values(**values, state=SecondLookState.ASKED).on_conflict_do_nothing()
    if session.scalar(asked.returning(SecondLook.submission_id)) is None:
        raise Conflict(N_("You have asked for a second look at this submission already. It can be asked once."))
    _record(session, "ask second look", call, submission_id, person_id, now)
    _write_to_organizers(session, call, submission_id, now)


@dataclass(frozen=True, kw_only=True)
class LookAnswer:
    """What came of another look, about the version that was read; the theme of a question that has none."""

    state: SecondLookState
    text: str
    version: int
    theme_id: int | None = None


def answer_second_look(
    session: Session, *, call: CallFacts, submission_id: int, answer: LookAnswer, actor_id: int, now: datetime
) -> None:
    """Answer in one's own words and, if the decision changes, carry that out; the submitter gets a letter.

    Raises: NotFound, Conflict, Refused
    """
    call = as_it_is_now(session, call)
    look, submission = _locked(session, call, submission_id)
    check_move(SECOND_LOOK_MOVES, look.state, answer.state)
    is_changed = answer.state is SecondLookState.CHANGED
    if is_changed:
        _change(session, call, submission_id, answer, actor_id=actor_id, now=now)
    look.state, look.answer, look.answered_by_id, look.answered_at = answer.state, answer.text, actor_id, now
    _record(session, "answer second look", call, submission_id, actor_id, now, outcome=answer.state.value)
    _write_to_submitter(session, call, look, submission, now, is_late=is_changed and call.state in OVER)


def _locked(session: Session, call: CallFacts, submission_id: int) -> tuple[SecondLook, Submission]:
    wanted = (
        sa.select(SecondLook, Submission)
        .join(Submission, Submission.id == SecondLook.submission_id)
        .where(SecondLook.submission_id == submission_id, Submission.call_id == call.id)
    )
    row = session.execute(wanted.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    if row.SecondLook.state is not SecondLookState.ASKED:
        raise Conflict(N_("Somebody else answered this in the meantime."))
    return row.SecondLook, row.Submission


def _change(
    session: Session, call: CallFacts, submission_id: int, answer: LookAnswer, *, actor_id: int, now: datetime
) -> None:
    found = one_look(session, call=call, viewer_id=actor_id, submission_id=submission_id)
    if found is None:
        raise NotFound
    if found.change_by not in ALLOWING_CHANGE:
        raise Refused(N_("This decision cannot be changed by an answer. The page says why, and what you can do."))
    if found.change_by is ChangeBy.ANSWER:
        _take_in(session, call, found, answer, actor_id=actor_id, now=now)


def _take_in(
    session: Session, call: CallFacts, found: LookRow, answer: LookAnswer, *, actor_id: int, now: datetime
) -> None:
    """Take the question into the call as the desk would, in the version that the organizer read."""
    question = session.get_one(Question, found.question_id, with_for_update=True, populate_existing=True)
    if question.version != answer.version:
        raise Conflict(N_("This question changed while you were reading it. Read it again, then decide."))
    acts = [Act(act=DecisionAct.IN_SCOPE)]
    if question.theme_id is None:
        acts.insert(0, Act(act=DecisionAct.THEME, theme_id=answer.theme_id))
    for wanted in acts:
        decision_id = begin_decision(session, call_id=call.id, act=wanted.act, actor_id=actor_id, now=now)
        do(session, question, wanted, decision_id=decision_id, actor_id=actor_id, now=now)


def _write_to_organizers(session: Session, call: CallFacts, submission_id: int, now: datetime) -> None:
    """Tell those who may answer: nobody who has a part in the question."""
    source = session.get_one(QuestionSource, submission_id, populate_existing=True)
    involved = involved_people([source.question_id, source.first_question_id])
    organizers = (
        sa.select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.ORGANIZER, RoleGrant.call_id == call.id, Person.active)
        .where(Person.id.not_in(sa.select(involved.subquery())))
        .order_by(Person.id)
    )
    params = dict(call_title=call.title, path=f"/{call.slug}/organize/second-looks/{submission_id}")
    for person in session.scalars(organizers).all():
        to = Recipient(person.email, person.locale, person.id)
        enqueue(session, to=to, kind="second_look_asked", params=params, now=now, call_id=call.id)


def _write_to_submitter(
    session: Session, call: CallFacts, look: SecondLook, submission: Submission, now: datetime, *, is_late: bool
) -> None:
    person = session.get_one(Person, look.person_id)
    if not person.active:
        return
    params = dict(
        title=submission.title,
        reference=submission.reference,
        outcome=SECOND_LOOK_WORDS[look.state],
        text=look.answer,
        is_late=is_late,
        call_title=call.title,
        path=f"/{person.locale}/{call.slug}/my/{submission.reference}/what-became",
    )
    to = Recipient(person.email, person.locale, person.id)
    enqueue(session, to=to, kind="second_look_answered", params=params, now=now, call_id=call.id)


def _record(
    session: Session, act: str, call: CallFacts, submission_id: int, actor_id: int, now: datetime, **details: object
) -> None:
    what = dict(subject="submission", subject_id=submission_id, call_id=call.id, actor_id=actor_id)
    record(session, act=act, **what, now=now, **details)
