"""Beginning and saving a draft: it may be as unfinished as it likes, but nothing of it is lost."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.service import as_it_is_now, check_accepts_submissions
from solicit.errors import Conflict, NotFound
from solicit.submissions.models import Draft, Submission
from solicit.submissions.queries.history import text_of
from solicit.submissions.service.co_authors import NamedCoAuthor, name_co_authors
from solicit.submissions.service.guardians import name_guardian
from solicit.submissions.service.links import new_nonce
from solicit.submissions.service.rows import locked_submission, new_submission, stored, word
from solicit.submissions.states import SubmissionState, TextValues, Typed
from solicit.words import N_


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """The addresses among what a writer typed of themselves that are right."""

    own: str | None
    guardian: str | None
    co_authors: tuple[NamedCoAuthor, ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one step of the wizard gives a draft: a wording, or words of ``Typed``, with the addresses in them."""

    text: TextValues | None = None
    typed: dict = field(default_factory=dict)
    addresses: Addresses | None = None


def begin_draft(
    session: Session,
    *,
    call: CallFacts,
    text: TextValues,
    typed: Typed,
    person_id: int | None,
    key_hash: bytes,
    held: frozenset[bytes] = frozenset(),
    locale: str,
    idempotency_key: UUID,
    now: datetime,
) -> str:
    """Store an empty draft and return its reference; the same form again leads to the same draft.

    ``held`` are the hashes of the keys that the browser had before.
    """
    check_accepts_submissions(as_it_is_now(session, call), now=now)
    submission = new_submission(call, text, now, state=SubmissionState.DRAFT)
    submission.submitter_id, submission.idempotency_key = person_id, idempotency_key
    if not stored(session, submission):
        return _begun_before(session, idempotency_key, person_id, held | {key_hash})
    session.add(
        Draft(
            submission_id=submission.id,
            key_hash=key_hash,
            locale=locale,
            author=typed.to_json(),
            link_nonce=new_nonce(),
            saved_at=now,
        )
    )
    session.flush()
    return submission.reference


def save_draft(
    session: Session,
    *,
    call: CallFacts,
    submission_id: int,
    person_id: int | None,
    version: int,
    change: Change,
    now: datetime,
) -> int:
    """Store a step of a draft and return its new version; a signed-in writer becomes its owner.

    Raises Conflict when another window saved something else after ``version``, and Closed after the call.
    """
    submission, draft = locked_draft(session, call, submission_id)
    check_accepts_submissions(as_it_is_now(session, call), now=now, draft_saved_at=draft.saved_at)
    typed = Typed.from_json(draft.author)
    wanted_text, wanted_typed = change.text or text_of(submission), replace(typed, **change.typed)
    if draft.version != version and (wanted_text, wanted_typed) != (text_of(submission), typed):
        raise Conflict(N_("You saved another version in the meantime."))
    word(submission, wanted_text)
    draft.author = wanted_typed.to_json()
    if change.addresses is not None:
        _keep_addresses(session, draft, change.addresses, now)
    if submission.submitter_id is None:
        submission.submitter_id = person_id
    draft.version += 1
    draft.saved_at = submission.updated_at = now
    session.flush()
    return draft.version


def discard_draft(session: Session, *, call: CallFacts, submission_id: int) -> None:
    """Delete a draft with everything that was typed for it; raises Conflict once it is sent."""
    submission, _draft = locked_draft(session, call, submission_id)
    session.delete(submission)
    session.flush()


def locked_draft(session: Session, call: CallFacts, submission_id: int) -> tuple[Submission, Draft]:
    """A draft that nobody else saves or sends before this transaction ends; raises Conflict once it is sent."""
    submission = locked_submission(session, call, submission_id)
    if submission.state is not SubmissionState.DRAFT:
        raise Conflict(N_("This was sent in the meantime."))
    draft = session.get(Draft, submission_id, populate_existing=True)
    if draft is None:
        raise NotFound
    return submission, draft


def _begun_before(session: Session, key: UUID, person_id: int | None, held: frozenset[bytes]) -> str:
    is_own = sa.false() if person_id is None else Submission.submitter_id == person_id
    begun = (
        sa.select(Submission.reference)
        .outerjoin(Draft, Draft.submission_id == Submission.id)
        .where(Submission.idempotency_key == key, sa.or_(Draft.key_hash.in_(held), is_own))
    )
    reference = session.scalar(begun)
    if reference is None:
        raise Conflict(N_("This form was used before. Open the page again."))
    return reference


def _keep_addresses(session: Session, draft: Draft, addresses: Addresses, now: datetime) -> None:
    if draft.email != addresses.own:
        draft.email, draft.link_nonce = addresses.own, new_nonce()
    session.flush()
    name_guardian(session, submission_id=draft.submission_id, email=addresses.guardian)
    name_co_authors(session, submission_id=draft.submission_id, people=addresses.co_authors, now=now)
