"""What limits and rules about people may say; limits that clash are for the solver to explain."""

from solicit.errors import Refused
from solicit.invitations.queries.candidates import CandidatePool
from solicit.invitations.queries.limits import Limits
from solicit.invitations.states import GIVEN_RULES
from solicit.words import N_

MOST_SEATS = 1_000
MOST_MONEY_CENTS = 10**12


def check_values(limits: Limits) -> None:
    """Raise Refused for numbers that say nothing sensible."""
    if not (1 <= limits.seats <= MOST_SEATS and 0 <= limits.online_places <= MOST_SEATS):
        raise Refused(N_("Give at least one seat, and not more than a meeting can hold."))
    if not 0 <= limits.budget_cents <= MOST_MONEY_CENTS:
        raise Refused(N_("An amount of money is out of range."))
    if any(cap is not None and not 1 <= cap <= MOST_SEATS for cap in (limits.country_cap, limits.institution_cap)):
        raise Refused(N_("A cap lets at least one person in."))
    if limits.host_cap is not None and not 0 <= limits.host_cap <= MOST_SEATS:
        raise Refused(N_("The cap on the host country is out of range."))
    names = [quota.name for quota in limits.quotas]
    if len(set(names)) < len(names):
        raise Refused(N_("A quota stands twice. Give each group one line."))
    for quota in limits.quotas:
        if not 0 <= quota.minimum <= quota.maximum <= 2 * MOST_SEATS or not 0 <= (quota.price or 0) <= MOST_MONEY_CENTS:
            raise Refused(N_("A quota's minimum must not be above its maximum."))


def check_limits(limits: Limits, pool: CandidatePool) -> None:
    """Raise Refused for limits or rules about people that say nothing sensible."""
    check_values(limits)
    people = [pin.person_id for pin in limits.pins]
    if len(set(people)) < len(people):
        raise Refused(N_("A candidate has two rules. Keep one of them."))
    if not set(people) <= pool.person_ids:
        raise Refused(N_("A rule names somebody who is not a candidate."))
    if any(pin.rule not in GIVEN_RULES or not pin.reason for pin in limits.pins):
        raise Refused(N_("Every rule about a person needs a reason."))
