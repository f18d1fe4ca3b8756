"""The limits of a selection, as values that can travel inside a job."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from solicit.invitations.states import QuotaField, Rule
from solicit.people.states import Career


class Countable(Protocol):
    """What a quota may look at in a candidate."""

    theme_keys: Sequence[str]
    region: str
    country: str | None
    career: Career | None


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

    def counts(self, candidate: Countable) -> bool:
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
