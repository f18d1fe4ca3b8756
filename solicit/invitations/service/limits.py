"""The limits of a selection, as values that can travel inside a job."""

from dataclasses import asdict, dataclass

from solicit.errors import Refused
from solicit.invitations.queries.candidates import Candidate, CandidatePool
from solicit.invitations.states import QuotaField, Rule
from solicit.words import N_

MOST_SEATS = 1_000
MOST_NIGHTS = 60
MOST_MONEY_CENTS = 10**12


@dataclass(frozen=True)
class QuotaLimit:
    """At least and at most so many people of one kind; without a price it must hold."""

    field: QuotaField
    value: str
    minimum: int
    maximum: int
    price: int | None = None

    @property
    def name(self) -> str:
        return f"{self.field.value}:{self.value}"

    def counts(self, candidate: Candidate) -> bool:
        """Whether a candidate is one of those this quota counts."""
        match self.field:
            case QuotaField.THEME:
                return self.value in candidate.theme_keys
            case QuotaField.REGION:
                return self.value == candidate.region
            case QuotaField.COUNTRY:
                return self.value == candidate.country
            case QuotaField.CAREER:
                return candidate.career is not None and self.value == candidate.career.value


@dataclass(frozen=True)
class Pin:
    """An organizer's rule about one candidate, with its reason."""

    person_id: int
    rule: Rule
    reason: str


@dataclass(frozen=True)
class Limits:
    """Everything a selection must respect."""

    seats: int
    budget_cents: int
    stay_cents: int
    nights: int
    quotas: tuple[QuotaLimit, ...] = ()
    pins: tuple[Pin, ...] = ()

    def pinned(self, rule: Rule) -> frozenset[int]:
        return frozenset(pin.person_id for pin in self.pins if pin.rule is rule)


def limits_as_json(limits: Limits) -> dict:
    values = asdict(limits)
    values["quotas"] = [asdict(quota) | {"field": quota.field.value} for quota in limits.quotas]
    values["pins"] = [asdict(pin) | {"rule": pin.rule.value} for pin in limits.pins]
    return values


def limits_from_json(values: dict) -> Limits:
    quotas = tuple(QuotaLimit(**quota | {"field": QuotaField(quota["field"])}) for quota in values["quotas"])
    pins = tuple(Pin(**pin | {"rule": Rule(pin["rule"])}) for pin in values["pins"])
    return Limits(**values | {"quotas": quotas, "pins": pins})


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
