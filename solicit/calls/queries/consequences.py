"""What a move of a call does to what is there, in numbers."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

submission = sa.table("submission", sa.column("call_id"), sa.column("state"))
question = sa.table("question", sa.column("call_id"), sa.column("state"))
round_ = sa.table("round", sa.column("call_id"), sa.column("state"))


@dataclass(frozen=True)
class Consequences:
    """How much a move of a call concerns."""

    n_drafts: int
    n_sent: int
    n_unread: int
    n_open_rounds: int


def consequences(session: Session, *, call_id: int) -> Consequences:
    """What stands in a call before it moves; one statement."""
    counted = (
        _number(submission, call_id, "draft"),
        _number(submission, call_id, "sent", "revision_requested"),
        _number(question, call_id, "new"),
        _number(round_, call_id, "open"),
    )
    return Consequences(*session.execute(sa.select(*counted)).one())


def _number(table: sa.TableClause, call_id: int, *states: str) -> sa.ScalarSelect[int]:
    found = sa.select(sa.func.count()).select_from(table)
    return found.where(table.c.call_id == call_id, table.c.state.in_(states)).scalar_subquery()
