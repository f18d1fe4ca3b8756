"""“I want this answered too”: giving support to a question, and taking it back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.service import as_it_is_now, check_accepts_submissions
from solicit.errors import NotFound, Refused
from solicit.questions.models import Question, Support
from solicit.questions.queries.public import author_ids
from solicit.questions.queries.supporters import group_of
from solicit.questions.states import QuestionState
from solicit.words import N_


def give_support(session: Session, *, call: CallFacts, question_id: int, person_id: int, now: datetime) -> None:
    """Count a person among those who want a question answered; giving it twice changes nothing."""
    _check_may_change(session, call=call, question_id=question_id, now=now)
    if person_id in author_ids(session, question_id=question_id):
        raise Refused(N_("This question is yours. Support comes from others."))
    given = insert(Support).values(question_id=question_id, person_id=person_id, supported_at=now)
    again = dict(supported_at=now, withdrawn_at=None)
    session.execute(
        given.on_conflict_do_update(
            index_elements=["question_id", "person_id"], set_=again, where=Support.withdrawn_at.is_not(None)
        )
    )


def withdraw_support(session: Session, *, call: CallFacts, question_id: int, person_id: int, now: datetime) -> None:
    """Take a person's support back, whichever of the merged questions it was given to."""
    _check_may_change(session, call=call, question_id=question_id, now=now)
    group = group_of(question_id)
    given = sa.update(Support).where(
        Support.question_id.in_(sa.select(group.c.id)), Support.person_id == person_id, Support.withdrawn_at.is_(None)
    )
    session.execute(given.values(withdrawn_at=now), execution_options={"synchronize_session": False})


def _check_may_change(session: Session, *, call: CallFacts, question_id: int, now: datetime) -> None:
    call = as_it_is_now(session, call)
    check_accepts_submissions(call, now=now)
    # Shared: no merge or withdrawal comes between this look and the row that is written.
    standing = sa.select(Question.state).where(Question.id == question_id, Question.call_id == call.id)
    state = session.scalar(standing.with_for_update(read=True))
    if state is None or not call.shows_questions:
        raise NotFound
    if state is not QuestionState.IN_SCOPE:
        raise Refused(N_("Only questions that are part of the call can be supported."))
