"""Forgetting the last letters, which tell people that they were erased."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.mail.models import OutboxMail
from solicit.mail.states import MailState
from solicit.reports.service.erase import LAST_LETTER

LAST_LETTER_LIFE = timedelta(days=1)


def forget_last_letters(session: Session, *, now: datetime) -> None:
    """Delete letters to people who were erased: at once when sent, after a day when they cannot be."""
    is_over = sa.or_(OutboxMail.state == MailState.SENT, OutboxMail.created_at <= now - LAST_LETTER_LIFE)
    session.execute(sa.delete(OutboxMail).where(OutboxMail.kind == LAST_LETTER, is_over))
