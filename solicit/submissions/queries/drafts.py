"""Drafts: who may open one, and what it holds for them."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS, CallState, Kind
from solicit.people.models import Person
from solicit.submissions.models import Draft, Submission
from solicit.submissions.queries.history import text_of
from solicit.submissions.queries.own import MOST_SHOWN, REFERENCE_FORM, author_as_known
from solicit.submissions.states import SubmissionState, TextValues, Typed

REMIND_BEFORE = timedelta(days=3)
TOO_LATE_TO_REMIND = timedelta(days=1)


class Access(enum.Enum):
    """What the one who asks may do with a draft."""

    OPEN = "open"
    # It has an owner, and this browser holds only its key: it may save, but not read.
    SAVE = "save"
    # It was sent, by the one who asks.
    SENT = "sent"


@dataclass(frozen=True, kw_only=True)
class DraftView:
    """A draft for whoever writes it."""

    id: int
    reference: str
    access: Access
    version: int
    saved_at: datetime
    is_owned: bool
    text: TextValues
    typed: Typed
    guardian_asked_at: datetime | None
    guardian_confirmed_at: datetime | None

    @property
    def kind(self) -> Kind:
        return self.text.kind


@dataclass(frozen=True)
class DraftRow:
    """One draft in a list of what waits to be sent."""

    reference: str
    kind_word: str
    title: str
    language: str
    saved_at: datetime


def open_draft(
    session: Session, *, call: CallFacts, reference: str, person_id: int | None, key_hashes: frozenset[bytes]
) -> DraftView | None:
    """The draft behind an address, for a person or for the browser that holds its key; one statement.

    A draft belongs to its submitter and, while it has none, to whoever holds its key.
    """
    if not REFERENCE_FORM.fullmatch(reference):
        return None
    found = session.execute(
        sa.select(Submission, Draft)
        .outerjoin(Draft, Draft.submission_id == Submission.id)
        .where(Submission.reference == reference, Submission.call_id == call.id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    access = _access(*found, person_id, key_hashes) if found else None
    return _view(*found, access) if access else None


def drafts_at_hand(
    session: Session, *, call: CallFacts, person_id: int | None, key_hashes: frozenset[bytes] = frozenset()
) -> tuple[DraftRow, ...]:
    """The drafts that a person, or a browser with their keys, may open, the last saved first; one statement."""
    is_own = sa.false() if person_id is None else Submission.submitter_id == person_id
    holds_key = Draft.key_hash.in_(key_hashes) if key_hashes else sa.false()
    rows = session.execute(
        sa.select(Submission.reference, Submission.kind, Submission.title, Submission.language, Draft.saved_at)
        .join(Draft, Draft.submission_id == Submission.id)
        .where(Submission.call_id == call.id, Submission.state == SubmissionState.DRAFT)
        .where(sa.or_(is_own, sa.and_(Submission.submitter_id.is_(None), holds_key)))
        .order_by(Draft.saved_at.desc(), Submission.id.desc())
        .limit(MOST_SHOWN)
    )
    return tuple(DraftRow(row.reference, KIND_WORDS[row.kind], row.title, row.language, row.saved_at) for row in rows)


def typed_as_known(session: Session, *, person_id: int) -> Typed:
    """What a new draft knows of its writer: their account says it already."""
    known = author_as_known(session, person_id=person_id)
    return Typed(
        full_name=known.full_name,
        affiliation=known.affiliation,
        ror=known.ror or "",
        country=known.country or "",
        career=known.career.value if known.career else "",
        orcid=known.orcid or "",
    )


def address_of(session: Session, *, submission_id: int) -> tuple[str, str, int | None] | None:
    """Where to write about a draft: address, language, person; the account's address once it has an owner."""
    rows = session.execute(
        sa.select(sa.func.coalesce(Person.email, Draft.email), sa.func.coalesce(Person.locale, Draft.locale), Person.id)
        .select_from(Draft)
        .join(Submission, Submission.id == Draft.submission_id)
        .outerjoin(Person, sa.and_(Person.id == Submission.submitter_id, Person.active))
        .where(Draft.submission_id == submission_id)
        .where(sa.or_(Submission.submitter_id.is_(None), Person.id.is_not(None)))
    ).one_or_none()
    return tuple(rows) if rows and rows[0] else None


def drafts_to_remind(session: Session, *, now: datetime) -> tuple[int, ...]:
    """Drafts whose call closes in one to three days and whose writers were not told yet."""
    waiting = (
        sa.select(Draft.submission_id)
        .join(Submission, Submission.id == Draft.submission_id)
        .join(Call, Call.id == Submission.call_id)
        .where(Call.state == CallState.OPEN, Submission.state == SubmissionState.DRAFT, Draft.reminded_at.is_(None))
        .where(Call.closes_at <= now + REMIND_BEFORE, Call.closes_at > now + TOO_LATE_TO_REMIND)
        .where(sa.or_(Draft.email.is_not(None), Submission.submitter_id.is_not(None)))
    )
    return tuple(session.scalars(waiting.order_by(Draft.submission_id)))


def _access(submission: Submission, draft: Draft | None, person_id: int | None, key_hashes: frozenset[bytes]):
    is_own = submission.submitter_id is not None and submission.submitter_id == person_id
    if submission.state is not SubmissionState.DRAFT:
        return Access.SENT if is_own else None
    holds_key = draft is not None and draft.key_hash in key_hashes
    if is_own or (submission.submitter_id is None and holds_key):
        return Access.OPEN
    return Access.SAVE if holds_key and person_id is None else None


def _view(submission: Submission, draft: Draft | None, access: Access) -> DraftView:
    return DraftView(
        id=submission.id,
        reference=submission.reference,
        access=access,
        version=draft.version if draft else 0,
        saved_at=draft.saved_at if draft else submission.updated_at,
        is_owned=submission.submitter_id is not None,
        text=text_of(submission),
        typed=Typed.from_json(draft.author) if draft else Typed(),
        guardian_asked_at=draft.guardian_asked_at if draft else None,
        guardian_confirmed_at=draft.guardian_confirmed_at if draft else None,
    )
