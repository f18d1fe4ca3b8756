"""What is not kept for ever: drafts that nobody sends, of which their writers are reminded, and files of imports."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.submissions.models import Draft, ImportBatch, Submission
from solicit.submissions.queries.drafts import drafts_to_remind
from solicit.submissions.service.finish import REMINDER, FinishLinks, write_draft_letter
from solicit.submissions.states import SubmissionState

KEEP_UNOWNED = timedelta(days=30)


def remind_of_drafts(session: Session, *, links: FinishLinks, now: datetime) -> int:
    """Write once to everybody whose draft waits while the close is near; returns how many drafts that are."""
    waiting = drafts_to_remind(session, now=now)
    for submission_id in waiting:
        write_draft_letter(session, kind=REMINDER, submission_id=submission_id, links=links, now=now)
    told = sa.update(Draft).where(Draft.submission_id.in_(waiting)).values(reminded_at=now)
    session.execute(told, execution_options={"synchronize_session": False})
    return len(waiting)


def forget_drafts(session: Session, *, now: datetime) -> None:
    """Delete drafts without an owner that were left alone, and every draft of a call that keeps none any more."""
    left_alone = sa.and_(Submission.submitter_id.is_(None), Draft.saved_at <= now - KEEP_UNOWNED)
    gone = (
        sa.select(Draft.submission_id)
        .join(Submission, Submission.id == Draft.submission_id)
        .join(Call, Call.id == Submission.call_id)
        .where(
            sa.or_(
                left_alone,
                Call.stops_at + sa.func.make_interval(0, 0, 0, sa.cast(Call.keep_drafts_days, sa.Integer)) <= now,
            )
        )
    )
    drafts = sa.delete(Submission).where(Submission.id.in_(gone), Submission.state == SubmissionState.DRAFT)
    session.execute(drafts, execution_options={"synchronize_session": False})


def forget_imports(session: Session, *, read_before: datetime) -> None:
    """Delete the files of imports; what was imported from them stays."""
    session.execute(sa.delete(ImportBatch).where(ImportBatch.read_at <= read_before))
