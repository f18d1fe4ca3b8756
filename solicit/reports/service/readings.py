"""Noting who takes away tables that name people."""

from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record_all, record_taken
from solicit.panels.models import Round
from solicit.reports.queries.exports.parts import closed_rounds
from solicit.reports.queries.exports.table import Door, Table

READ = "read_scores"


def record_export(session: Session, *, call_id: int, table: Table, reader_id: int | None, now: datetime) -> None:
    """Note who took a table away that names people, values by panelist for each closed round of the call.

    Nobody is who runs the site.
    """
    if table.door is not Door.NOTED:
        return record_taken(session, table=table.name, call_id=call_id, actor_id=reader_id, now=now)
    round_ids = session.scalars(closed_rounds(call_id).order_by(Round.id)).all()
    about = dict(subject="round", subject_ids=round_ids, call_id=call_id, table=table.name)
    record_all(session, act=READ, **about, actor_id=reader_id, now=now)
