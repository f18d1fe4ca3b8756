"""What a selection is worth, which limits it meets, and what each of them costs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from solicit.invitations.models import Selection, SelectionCandidate
from solicit.invitations.queries.limits import CAP, Limits, QuotaLimit
from solicit.invitations.queries.reasons import named_all
from solicit.invitations.queries.words import ALWAYS, BUDGET, SEATS, LimitName
from solicit.invitations.states import Outcome, QuotaField, Rule

Named = Callable[[str], LimitName]

# What people say of themselves is counted and never tied to a name.
SELF_DECLARED = (QuotaField.YOUTH, QuotaField.GENDER)


@dataclass(frozen=True)
class LimitPrice:
    """What the result would gain without one limit, or with a wider one, and who would come.

    widened_by: None where the limit is dropped; else seats, cents or people. comes: names, where all may be seen.
    """

    key: str
    name: LimitName
    widened_by: int | None
    gained: int
    saved: int
    comes: str


@dataclass(frozen=True)
class Change:
    """By how much a limit would have to move: a maximum up, or, below 0, a minimum down."""

    name: LimitName
    amount: int
    is_money: bool


@dataclass(frozen=True)
class Clash:
    """Limits that cannot hold together, and the smallest change that helps.

    n_always: how many people must be invited, where their rules are part of it; n_seats: for how many seats.
    """

    limits: tuple[LimitName, ...]
    repair: tuple[Change, ...]
    n_always: int
    n_seats: int


@dataclass(frozen=True)
class Worth:
    """The value of a selection with its proof, and the prices of its limits once they are worked out."""

    is_infeasible: bool
    is_proven: bool
    value: int
    merit_total: int
    coverage_total: int
    has_prices: bool
    value_without_quotas: int
    binding: tuple[LimitName, ...]
    prices: tuple[LimitPrice, ...]
    clash: Clash | None


@dataclass(frozen=True)
class LimitLine:
    """A limit, and how far it is used; ``quota`` is what counts people, if it is one.

    ``used``: of a quota by those whom the reader sees. Whether it is missed is said of everybody.
    """

    key: str
    name: LimitName
    used: int
    minimum: int
    maximum: int
    price: int | None
    is_missed: bool
    is_money: bool = False
    quota: QuotaLimit | None = None

    @property
    def is_self_declared(self) -> bool:
        return self.quota is not None and self.quota.field in SELF_DECLARED


def worth_of(
    selection: Selection, rows: Iterable[SelectionCandidate], limits: Limits, named: Named, names: Mapping[int, str]
) -> Worth:
    """The stored explanation of a selection, with its limits named, and of people those whom the reader may see."""
    told = selection.explanation
    value = selection.merit_total + selection.coverage_total
    is_infeasible = selection.outcome is Outcome.INFEASIBLE
    return Worth(
        is_infeasible=is_infeasible,
        is_proven=selection.is_proven,
        value=value,
        merit_total=selection.merit_total,
        coverage_total=selection.coverage_total,
        has_prices="prices" in told,
        value_without_quotas=told.get("value_without_quotas", value),
        binding=tuple(map(named, told.get("binding", ()))),
        prices=tuple(_price(price, named, names) for price in told.get("prices", ())),
        clash=_clash(told, rows, limits, named) if is_infeasible else None,
    )


def _price(price: dict, named: Named, names: Mapping[int, str]) -> LimitPrice:
    counts = price["name"].removeprefix(CAP).partition(":")[0]
    is_private = counts in [field.value for field in SELF_DECLARED]
    return LimitPrice(
        key=price["name"],
        name=named(price["name"]),
        widened_by=price["widened_by"],
        gained=price["gained"],
        saved=price["saved"],
        comes="" if is_private else named_all(price["enters"], names),
    )


def _clash(told: dict, rows: Iterable[SelectionCandidate], limits: Limits, named: Named) -> Clash:
    conflict = told.get("conflict", ())
    n_always = sum(row.rule in (Rule.ALWAYS, Rule.ACCEPTED) for row in rows) if ALWAYS in conflict else 0
    return Clash(
        limits=tuple(map(named, conflict)),
        repair=tuple(Change(named(key), by, key == BUDGET) for key, by in sorted(told.get("repair", {}).items())),
        n_always=n_always if set(conflict) == {ALWAYS, SEATS} else 0,
        n_seats=limits.places,
    )


def limit_lines(
    limits: Limits, chosen: Sequence[SelectionCandidate], seen: Sequence[SelectionCandidate], named: Named
) -> tuple[LimitLine, ...]:
    """Seats, budget and quotas, with what the chosen people use of them; ``seen`` are those whom the reader sees.

    With the others in a quota, a difference would tell of what region, career or gender they are.
    """
    spent = sum(row.cost_cents for row in chosen)
    seats = LimitLine(SEATS, named(SEATS), len(chosen), 0, limits.places, None, len(chosen) > limits.places)
    is_over = spent > limits.budget_cents
    budget = LimitLine(BUDGET, named(BUDGET), spent, 0, limits.budget_cents, None, is_over, is_money=True)
    return (seats, budget, *(_quota_line(quota, chosen, seen, named) for quota in limits.quotas))


def _quota_line(
    quota: QuotaLimit, chosen: Sequence[SelectionCandidate], seen: Sequence[SelectionCandidate], named: Named
) -> LimitLine:
    return LimitLine(
        key=quota.name,
        name=named(quota.name),
        used=sum(map(quota.counts, seen)),
        minimum=quota.minimum,
        maximum=quota.maximum,
        price=quota.price,
        is_missed=not quota.minimum <= sum(map(quota.counts, chosen)) <= quota.maximum,
        quota=quota,
    )
