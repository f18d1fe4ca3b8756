"""Noting who takes away what panelists said."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record_all
from solicit.panels.models import Round
from solicit.reports.queries.exports.parts import IS_OVER

READ = "read_scores"


def record_export(session: Session, *, call_id: int, table: str, reader_id: int, now: datetime) -> None:
    """Note for each closed round of a call that somebody took its values by panelist away, in one go."""
    closed = sa.select(Round.id).where(Round.call_id == call_id, IS_OVER)
    round_ids = session.scalars(closed.order_by(Round.id)).all()
    about = dict(subject="round", subject_ids=round_ids, call_id=call_id, table=table)
    record_all(session, act=READ, **about, actor_id=reader_id, now=now)
