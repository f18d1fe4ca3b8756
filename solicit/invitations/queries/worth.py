"""What a selection is worth, which limits it meets, and what each of them costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from solicit.invitations.models import Selection, SelectionCandidate
from solicit.invitations.queries.candidate_rows import StoredCandidates
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
class Totals:
    """Sums over the chosen people whom a reader sees: with the others in them, a difference would tell of those."""

    n_chosen: int
    merit: int
    coverage: int
    cost_cents: int

    @property
    def value(self) -> int:
        return self.merit + self.coverage


@dataclass(frozen=True)
class Worth:
    """The value of a selection with its proof, and the prices of its limits once they are worked out."""

    is_infeasible: bool
    is_proven: bool
    totals: Totals
    has_prices: bool
    value_without_quotas: int
    binding: tuple[LimitName, ...]
    prices: tuple[LimitPrice, ...]
    clash: Clash | None


@dataclass(frozen=True)
class LimitLine:
    """A limit, and how far those use it whom the reader sees; missed or not is said of everybody."""

    key: str
    name: LimitName
    used: int
    minimum: int
    maximum: int
    price: int | None
    is_missed: bool
    is_money: bool = False


def totals_of(selection: Selection, seen: Sequence[SelectionCandidate]) -> Totals:
    """What the chosen people whom a reader sees are worth, and what they cost."""
    covered = {number for row in seen for number in row.question_ids}
    return Totals(
        n_chosen=len(seen),
        merit=sum(row.merit for row in seen),
        coverage=sum(value for number, _run_id, value in selection.questions if number in covered),
        cost_cents=sum(row.cost_cents for row in seen),
    )


def worth_of(selection: Selection, found: StoredCandidates, limits: Limits, named: Named) -> Worth:
    """The stored explanation of a selection, with its limits named, as far as it is of people whom the reader sees."""
    told, totals = selection.explanation, totals_of(selection, found.chosen_and_visible)
    is_infeasible = selection.outcome is Outcome.INFEASIBLE
    prices = [price for price in told.get("prices", ()) if found.sees_all(price["enters"], price["leaves"])]
    return Worth(
        is_infeasible=is_infeasible,
        is_proven=selection.is_proven,
        totals=totals,
        has_prices="prices" in told,
        value_without_quotas=told.get("value_without_quotas", totals.value) if found.is_whole else totals.value,
        binding=tuple(map(named, told.get("binding", ()))),
        prices=tuple(_price(price, named, found.names) for price in prices),
        clash=_clash(told, found, limits, named) if is_infeasible else None,
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


def _clash(told: dict, found: StoredCandidates, limits: Limits, named: Named) -> Clash:
    """Numbers depend on everybody: they are told to those who see everybody."""
    conflict, repair = told.get("conflict", ()), told.get("repair", {}) if found.is_whole else {}
    is_of_rules = found.is_whole and set(conflict) == {ALWAYS, SEATS}
    return Clash(
        limits=tuple(map(named, conflict)),
        repair=tuple(Change(named(key), by, key == BUDGET) for key, by in sorted(repair.items())),
        n_always=sum(row.rule in (Rule.ALWAYS, Rule.ACCEPTED) for row in found.every) if is_of_rules else 0,
        n_seats=limits.places,
    )


def limit_lines(
    limits: Limits, chosen: Sequence[SelectionCandidate], seen: Sequence[SelectionCandidate], named: Named
) -> tuple[LimitLine, ...]:
    """Seats, budget and quotas, with what the chosen people use of them; ``seen`` are those whom the reader sees.

    With the others in it, a difference would tell what they cost and of what region, career or gender they are.
    """
    is_full, is_over = len(chosen) > limits.places, sum(row.cost_cents for row in chosen) > limits.budget_cents
    seats = LimitLine(SEATS, named(SEATS), len(seen), 0, limits.places, None, is_full)
    spent = sum(row.cost_cents for row in seen)
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
    )
