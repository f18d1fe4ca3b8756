"""Bringing in texts that came by post or mail, by an organizer's hand."""

from datetime import datetime

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.submissions.service.limits import check_limits
from solicit.submissions.service.rows import keep_version, new_submission, record_act, stored
from solicit.submissions.states import Source, TextValues


def bring_in(session: Session, *, call: CallFacts, text: TextValues, origin: str, now: datetime) -> int:
    """Store a text that an organizer imports: it has no author and may be incomplete."""
    check_limits(call, text)
    submission = new_submission(call, text, now)
    submission.source, submission.origin = Source.IMPORT, origin
    stored(session, submission)
    keep_version(session, submission, now)
    record_act(session, "import", submission, actor_id=None, now=now)
    return submission.id
