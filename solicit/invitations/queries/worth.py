"""What a selection is worth, which limits it meets, and what each of them costs."""

from collections.abc import Callable
from dataclasses import dataclass

from solicit.invitations.models import Selection, SelectionCandidate
from solicit.invitations.queries.limits import Limits
from solicit.invitations.queries.words import BUDGET, SEATS, LimitName
from solicit.invitations.states import Outcome

Named = Callable[[str], LimitName]


@dataclass(frozen=True)
class LimitPrice:
    """What the result would gain without one quota."""

    name: LimitName
    gained: int


@dataclass(frozen=True)
class Change:
    """By how much a limit would have to move: a maximum up, or, below 0, a minimum down."""

    name: LimitName
    amount: int
    is_money: bool


@dataclass(frozen=True)
class Worth:
    """The value of a selection with its proof, or the clash of its limits."""

    is_infeasible: bool
    is_proven: bool
    is_unique: bool
    value: int
    merit_total: int
    coverage_total: int
    value_without_quotas: int
    one_more_seat: int
    more_money: int
    more_money_cents: int
    binding: tuple[LimitName, ...]
    quota_prices: tuple[LimitPrice, ...]
    conflict: tuple[LimitName, ...]
    repair: tuple[Change, ...]


@dataclass(frozen=True)
class LimitLine:
    """A limit, and how far it is used."""

    key: str
    name: LimitName
    used: int
    minimum: int
    maximum: int
    price: int | None
    is_money: bool = False

    @property
    def is_missed(self) -> bool:
        return not self.minimum <= self.used <= self.maximum


def worth_of(selection: Selection, named: Named) -> Worth:
    """The stored explanation of a selection, with its limits named."""
    told = selection.explanation
    value = selection.merit_total + selection.coverage_total
    return Worth(
        is_infeasible=selection.outcome is Outcome.INFEASIBLE,
        is_proven=selection.is_proven,
        is_unique=selection.outcome is Outcome.OPTIMAL,
        value=value,
        merit_total=selection.merit_total,
        coverage_total=selection.coverage_total,
        value_without_quotas=told.get("value_without_quotas", value),
        one_more_seat=told.get("one_more_seat", 0),
        more_money=told.get("more_money", 0),
        more_money_cents=told.get("more_money_cents", 0),
        binding=tuple(map(named, told.get("binding", ()))),
        quota_prices=tuple(LimitPrice(named(price["name"]), price["gained"]) for price in told.get("quotas", ())),
        conflict=tuple(map(named, told.get("conflict", ()))),
        repair=tuple(Change(named(key), by, key == BUDGET) for key, by in sorted(told.get("repair", {}).items())),
    )


def limit_lines(limits: Limits, chosen: list[SelectionCandidate], named: Named) -> tuple[LimitLine, ...]:
    """Seats, budget and quotas, with what the chosen people use of them."""
    seats = LimitLine(SEATS, named(SEATS), len(chosen), 0, limits.places, None)
    spent = sum(row.cost_cents for row in chosen)
    budget = LimitLine(BUDGET, named(BUDGET), spent, 0, limits.budget_cents, None, is_money=True)
    used = (
        LimitLine(
            key=quota.name,
            name=named(quota.name),
            used=sum(quota.counts(row) for row in chosen),
            minimum=quota.minimum,
            maximum=quota.maximum,
            price=quota.price,
        )
        for quota in limits.quotas
    )
    return (seats, budget, *used)
