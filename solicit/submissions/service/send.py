"""Sending a question or plan: the submission with its first version, its author, and a receipt by mail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.service import as_it_is_now, check_accepts_submissions
from solicit.errors import Conflict, NotFound, check_move
from solicit.submissions.models import Draft, Submission
from solicit.submissions.queries.history import text_of
from solicit.submissions.service.letters import write_to_submitter
from solicit.submissions.service.limits import check_person, check_text
from solicit.submissions.service.rows import (
    authorship_of,
    keep_version,
    locked_submission,
    new_submission,
    record_act,
    stored,
)
from solicit.submissions.states import MOVES, AuthorValues, SubmissionState, TextValues
from solicit.words import N_


@dataclass(frozen=True)
class Receipt:
    """What came of sending; ``is_repeat`` when the same form had arrived before."""

    submission_id: int
    reference: str
    is_repeat: bool


def submit(
    session: Session,
    *,
    call: CallFacts,
    person_id: int,
    author: AuthorValues,
    text: TextValues,
    idempotency_key: UUID,
    now: datetime,
) -> Receipt:
    """Store what a person sends at once, without a draft."""
    sent_before = _repeated(session, idempotency_key, person_id)
    if sent_before is not None:
        return sent_before
    check_accepts_submissions(as_it_is_now(session, call), now=now)
    check_person(author)
    check_text(call, text)
    submission = new_submission(call, text, now)
    submission.submitter_id, submission.idempotency_key = person_id, idempotency_key
    accept_terms(submission, call, now)
    if not stored(session, submission):
        return _repeated(session, idempotency_key, person_id) or _refuse_key()
    return _receive(session, call, submission, author, now)


def send_draft(
    session: Session,
    *,
    call: CallFacts,
    submission_id: int,
    person_id: int,
    version: int,
    author: AuthorValues,
    now: datetime,
) -> Receipt:
    """Send a draft as its writer saw it in ``version``; sending it again gives the same receipt.

    A draft saved just before the close may be sent within the grace period.
    """
    submission = locked_submission(session, call, submission_id)
    if submission.submitter_id not in (None, person_id):
        raise NotFound
    if submission.state is not SubmissionState.DRAFT:
        return Receipt(submission.id, submission.reference, is_repeat=True)
    draft = session.get_one(Draft, submission_id, populate_existing=True)
    if draft.version != version:
        raise Conflict(N_("You saved another version in the meantime. Read it once more before you send it."))
    check_accepts_submissions(as_it_is_now(session, call), now=now, draft_saved_at=draft.saved_at)
    check_person(author, guardian_agrees=draft.guardian_confirmed_at is not None)
    check_text(call, text_of(submission))
    check_move(MOVES, submission.state, SubmissionState.SENT)
    submission.submitter_id, submission.state = person_id, SubmissionState.SENT
    submission.sent_at = submission.updated_at = now
    accept_terms(submission, call, now)
    session.delete(draft)
    session.flush()
    return _receive(session, call, submission, author, now)


def accept_terms(submission: Submission, call: CallFacts, now: datetime) -> None:
    """Keep which terms the submitter agreed to by sending."""
    submission.terms_version, submission.licence, submission.consented_at = call.terms_version, call.licence, now


def _receive(session: Session, call: CallFacts, submission: Submission, author: AuthorValues, now: datetime) -> Receipt:
    session.add(authorship_of(submission, submission.submitter_id, author, now, is_corresponding=True))
    keep_version(session, submission, now)
    record_act(session, "submit", submission, actor_id=submission.submitter_id, now=now)
    write_to_submitter(session, "submission_received", submission, call, now)
    return Receipt(submission.id, submission.reference, is_repeat=False)


def _repeated(session: Session, key: UUID, person_id: int) -> Receipt | None:
    sent = sa.select(Submission.id, Submission.reference).where(
        Submission.idempotency_key == key, Submission.submitter_id == person_id
    )
    row = session.execute(sent).one_or_none()
    return Receipt(row.id, row.reference, is_repeat=True) if row else None


def _refuse_key() -> Receipt:
    raise Conflict(N_("This form was used before. Open the page again."))
