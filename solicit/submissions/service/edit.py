"""Changing a submission until the close, withdrawing it and bringing it back."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.service import as_it_is_now, check_accepts_submissions
from solicit.errors import Conflict, Refused, check_move
from solicit.submissions.service.letters import write_to_everybody, write_to_submitter
from solicit.submissions.service.limits import check_text
from solicit.submissions.service.revisions import answer_request, check_may_edit
from solicit.submissions.service.rows import check_is_live, keep_version, locked_submission, record_act, word
from solicit.submissions.states import MOVES, SubmissionState, TextValues
from solicit.words import N_


def edit(
    session: Session,
    *,
    call: CallFacts,
    submission_id: int,
    person_id: int,
    version: int,
    text: TextValues,
    now: datetime,
) -> bool:
    """Store a new wording of a submission; False if nothing changed. It answers an organizer's request for a change.

    Raises Conflict when ``version`` is not the latest: another window saved in the meantime.
    """
    submission = locked_submission(session, call, submission_id)
    check_may_edit(session, call, submission, now=now)
    check_is_live(submission)
    if submission.version != version:
        raise Conflict(N_("You saved another version in the meantime."))
    text = replace(text, kind=submission.kind)
    check_text(call, text)
    if all(getattr(submission, name) == value for name, value in text.columns().items()):
        return False
    word(submission, text)
    submission.version, submission.updated_at = version + 1, now
    keep_version(session, submission, now)
    answer_request(session, submission, now=now)
    record_act(session, "edit", submission, actor_id=person_id, now=now, version=submission.version)
    write_to_submitter(session, "submission_edited", submission, call, now)
    return True


def withdraw(session: Session, *, call: CallFacts, submission_id: int, person_id: int, now: datetime) -> None:
    """Take a submission out of the call, until the close; its text is kept, and its authors are told."""
    submission = locked_submission(session, call, submission_id)
    check_accepts_submissions(as_it_is_now(session, call), now=now)
    answer_request(session, submission, now=now)
    check_move(MOVES, submission.state, SubmissionState.WITHDRAWN)
    submission.state, submission.withdrawn_at = SubmissionState.WITHDRAWN, now
    record_act(session, "withdraw", submission, actor_id=person_id, now=now)
    write_to_everybody(session, "submission_withdrawn", submission, call, now)


def revive(session: Session, *, call: CallFacts, submission_id: int, person_id: int, now: datetime) -> None:
    """Bring a withdrawn submission back into the call, until the close; its authors are told."""
    submission = locked_submission(session, call, submission_id)
    check_accepts_submissions(as_it_is_now(session, call), now=now)
    if submission.state is not SubmissionState.WITHDRAWN:
        raise Refused(N_("This was not withdrawn."))
    check_move(MOVES, submission.state, SubmissionState.SENT)
    submission.state, submission.withdrawn_at = SubmissionState.SENT, None
    record_act(session, "revive", submission, actor_id=person_id, now=now)
    write_to_everybody(session, "submission_revived", submission, call, now)
