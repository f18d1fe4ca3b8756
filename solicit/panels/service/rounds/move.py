"""Opening and closing rounds."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Closed, NotFound, Refused, check_move
from solicit.panels.models import Assignment, Round, RoundQuestion
from solicit.panels.queries.series import first_of, in_series
from solicit.panels.service.chain import seal_move
from solicit.panels.service.health import measure_later
from solicit.panels.service.letters import tell_panelists, tell_that_it_closed
from solicit.panels.states import LIVE, ROUND_MOVES, Activity, ChainAct, RoundState
from solicit.words import N_

WRONG_STATE = {
    RoundState.DRAFT: N_("This round has not opened yet."),
    RoundState.OPEN: N_("This round is open."),
    RoundState.CLOSED: N_("This round is closed."),
    RoundState.FROZEN: N_("This round is frozen: its ranking was computed."),
}


def open_round(session: Session, *, round_id: int, actor_id: int | None, now: datetime) -> int:
    """Open a prepared round and tell its panelists; return how many were told."""
    row = locked_round(session, round_id=round_id)
    _refuse_past(row, now)
    _check_it_asks_something(session, row)
    # Whoever opens early means it: the dates say when votes are taken.
    row.opens_at = min(row.opens_at, now)
    move(session, row, old=RoundState.DRAFT, to=RoundState.OPEN, actor_id=actor_id, now=now)
    return tell_panelists(session, round_=row, now=now)


def close_round(session: Session, *, round_id: int, actor_id: int | None, now: datetime) -> None:
    """Close an open round: from this moment no vote changes."""
    row = locked_round(session, round_id=round_id)
    move(session, row, old=RoundState.OPEN, to=RoundState.CLOSED, actor_id=actor_id, now=now)
    tell_that_it_closed(session, round_=row, now=now)
    if row.activity is Activity.SCORING:
        measure_later(session, round_id=round_id)


def reopen_round(
    session: Session, *, round_id: int, actor_id: int | None, now: datetime, closes_at: datetime | None = None
) -> None:
    """Open a closed round again, until ``closes_at`` if that is given, as long as nothing has built on it."""
    row = locked_round(session, round_id=round_id)
    _refuse_once_followed(session, row)
    row.closes_at = closes_at or row.closes_at
    _refuse_past(row, now)
    move(session, row, old=RoundState.CLOSED, to=RoundState.OPEN, actor_id=actor_id, now=now)


def locked_round(session: Session, *, round_id: int) -> Round:
    """The round, held against every review that is being saved; saving holds it only against this."""
    row = session.scalar(
        sa.select(Round).where(Round.id == round_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def move(session: Session, row: Round, *, old: RoundState, to: RoundState, actor_id: int | None, now: datetime) -> None:
    """Take a round from ``old`` to its next state; raises Closed where it is in another one."""
    if row.state is not old:
        raise Closed(WRONG_STATE[row.state])
    check_move(ROUND_MOVES, row.state, to)
    if to is RoundState.OPEN:
        _check_room_beside_others(session, row)
    row.state = to
    if to is RoundState.OPEN:
        row.opened_at, row.closed_at = row.opened_at or now, None
    elif to is RoundState.CLOSED:
        row.closed_at = now
    session.flush()
    seal_move(session, round_id=row.id, act=_act_of(old, to), now=now)
    record(
        session,
        act="move",
        subject="round",
        subject_id=row.id,
        call_id=row.call_id,
        actor_id=actor_id,
        now=now,
        old=old.value,
        new=to.value,
    )


def _act_of(old: RoundState, to: RoundState) -> ChainAct:
    """What the chain calls a move."""
    if to is RoundState.OPEN:
        return ChainAct.OPEN if old is RoundState.DRAFT else ChainAct.REOPEN
    return ChainAct.CLOSE if to is RoundState.CLOSED else ChainAct.FREEZE


def _refuse_past(row: Round, now: datetime) -> None:
    if now >= row.closes_at:
        raise Refused(N_("The closing date has passed. Change it first."))


def _check_it_asks_something(session: Session, row: Round) -> None:
    if row.activity is Activity.SCORING:
        live = sa.exists().where(Assignment.round_id == row.id, Assignment.state.in_(LIVE))
        missing = N_("Nobody has a question to read yet. Assign the questions first.")
    else:
        live = sa.exists().where(RoundQuestion.round_id == row.id)
        missing = N_("This round has no question yet. Add some first.")
    if not session.scalar(sa.select(live)):
        raise Refused(missing)


def _refuse_once_followed(session: Session, row: Round) -> None:
    """Whoever has seen the others' scores would no longer give their own."""
    later = sa.exists().where(in_series(first_of(row)), Round.id > row.id, Round.state != RoundState.DRAFT)
    if row.state is RoundState.CLOSED and row.activity is Activity.SCORING and session.scalar(sa.select(later)):
        raise Refused(N_("A later round has begun: these scores stay. Start another scoring round instead."))


def _check_room_beside_others(session: Session, row: Round) -> None:
    """A question is scored in one round at a time, and a series does one thing of a kind at a time."""
    others = sa.select(Round).where(Round.call_id == row.call_id, Round.kind == row.kind, Round.id != row.id)
    found = session.scalars(others.order_by(Round.id).with_for_update()).all()
    if any(each.state is RoundState.FROZEN and first_of(each) == first_of(row) for each in found):
        raise Closed(N_("The ranking of this series is frozen: nothing more can be opened."))
    for other in found:
        if other.state is RoundState.OPEN and other.activity is row.activity and _meet(row, other):
            raise Refused(N_("Another round of this kind is open for the same themes. Close it first."))


def _meet(row: Round, other: Round) -> bool:
    if first_of(row) == first_of(other):
        return True
    overlap = not row.theme_ids or not other.theme_ids or bool(set(row.theme_ids) & set(other.theme_ids))
    return row.activity is Activity.SCORING and overlap
