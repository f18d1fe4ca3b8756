"""What limits may say; those that clash are for the solver to explain."""

from solicit.errors import Refused
from solicit.invitations.models import LimitSet
from solicit.invitations.queries.limits import Limits
from solicit.words import N_

MOST_SEATS = 1_000
MOST_MONEY_CENTS = 10**12


def check_limits(limits: Limits) -> None:
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


def has_room(limits: LimitSet, *, n_in_room: int, n_online: int) -> bool:
    """Whether so many fit; where limits have no place online, whoever was promised one takes a seat."""
    if not limits.online_places:
        return n_in_room + n_online <= limits.seats
    return n_in_room <= limits.seats and n_online <= limits.online_places
