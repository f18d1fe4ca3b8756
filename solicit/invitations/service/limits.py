"""What the limits of a selection may say."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import Refused
from solicit.invitations.models import LimitQuota, LimitRun, LimitSet
from solicit.invitations.queries.candidates import CandidatePool
from solicit.invitations.queries.limits import Limits
from solicit.invitations.states import GIVEN_RULES, LimitState
from solicit.words import N_

MOST_SEATS = 1_000
MOST_MONEY_CENTS = 10**12


def check_limits(limits: Limits, pool: CandidatePool) -> None:
    """Raise Refused for limits that say nothing sensible; limits that clash are for the solver to explain."""
    if not (1 <= limits.seats <= MOST_SEATS and 0 <= limits.online_places <= MOST_SEATS):
        raise Refused(N_("Give at least one seat, and not more than a meeting can hold."))
    if not 0 <= limits.budget_cents <= MOST_MONEY_CENTS:
        raise Refused(N_("An amount of money is out of range."))
    _check_quotas(limits, pool)
    _check_pins(limits, pool)


def _check_quotas(limits: Limits, pool: CandidatePool) -> None:
    names = [quota.name for quota in limits.quotas]
    if len(set(names)) < len(names):
        raise Refused(N_("A quota stands twice. Give each group one line."))
    for quota in limits.quotas:
        if not 0 <= quota.minimum <= quota.maximum <= MOST_SEATS or not 0 <= (quota.price or 0) <= MOST_MONEY_CENTS:
            raise Refused(N_("A quota's minimum must not be above its maximum."))
        if not any(quota.counts(candidate) for candidate in pool.candidates):
            raise Refused(N_("A quota names a group that has no candidate."))


def _check_pins(limits: Limits, pool: CandidatePool) -> None:
    people = [pin.person_id for pin in limits.pins]
    if len(set(people)) < len(people):
        raise Refused(N_("A candidate has two rules. Keep one of them."))
    if not set(people) <= pool.person_ids:
        raise Refused(N_("A rule names somebody who is not a candidate."))
    if any(pin.rule not in GIVEN_RULES or not pin.reason for pin in limits.pins):
        raise Refused(N_("Every rule about a person needs a reason."))


def draw_up_limits(
    session: Session, *, call_id: int, run_ids: Collection[int], limits: Limits, actor_id: int, now: datetime
) -> int:
    """Put limits in force, in the place of those that were; returns their number."""
    earlier = session.scalar(
        sa.select(LimitSet).where(LimitSet.call_id == call_id, LimitSet.state == LimitState.IN_FORCE).with_for_update()
    )
    if earlier:
        earlier.state = LimitState.REPLACED
        session.flush()
    limit_set = LimitSet(
        call_id=call_id,
        state=LimitState.IN_FORCE,
        seats=limits.seats,
        online_places=limits.online_places,
        budget_cents=limits.budget_cents,
        country_cap=limits.country_cap,
        institution_cap=limits.institution_cap,
        host_cap=limits.host_cap,
        drawn_up_at=now,
        drawn_up_by_id=actor_id,
        decided_at=now,
        decided_by_id=actor_id,
    )
    session.add(limit_set)
    session.flush()
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
    return limit_set.id
