"""Noting who takes away what panelists said."""

from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record_all
from solicit.panels.models import Round
from solicit.reports.queries.exports.parts import closed_rounds

READ = "read_scores"


def record_export(session: Session, *, call_id: int, table: str, reader_id: int | None, now: datetime) -> None:
    """Note for each closed round of a call who took its values by panelist away; nobody is who runs the site."""
    round_ids = session.scalars(closed_rounds(call_id).order_by(Round.id)).all()
    about = dict(subject="round", subject_ids=round_ids, call_id=call_id, table=table)
    record_all(session, act=READ, **about, actor_id=reader_id, now=now)
