"""What submitters read of their own submissions."""

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.people.models import Person
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import PUBLIC_WORDS, REFERENCE_SIGNS, AuthorValues, SubmissionState
from solicit.web.pagination import Window, page_of

REFERENCE_FORM = re.compile(f"S-[{REFERENCE_SIGNS}]{{4}}-[{REFERENCE_SIGNS}]{{4}}")
MOST_SHOWN = 50


@dataclass(frozen=True)
class SubmissionRow:
    """One submission in the list of its owner or of a co-author; ``own_word`` goes before the state of its question."""

    id: int
    reference: str
    state: SubmissionState
    own_word: str | None
    kind: Kind
    kind_word: str
    theme: ThemeView | None
    language: str
    title: str
    sent_at: datetime


@dataclass(frozen=True)
class SubmissionList:
    rows: tuple[SubmissionRow, ...]
    total: int


def own_submissions(session: Session, *, call: CallFacts, person_id: int, window: Window) -> SubmissionList:
    """What a person sent to this call, the latest first; one statement."""
    sent = (
        sa.select(Submission, sa.func.count().over().label("total"))
        .where(Submission.call_id == call.id, Submission.submitter_id == person_id)
        .where(Submission.state != SubmissionState.DRAFT)
    )
    order = (Submission.sent_at.desc(), Submission.id.desc())
    rows = session.execute(page_of(sent, window, key=Submission.id, order=order)).all()
    return SubmissionList(tuple(_row(row.Submission, call) for row in rows), rows[0].total if rows else 0)


def co_authored(session: Session, *, call: CallFacts, person_id: int) -> tuple[SubmissionRow, ...]:
    """What a person agreed to be a co-author of, the latest first; one statement."""
    rows = session.scalars(
        sa.select(Submission)
        .join(Authorship, Authorship.submission_id == Submission.id)
        .where(Submission.call_id == call.id, Authorship.person_id == person_id)
        .where(Submission.submitter_id.is_distinct_from(person_id), Submission.state != SubmissionState.DRAFT)
        .order_by(Submission.sent_at.desc(), Submission.id.desc())
        .limit(MOST_SHOWN)
    )
    return tuple(_row(sent, call) for sent in rows)


def author_as_known(session: Session, *, person_id: int) -> AuthorValues:
    """What the form may fill in about a person: their account says it already."""
    person = session.get_one(Person, person_id)
    return AuthorValues(
        full_name=person.full_name,
        affiliation=person.affiliation,
        ror=person.ror,
        country=person.country,
        career=person.career,
        orcid=person.orcid,
    )


def _row(sent: Submission, call: CallFacts) -> SubmissionRow:
    return SubmissionRow(
        id=sent.id,
        reference=sent.reference,
        state=sent.state,
        own_word=None if sent.state is SubmissionState.SENT else PUBLIC_WORDS[sent.state],
        kind=sent.kind,
        kind_word=KIND_WORDS[sent.kind],
        theme=call.theme_by_id(sent.theme_id),
        language=sent.language,
        title=sent.title,
        sent_at=sent.sent_at,
    )
