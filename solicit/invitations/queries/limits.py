"""The limits of a selection, as values."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from solicit.invitations.states import YOUNG, Gender, QuotaField, Rule
from solicit.people.states import Career

CAP = "cap:"


class Countable(Protocol):
    """What a quota may look at in a candidate."""

    theme_keys: Sequence[str]
    topic_ids: Sequence[int]
    region: str
    country: str | None
    institution: str
    career: Career | None
    is_young: bool
    gender: Gender | None


@dataclass(frozen=True)
class QuotaLimit:
    """At least and at most so many people of one kind; without a price it must hold.

    ``is_cap``: it stands for a cap on every group of its kind.
    """

    field: QuotaField
    value: str
    minimum: int
    maximum: int
    price: int | None = None
    is_cap: bool = False

    @property
    def name(self) -> str:
        return f"{CAP if self.is_cap else ''}{self.field.value}:{self.value}"

    def counts(self, candidate: Countable) -> bool:
        """Whether a candidate is one of those this quota counts."""
        return self.value in group_values(self.field, candidate)


def group_values(field: QuotaField, candidate: Countable) -> tuple[str, ...]:
    """The groups of one kind that a candidate belongs to."""
    values: dict[QuotaField, Sequence[object]] = {
        QuotaField.THEME: candidate.theme_keys,
        QuotaField.TOPIC: candidate.topic_ids,
        QuotaField.REGION: (candidate.region,),
        QuotaField.COUNTRY: (candidate.country,),
        QuotaField.INSTITUTION: (candidate.institution,),
        QuotaField.CAREER: (candidate.career and candidate.career.value,),
        QuotaField.YOUTH: (YOUNG if candidate.is_young else "",),
        QuotaField.GENDER: (candidate.gender and candidate.gender.value,),
    }
    return tuple(str(value) for value in values[field] if value)


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
    online_places: int = 0
    country_cap: int | None = None
    institution_cap: int | None = None
    host_cap: int | None = None
    quotas: tuple[QuotaLimit, ...] = ()
    pins: tuple[Pin, ...] = ()

    @property
    def places(self) -> int:
        """Everybody who may be invited, in the room and online."""
        return self.seats + self.online_places

    def cap(self, field: QuotaField, value: str, *, host_country: str) -> int | None:
        """At most so many from one country or institution; that of the host may have a cap of its own."""
        if field is QuotaField.INSTITUTION:
            return self.institution_cap
        if field is not QuotaField.COUNTRY:
            return None
        return self.host_cap if value == host_country and self.host_cap is not None else self.country_cap

    def pinned(self, rule: Rule) -> frozenset[int]:
        return frozenset(pin.person_id for pin in self.pins if pin.rule is rule)


def limits_as_json(limits: Limits) -> dict:
    values = asdict(limits)
    values["quotas"] = [asdict(quota) | {"field": quota.field.value} for quota in limits.quotas]
    values["pins"] = [asdict(pin) | {"rule": pin.rule.value} for pin in limits.pins]
    return values
