"""Asking an author for a change: an organizer asks, the next saved version answers."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.service import (
    answers_until,
    as_it_is_now,
    check_accepts_answers,
    check_accepts_submissions,
    check_desk_is_open,
)
from solicit.errors import Refused, check_move
from solicit.submissions.models import RevisionRequest, Submission
from solicit.submissions.service.letters import write_to_submitter
from solicit.submissions.service.rows import locked_submission, record_act
from solicit.submissions.states import MOVES, SubmissionState
from solicit.words import N_

SHORTEST_REQUEST = 10
LONGEST_REQUEST = 2_000


def request_revision(
    session: Session, *, call: CallFacts, submission_id: int, text: str, asked_by_id: int, now: datetime
) -> None:
    """Ask the author of a submission for a change; they are told by mail until when they can answer."""
    submission = locked_submission(session, call, submission_id)
    check_desk_is_open(as_it_is_now(session, call), now=now)
    if submission.submitter_id is None:
        raise Refused(N_("Nobody can be asked: this has no author with an account."))
    if submission.state is SubmissionState.REVISION_REQUESTED:
        raise Refused(N_("The author was asked already. Wait for the answer, or take the request back."))
    check_move(MOVES, submission.state, SubmissionState.REVISION_REQUESTED)
    if not text or len(text) > LONGEST_REQUEST:
        raise Refused(N_("Say in at most %(most)s characters what should change."), most=LONGEST_REQUEST)
    submission.state = SubmissionState.REVISION_REQUESTED
    session.add(RevisionRequest(submission_id=submission_id, text=text, asked_by_id=asked_by_id, asked_at=now))
    record_act(session, "request revision", submission, actor_id=asked_by_id, now=now)
    until = answers_until(call, asked_at=now)
    write_to_submitter(session, "revision_requested", submission, call, now, text=text, until=until)


def take_back(session: Session, *, call: CallFacts, submission_id: int, actor_id: int, now: datetime) -> None:
    """Undo an open request; its author is told that nothing needs to change."""
    submission = locked_submission(session, call, submission_id)
    request = open_request(session, submission)
    if request is None:
        raise Refused(N_("The author answered in the meantime."))
    session.delete(request)
    check_move(MOVES, submission.state, SubmissionState.SENT)
    submission.state = SubmissionState.SENT
    record_act(session, "take back revision", submission, actor_id=actor_id, now=now)
    write_to_submitter(session, "revision_taken_back", submission, call, now)


def open_request(session: Session, submission: Submission) -> RevisionRequest | None:
    """The request that a submission has not answered."""
    waiting = sa.select(RevisionRequest).where(
        RevisionRequest.submission_id == submission.id, RevisionRequest.answered_at.is_(None)
    )
    return session.scalar(waiting.with_for_update())


def check_may_edit(session: Session, call: CallFacts, submission: Submission, *, now: datetime) -> None:
    """Raise Closed unless a text may change now: until the close, and longer for who was asked for it."""
    call = as_it_is_now(session, call)
    request = open_request(session, submission)
    if request is None:
        check_accepts_submissions(call, now=now, draft_saved_at=submission.updated_at)
    else:
        check_accepts_answers(call, now=now, asked_at=request.asked_at)


def answer_request(session: Session, submission: Submission, *, now: datetime) -> None:
    """Let what happens to a submission now answer the request that may be open."""
    request = open_request(session, submission)
    if request is not None:
        request.answered_at = now
    if submission.state is SubmissionState.REVISION_REQUESTED:
        check_move(MOVES, submission.state, SubmissionState.SENT)
        submission.state = SubmissionState.SENT
    session.flush()
