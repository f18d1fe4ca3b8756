"""Freezing a series: its votes are the input of a ranking from now on."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import Closed, NotFound
from solicit.panels.models import Assignment, Ballot, Comparison, Round
from solicit.panels.queries.series import first_of, in_series
from solicit.panels.service.rounds.move import WRONG_STATE, move
from solicit.panels.states import DONE, BallotState, ComparisonState, RoundState
from solicit.words import N_


def freeze_round(session: Session, *, round_id: int, actor_id: int | None, now: datetime) -> tuple[int, ...]:
    """Freeze every closed round of the series that ``round_id`` belongs to, and return their ids.

    Raises Closed while one is open, or holds votes in preparation. What is in preparation without votes stays so.
    """
    series = _locked_series(session, round_id)
    if series[0].state is not RoundState.CLOSED:
        raise Closed(WRONG_STATE[series[0].state])
    for row in series:
        if row.state is RoundState.OPEN:
            raise Closed(N_("The round “%(name)s” of this series is open. Close it first."), name=row.name)
        if row.state is RoundState.DRAFT and _has_votes(session, row.id):
            raise Closed(N_("The round “%(name)s” of this series holds votes. Open and close it first."), name=row.name)
    closed = [row for row in series if row.state is RoundState.CLOSED]
    for row in closed:
        move(session, row, old=RoundState.CLOSED, to=RoundState.FROZEN, actor_id=actor_id, now=now)
    return tuple(row.id for row in closed)


def _locked_series(session: Session, round_id: int) -> list[Round]:
    """The rounds of a series, its first one first, held against votes that are being saved."""
    asked = session.get(Round, round_id)
    if asked is None:
        raise NotFound
    wanted = sa.select(Round).where(in_series(first_of(asked))).order_by(Round.id).with_for_update()
    found = list(session.scalars(wanted.execution_options(populate_existing=True)))
    return sorted(found, key=lambda row: (row.follows_id is not None, row.id))


def _has_votes(session: Session, round_id: int) -> bool:
    votes = (
        sa.exists().where(Assignment.round_id == round_id, Assignment.state.in_(DONE)),
        sa.exists().where(Comparison.round_id == round_id, Comparison.state == ComparisonState.JUDGED),
        sa.exists().where(Ballot.round_id == round_id, Ballot.state == BallotState.SUBMITTED),
    )
    return bool(session.scalar(sa.select(sa.or_(*votes))))
