"""The reasons of a selection, each by solving it once more: values in, values out, no database."""

from dataclasses import dataclass

import numpy as np

from ml.decision.selection import PROVEN, Selection, best_value
from ml.decision.selection_model import SolverStopped
from ml.decision.selection_prices import limit_prices
from ml.decision.selection_problem import coverage_total, limits_of, tight_limits, value_total
from ml.decision.selection_reasons import why
from ml.decision.selection_reserve import reserve_list, substitute
from solicit.invitations.queries.explaining import LEFT_OUT_EXPLAINED
from solicit.invitations.queries.stored import StoredSelection
from solicit.invitations.service.selecting.problem import Posed, pose

RESERVE = 20
MORE_CENTS = 500_000


@dataclass(frozen=True, eq=False)
class Choice:
    """A stored selection in numbers again."""

    posed: Posed
    selection: Selection


def choice_of(stored: StoredSelection) -> Choice:
    """What was solved, and what came out."""
    posed = pose(stored.pool, stored.limits, kept=stored.kept)
    problem, chosen = posed.problem, posed.places(stored.chosen)
    n_quotas = len(problem.quotas)
    breaches = [limit.breach(chosen) for limit in limits_of(problem)]
    selection = Selection(
        chosen=chosen,
        merit_total=int(problem.merit[chosen].sum()),
        cost_total_cents=int(problem.cost_cents[chosen].sum()),
        coverage_total=coverage_total(problem, chosen),
        quota_shortfall=tuple(-breach for breach in breaches[len(breaches) - n_quotas :]),
        mip_gap=stored.gap,
        proven_optimal=stored.is_proven,
        status=PROVEN,
    )
    return Choice(posed, selection)


def worth_of_limits(choice: Choice) -> dict:
    """What the result would be worth without the quotas, and what every limit costs it. Raises SolverStopped."""
    problem, selection = choice.posed.problem, choice.selection
    quotas = frozenset(quota.name for quota in problem.quotas)
    return {
        "value": value_total(problem, selection.chosen),
        "value_without_quotas": best_value(problem, dropped=quotas).value,
        "more_cents": MORE_CENTS,
        "binding": list(tight_limits(problem, selection.chosen)),
        "prices": [
            {
                "name": price.name,
                "widened_by": price.widened_by,
                "gained": price.value_gained,
                "saved": price.breach_saved,
                "kept": price.kept_gained,
                "enters": choice.posed.person_ids(price.enters),
                "leaves": choice.posed.person_ids(price.leaves),
            }
            for price in limit_prices(problem, selection, more_cents=MORE_CENTS)
        ],
    }


def reserve_of(choice: Choice) -> list[int]:
    """The people next in line, in order. Raises SolverStopped."""
    n_places = min(RESERVE, int((~choice.selection.chosen & ~choice.posed.problem.never).sum()))
    if not n_places:
        return []
    return choice.posed.person_ids(reserve_list(choice.posed.problem, choice.selection, n_places=n_places))


def to_explain(choice: Choice) -> list[int]:
    """Everybody chosen, and the best of those left out; ties in the order of the hash."""
    problem, chosen = choice.posed.problem, choice.selection.chosen
    left_out = np.flatnonzero(~chosen & ~problem.never)
    best = left_out[np.lexsort((left_out, -problem.merit[left_out]))][:LEFT_OUT_EXPLAINED]
    return choice.posed.person_ids((*np.flatnonzero(chosen), *best))


def reason_of(choice: Choice, person_id: int) -> dict:
    """What the opposite decision on one person would change, and who would take their place if they declined."""
    posed = choice.posed
    place = next(place for place, candidate in enumerate(posed.candidates) if candidate.person_id == person_id)
    try:
        reason = why(posed.problem, choice.selection, place)
        found = {
            "price": reason.price,
            "extra_breach": reason.extra_breach,
            "kept_lost": reason.kept_lost,
            "limits": list(reason.own_limits),
            "merit_gain": reason.merit_gain,
            "cost_cut_cents": reason.cost_cut_cents,
            "leaves": posed.person_ids(other for other in reason.leaves if other != place),
            "enters": posed.person_ids(other for other in reason.enters if other != place),
        }
        if choice.selection.chosen[place]:
            after = substitute(posed.problem, choice.selection, place)
            found["substitutes"] = posed.person_ids(after.enters)
    except SolverStopped:
        return {"is_unknown": True}
    return found
