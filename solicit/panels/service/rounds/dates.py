"""The dates of a round hold by themselves: votes end with the date, and only an audited extension moves it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Closed, Refused
from solicit.panels.models import Round
from solicit.panels.service.letters import tell_of_extension
from solicit.panels.service.rounds.move import WRONG_STATE, close_round, locked_round
from solicit.panels.states import RoundState
from solicit.words import N_


def extend_round(session: Session, *, round_id: int, closes_at: datetime, actor_id: int | None, now: datetime) -> int:
    """Move the close of an open round to a later date and tell its panelists; return how many were told."""
    row = locked_round(session, round_id=round_id)
    if row.state is not RoundState.OPEN:
        raise Closed(WRONG_STATE[row.state])
    if closes_at <= max(row.closes_at, now):
        raise Refused(N_("The new date must be later than the old one, and in the future."))
    old, row.closes_at = row.closes_at, closes_at
    session.flush()
    record(
        session,
        act="extend",
        subject="round",
        subject_id=round_id,
        call_id=row.call_id,
        actor_id=actor_id,
        now=now,
        old=old.isoformat(),
        new=closes_at.isoformat(),
    )
    return tell_of_extension(session, round_=row, now=now)


def close_due_rounds(session: Session, *, now: datetime) -> tuple[int, ...]:
    """Close every open round whose date has passed; return their ids."""
    due = sa.select(Round.id).where(Round.state == RoundState.OPEN, Round.closes_at <= now).order_by(Round.id)
    closed = []
    for round_id in session.scalars(due).all():
        # Somebody may have closed or extended it since.
        if locked_round(session, round_id=round_id).closes_at <= now:
            close_round(session, round_id=round_id, actor_id=None, now=now)
            closed.append(round_id)
    return tuple(closed)
