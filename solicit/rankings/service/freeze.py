"""Freezing the ranking of a closed series of rounds, in steps that a worker may repeat."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.errors import Closed, Conflict, NotFound
from solicit.panels.models import Round
from solicit.panels.queries.series import in_series
from solicit.panels.service.rounds import freeze_round
from solicit.panels.states import RoundState
from solicit.provenance import digest
from solicit.rankings.queries.inputs import collect
from solicit.rankings.service.compute import Computed, compute
from solicit.rankings.service.store import store_run
from solicit.rankings.service.undecided import check_evidence
from solicit.words import N_


def freeze(session: Session, *, call: CallFacts, round_id: int, seed: int, actor_id: int | None, now: datetime) -> int:
    """Rank the questions of a closed series once and for all; return the run's id.

    Raises Closed unless every round of it is closed, Refused when fewer than two questions have a rating, or where
    a staged round left a promising question without enough ratings.
    """
    inputs = collect_closed(session, call=call, round_id=round_id, seed=seed)
    computed = compute(inputs)
    check_evidence(session, inputs=inputs, computed=computed)
    frozen = dict(call=call, round_id=round_id, inputs=inputs, computed=computed)
    return store_frozen(session, **frozen, actor_id=actor_id, now=now)


def collect_closed(session: Session, *, call: CallFacts, round_id: int, seed: int) -> dict:
    """The inputs of a series that is closed; raises Closed while a round of it is not, or once it is frozen."""
    rounds = session.scalars(sa.select(Round).where(in_series(round_id), Round.call_id == call.id)).all()
    first = next((each for each in rounds if each.id == round_id and each.follows_id is None), None)
    if first is None:
        raise NotFound
    for round_ in rounds:
        if round_.state in _NOT_CLOSED and (round_ is first or round_.state is not RoundState.DRAFT):
            raise Closed(_NOT_CLOSED[round_.state])
    return collect(session, call=call, round_=first, seed=seed)


def store_frozen(
    session: Session,
    *,
    call: CallFacts,
    round_id: int,
    inputs: dict,
    computed: Computed,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Freeze the series and keep its ranking; raises Conflict if what it was computed from has changed."""
    freeze_round(session, round_id=round_id, actor_id=actor_id, now=now)
    first = session.get_one(Round, round_id)
    if digest(collect(session, call=call, round_=first, seed=inputs["seed"])) != digest(inputs):
        raise Conflict(N_("Something changed while the ranking was computed. Freeze it again."))
    run = dict(call=call, round_id=round_id, inputs=inputs, computed=computed)
    return store_run(session, **run, actor_id=actor_id, now=now)


_NOT_CLOSED = {
    RoundState.DRAFT: N_("This round has not opened yet."),
    RoundState.OPEN: N_("A round of this series is still open. Close it first."),
    RoundState.FROZEN: N_("This round is frozen: its ranking was computed."),
}
