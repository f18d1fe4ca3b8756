"""Writing to the people whose submissions speak through a question."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries.words import in_language
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.questions.models import Question, QuestionSource, Support
from solicit.questions.queries.supporters import group_of
from solicit.questions.states import question_label
from solicit.submissions.models import Submission
from solicit.submissions.queries.correspondence import correspondents
from solicit.submissions.states import LIVE


def write_to_submitters(
    session: Session,
    *,
    call_id: int,
    question_ids: Iterable[int],
    kind: str,
    params: dict,
    now: datetime,
    translated: Mapping[str, dict] = MappingProxyType({}),
) -> int:
    """Put one letter per submission and person into the outbox and return how many.

    The submitter and the corresponding author are told.
    ``translated`` are values that differ by the language of the receiver; those of the language "" are for all others.
    Every letter knows the title and reference of the receiver's own submission, and the call.
    """
    rows = _told(session, question_ids)
    if not rows:
        return 0
    call = session.execute(sa.select(Call.slug, Call.title).where(Call.id == call_id)).one()
    for row in rows:
        own = dict(
            title=row.title, reference=row.reference, call_title=call.title, call_slug=call.slug, lang=row.locale
        )
        to = Recipient(row.email, row.locale, row.id)
        enqueue(
            session,
            to=to,
            kind=kind,
            params=own | params | (in_language(translated, row.locale) or {}),
            now=now,
            call_id=call_id,
        )
    return len(rows)


def _told(session: Session, question_ids: Iterable[int]) -> Sequence[sa.Row]:
    told = correspondents()
    return session.execute(
        sa.select(Person.id, Person.email, Person.locale, Submission.title, Submission.reference)
        .select_from(QuestionSource)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .join(told, told.c.submission_id == Submission.id)
        .join(Person, Person.id == told.c.person_id)
        .where(QuestionSource.question_id.in_(tuple(question_ids)), Submission.state.in_(LIVE), Person.active)
        .order_by(Submission.id, Person.id)
    ).all()


def write_to_supporters(session: Session, question: Question, *, kind: str, now: datetime) -> int:
    """Put one letter per supporter of a public question into the outbox and return how many."""
    group = group_of(question.id)
    given = sa.select(Support.person_id).join(group, group.c.id == Support.question_id)
    given = given.where(Support.withdrawn_at.is_(None))
    people = session.scalars(sa.select(Person).where(Person.id.in_(given), Person.active).order_by(Person.id)).all()
    if not people:
        return 0
    call = session.execute(sa.select(Call.slug, Call.title).where(Call.id == question.call_id)).one()
    params = dict(label=question_label(question.kind, question.number), title=question.title, call_title=call.title)
    for person in people:
        to = Recipient(person.email, person.locale, person.id)
        own = dict(path=f"/{person.locale}/{call.slug}/questions")
        enqueue(session, to=to, kind=kind, params=params | own, now=now, call_id=question.call_id)
    return len(people)
