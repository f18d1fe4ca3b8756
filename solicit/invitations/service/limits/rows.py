"""The rows of limits: locked, filled, recorded."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import NotFound, Refused
from solicit.invitations.models import LimitQuota, LimitRun, LimitSet
from solicit.invitations.queries.candidates import candidate_pool
from solicit.invitations.queries.limit_sets import limits_of, runs_of
from solicit.invitations.queries.limits import Limits, limits_as_json
from solicit.invitations.states import LimitState
from solicit.rankings.models import RankingRun
from solicit.rankings.states import RESULTS
from solicit.words import N_

# The rows may have been read before another organizer changed them.
FRESH = {"populate_existing": True}


def locked_sets(session: Session, *, call_id: int) -> dict[int, LimitSet]:
    """All sets of a call by number, locked in that order, so that two organizers at once wait for each other."""
    of_call = sa.select(LimitSet).where(LimitSet.call_id == call_id).order_by(LimitSet.id)
    return {row.id: row for row in session.scalars(of_call.with_for_update(), execution_options=FRESH)}


def locked_in_force(session: Session, *, call_id: int) -> LimitSet | None:
    """The limits in force, locked: whoever commits money does this first, so that two at once cannot both spend it."""
    in_force = sa.select(LimitSet).where(LimitSet.call_id == call_id, LimitSet.state == LimitState.IN_FORCE)
    return session.scalar(in_force.with_for_update(), execution_options=FRESH)


def in_state(sets: dict[int, LimitSet], state: LimitState) -> LimitSet | None:
    """The draft or the set in force, of which a call has one at most."""
    return next((row for row in sets.values() if row.state is state), None)


def check_runs(session: Session, *, call: CallFacts, run_ids: Collection[int]) -> None:
    """Raise unless candidates can come from these rankings: frozen results of this call."""
    if not run_ids:
        raise Refused(N_("Choose at least one ranking that the candidates come from."))
    found = sa.select(sa.func.count()).where(
        RankingRun.id.in_(run_ids), RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS)
    )
    if session.scalar(found) != len(set(run_ids)):
        raise NotFound


def check_no_candidate(session: Session, *, call: CallFacts, run_ids: Collection[int], actor_id: int | None) -> None:
    """Raise Refused for an organizer whom these limits could bring to the meeting."""
    pool = candidate_pool(session, call=call, run_ids=run_ids) if actor_id else None
    if pool and actor_id in pool.person_ids:
        raise Refused(N_("You are a candidate yourself. Another organizer must decide on the limits."))


def values_of(limits: Limits) -> dict:
    """The columns of a set; its quotas and rankings are rows of their own."""
    names = ("seats", "online_places", "budget_cents", "country_cap", "institution_cap", "host_cap")
    return {name: getattr(limits, name) for name in names}


def fill(session: Session, limit_set: LimitSet, *, limits: Limits, run_ids: Collection[int]) -> None:
    """Write the quotas and rankings of a set in the place of those that it had."""
    for model in (LimitQuota, LimitRun):
        session.execute(sa.delete(model).where(model.limit_set_id == limit_set.id))
    session.add_all(LimitRun(limit_set_id=limit_set.id, run_id=run_id) for run_id in sorted(run_ids))
    session.add_all(
        LimitQuota(
            limit_set_id=limit_set.id,
            field=quota.field,
            value=quota.value,
            minimum=quota.minimum,
            maximum=quota.maximum,
            price=quota.price,
        )
        for quota in limits.quotas
    )
    session.flush()


def is_stored(session: Session, limit_set_id: int, *, limits: Limits, run_ids: Collection[int]) -> bool:
    """Whether a set says just this; rules about people are no part of a set."""
    has_runs = runs_of(session, limit_set_id=limit_set_id) == tuple(sorted(run_ids))
    return has_runs and limits_of(session, limit_set_id=limit_set_id) == replace(limits, pins=())


def record_limits(
    session: Session, act: str, limit_set: LimitSet, *, actor_id: int | None, now: datetime, **details: object
) -> None:
    record(
        session,
        act=act,
        subject="limits",
        subject_id=limit_set.id,
        call_id=limit_set.call_id,
        actor_id=actor_id,
        now=now,
        **details,
    )


def wording(limits: Limits, run_ids: Collection[int]) -> dict[str, object]:
    """Limits as the audit keeps them."""
    return {"limits": limits_as_json(limits), "run_ids": sorted(run_ids)}
