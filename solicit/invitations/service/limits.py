"""What the limits of a selection may say."""

from solicit.errors import Refused
from solicit.invitations.queries.candidates import CandidatePool
from solicit.invitations.queries.limits import Limits
from solicit.invitations.states import Rule
from solicit.words import N_

MOST_SEATS = 1_000
MOST_NIGHTS = 60
MOST_MONEY_CENTS = 10**12


def check_limits(limits: Limits, pool: CandidatePool) -> None:
    """Raise Refused for limits that say nothing sensible; limits that clash are for the solver to explain."""
    if not (1 <= limits.seats <= MOST_SEATS and 1 <= limits.nights <= MOST_NIGHTS):
        raise Refused(N_("Give at least one seat and one night, and not more than a meeting can hold."))
    if not (0 <= limits.budget_cents <= MOST_MONEY_CENTS and 0 <= limits.stay_cents <= MOST_MONEY_CENTS):
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
    if any(pin.rule is Rule.NONE or not pin.reason for pin in limits.pins):
        raise Refused(N_("Every rule about a person needs a reason."))
