"""From the stored inputs of a run to its rows: the same inputs give the same bytes."""

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass

import numpy as np

from ml.decision.crossed_model import DIGITS
from ml.decision.ranking import CROSSED, MIN_RATINGS, RANKED, RankingTable, rank
from ml.decision.scoring import fit_crossed_model, places_announced
from solicit.errors import Refused
from solicit.provenance import digest
from solicit.rankings.queries.evidence import Arrays, arrays_of
from solicit.words import N_

FEWEST_WITH_EVIDENCE = 2
# A question without evidence that has this chance to be among the first deserves a note.
PROMISING = 0.1
# What the digest of a run covers that was frozen before comparisons and ballots counted.
FIRST_FIELDS = (
    "question_id", "theme", "evidence", "position", "mean", "low", "high", "p_top_k", "plain_mean", "n_ratings",
    "n_outside", "component", "band", "place_first", "place_last",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ComputedRow:
    """One question in a run; ``position`` counts within its theme, ranked ones first."""

    question_id: int
    theme: str
    evidence: str
    position: int
    mean: float
    low: float
    high: float
    p_top_k: float
    plain_mean: float | None
    expected_place: float | None
    n_ratings: int
    n_outside: int
    n_comparisons: int
    n_ballots: int
    place_by_ratings: int | None
    place_by_comparisons: int | None
    place_by_ballots: int | None
    place_by_groups: int | None
    priority_of_groups: tuple[str, ...]
    place_best: int | None
    place_worst: int | None
    is_method_sensitive: bool
    is_divided: bool
    component: int
    band: int | None
    place_first: int | None
    place_last: int | None


@dataclass(frozen=True, eq=False)
class Computed:
    """A ranking before it is stored; ``k`` is the number of places per theme."""

    rows: tuple[ComputedRow, ...]
    k: dict[str, int]
    variances: dict[str, float]
    notes: tuple[str, ...]
    draws_digest: bytes


def result_digest(rows: Collection[ComputedRow], inputs: dict) -> bytes:
    """SHA-256 of the rows of a run; ``inputs`` tells how old it is."""
    names = None if "model" in inputs else FIRST_FIELDS
    in_order = (asdict(row) for row in sorted(rows, key=lambda row: row.question_id))
    return digest([row if names is None else {name: row[name] for name in names} for row in in_order])


def compute(inputs: dict) -> Computed:
    """Rank the questions of a run; raises Refused when there is evidence for fewer than two."""
    given = arrays_of(inputs)
    if np.count_nonzero(given.n_votes) < FEWEST_WITH_EVIDENCE:
        raise Refused(N_("Fewer than two questions have a rating: there is nothing to rank."))
    table = _table(inputs, given)
    rows = _rows(inputs, table)
    has_promising = bool(promising_without_evidence(rows))
    return Computed(
        rows=rows,
        k=dict(zip(inputs["themes"], _places(given, inputs).tolist(), strict=True)),
        variances=_variances(given),
        notes=(*table.notes, *(("promising_without_evidence",) if has_promising else ())),
        draws_digest=draws_digest(table.draws),
    )


def draws_of(inputs: dict) -> np.ndarray:
    """The joint draws of a run, shape (n_questions, n_draws), computed again."""
    return _table(inputs, arrays_of(inputs)).draws


def draws_digest(draws: np.ndarray) -> bytes:
    return hashlib.sha256(np.ascontiguousarray(draws, dtype="<f8").tobytes()).digest()


def promising_without_evidence(rows: Collection[ComputedRow]) -> tuple[ComputedRow, ...]:
    """What is not ranked, though it has a fair chance to be among the first."""
    return tuple(row for row in rows if row.evidence != RANKED and row.p_top_k >= PROMISING)


def _table(inputs: dict, given: Arrays) -> RankingTable:
    return rank(
        **given.for_model(),
        group=given.group,
        k=_places(given, inputs),
        tie_hash=_tie_hashes(inputs),
        seed=inputs["seed"],
        n_draws=inputs["n_draws"],
        model=inputs.get("model", CROSSED),
        staged=inputs.get("is_staged", False),
    )


def _places(given: Arrays, inputs: dict) -> np.ndarray:
    """The places announced per theme, by what is ranked there."""
    is_ranked = given.n_votes >= MIN_RATINGS
    n_ranked = np.bincount(given.group[is_ranked], minlength=len(inputs["themes"]))
    return places_announced(n_ranked, inputs["n_places"])


def _tie_hashes(inputs: dict) -> np.ndarray:
    """One salted hash per question; questions of equal wording are told apart by their order."""
    seen: dict[str, int] = {}
    hashes = []
    for question in inputs["questions"]:
        n = seen[question["digest"]] = seen.get(question["digest"], 0) + 1
        hashes.append(hashlib.sha256(f"{inputs['salt']} {question['digest']} {n}".encode()).hexdigest())
    return np.array(hashes)


def _rows(inputs: dict, table: RankingTable) -> tuple[ComputedRow, ...]:
    hashes = _tie_hashes(inputs)
    is_ranked = table.evidence == RANKED
    part = np.where(is_ranked, table.component, 0)
    by_place = np.lexsort((hashes, -table.mean, part, ~is_ranked))
    position: dict[int, int] = {}
    n_of_theme: dict[str, int] = {}
    for index in by_place.tolist():
        theme = inputs["questions"][index]["theme"]
        position[index] = n_of_theme[theme] = n_of_theme.get(theme, 0) + 1
    return tuple(_row(inputs, table, index, position[index]) for index in range(len(hashes)))


# Columns of the table that go into a row as they are, and those in which 0 or NaN means that there is none.
_PLAIN = ("mean", "low", "high", "p_top_k", "n_ratings", "n_comparisons", "n_ballots", "component")
_PLACES = (
    "place_first", "place_last", "place_by_ratings", "place_by_comparisons", "place_by_ballots", "place_by_groups",
    "place_best", "place_worst",
)  # fmt: skip
_MAYBE = ("plain_mean", "expected_place")


def _row(inputs: dict, table: RankingTable, index: int, position: int) -> ComputedRow:
    question = inputs["questions"][index]
    plain = {name: getattr(table, name)[index].item() for name in _PLAIN}
    places = {name: int(getattr(table, name)[index]) or None for name in _PLACES}
    maybe = {name: _number(getattr(table, name)[index]) for name in _MAYBE}
    is_first = table.first_of_groups[index] & table.minority_priority[index]
    return ComputedRow(
        question_id=question["id"],
        theme=question["theme"],
        evidence=str(table.evidence[index]),
        position=position,
        n_outside=inputs["n_outside"][index],
        priority_of_groups=tuple(inputs["groups"][n] for n in np.flatnonzero(is_first)),
        is_method_sensitive=bool(table.method_sensitive[index]),
        is_divided=bool(table.divided[index]),
        band=int(table.band[index]) if table.evidence[index] == RANKED else None,
        **plain,
        **places,
        **maybe,
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _variances(given: Arrays) -> dict[str, float]:
    """The three variances of the crossed model, in squared points of the scale; none without ratings."""
    if len(given.rating) == 0:
        return {}
    rows = np.lexsort((given.rating, given.panelist, given.question))
    fit = fit_crossed_model(
        question=given.question[rows],
        panelist=given.panelist[rows],
        rating=given.rating[rows],
        n_questions=len(given.group),
        n_panelists=given.n_panelists,
    )
    estimates = {
        "question": fit.question_variance,
        "panelist": fit.panelist_variance,
        "residual": fit.residual_variance,
    }
    return {name: round(value, DIGITS) for name, value in estimates.items()}
