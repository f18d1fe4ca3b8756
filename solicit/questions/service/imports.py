"""Importing a file: its texts become submissions, and each speaks through a question of its own."""

from datetime import datetime

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.questions.service.open import open_questions
from solicit.submissions.service.imports import take_in_batch


def import_batch(
    session: Session, *, call: CallFacts, batch_id: int, leave_out: bool, organizer_id: int, now: datetime
) -> None:
    """Import a checked file, all of it or nothing; a second time changes nothing."""
    sent = take_in_batch(session, call=call, batch_id=batch_id, leave_out=leave_out, organizer_id=organizer_id, now=now)
    open_questions(session, call_id=call.id, texts=sent, now=now)
