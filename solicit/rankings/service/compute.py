"""From the stored inputs of a run to its rows: the same inputs give the same bytes."""

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np

from ml.decision.crossed_model import DIGITS
from ml.decision.ranking import MIN_RATINGS, RANKED, RankingTable, rank
from ml.decision.scoring import composite_rating, fit_crossed_model
from solicit.errors import Refused
from solicit.words import N_

FEWEST_RATED = 2
# A question without evidence that has this chance to be among the first deserves a note.
PROMISING = 0.1


@dataclass(frozen=True)
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
    n_ratings: int
    n_outside: int
    component: int
    band: int | None
    place_first: int | None
    place_last: int | None


@dataclass(frozen=True)
class Computed:
    """A ranking before it is stored; ``k`` is the number of places per theme."""

    rows: tuple[ComputedRow, ...]
    k: dict[str, int]
    variances: dict[str, float]
    notes: tuple[str, ...]


def digest(content: object) -> bytes:
    """SHA-256 of the canonical JSON of ``content``."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).digest()


def result_digest(rows: tuple[ComputedRow, ...]) -> bytes:
    return digest([asdict(row) for row in sorted(rows, key=lambda row: row.question_id)])


def compute(inputs: dict) -> Computed:
    """Rank the questions of a run; raises Refused when fewer than two have a rating."""
    questions, themes = inputs["questions"], inputs["themes"]
    group = np.array([themes.index(question["theme"]) for question in questions])
    design = _ratings(inputs)
    n_ratings = np.bincount(design["question"], minlength=len(questions))
    if np.count_nonzero(n_ratings) < FEWEST_RATED:
        raise Refused(N_("Fewer than two questions have a rating: there is nothing to rank."))
    k = _places(group[n_ratings >= MIN_RATINGS], len(themes), inputs["n_places"])
    hashes = _tie_hashes(inputs)
    table = rank(**design, group=group, k=k, tie_hash=hashes, seed=inputs["seed"], n_draws=inputs["n_draws"])
    promising = (table.evidence != RANKED) & (table.p_top_k >= PROMISING)
    return Computed(
        rows=_rows(inputs, table, hashes),
        k=dict(zip(themes, k.tolist(), strict=True)),
        variances=_variances(design),
        notes=(*table.notes, *(("promising_without_evidence",) if promising.any() else ())),
    )


def _ratings(inputs: dict) -> dict:
    """The design as arrays; a rating needs half of the weight answered."""
    weights = np.array([criterion["weight"] for criterion in inputs["criteria"]], dtype=float)
    scores = np.array([scores for _, _, scores in inputs["ratings"]], dtype=float).reshape(-1, len(weights))
    rating = composite_rating(scores, weights)
    answered = ~np.isnan(rating)
    question = np.array([question for question, _, _ in inputs["ratings"]], dtype=np.int64)
    panelist = np.array([panelist for _, panelist, _ in inputs["ratings"]], dtype=np.int64)
    return {
        "question": question[answered],
        "panelist": panelist[answered],
        "rating": rating[answered],
        "n_questions": len(inputs["questions"]),
        "n_panelists": int(panelist.max(initial=-1)) + 1,
    }


def _places(ranked_group: np.ndarray, n_groups: int, n_places: int) -> np.ndarray:
    """The places announced per theme: at most a third of what is ranked there, at least one."""
    n_ranked = np.bincount(ranked_group, minlength=n_groups)
    return np.clip(n_ranked // 3, 1, n_places)


def _tie_hashes(inputs: dict) -> np.ndarray:
    """One salted hash per question; questions of equal wording are told apart by their order."""
    seen: dict[str, int] = {}
    hashes = []
    for question in inputs["questions"]:
        n = seen[question["digest"]] = seen.get(question["digest"], 0) + 1
        hashes.append(hashlib.sha256(f"{inputs['salt']} {question['digest']} {n}".encode()).hexdigest())
    return np.array(hashes)


def _rows(inputs: dict, table: RankingTable, hashes: np.ndarray) -> tuple[ComputedRow, ...]:
    is_ranked = table.evidence == RANKED
    part = np.where(is_ranked, table.component, 0)
    by_place = np.lexsort((hashes, -table.mean, part, ~is_ranked))
    position: dict[int, int] = {}
    n_of_theme: dict[str, int] = {}
    for index in by_place.tolist():
        theme = inputs["questions"][index]["theme"]
        position[index] = n_of_theme[theme] = n_of_theme.get(theme, 0) + 1
    return tuple(_row(inputs, table, index, position[index]) for index in range(len(hashes)))


def _row(inputs: dict, table: RankingTable, index: int, position: int) -> ComputedRow:
    question = inputs["questions"][index]
    is_ranked = bool(table.evidence[index] == RANKED)
    plain = float(table.plain_mean[index])
    return ComputedRow(
        question_id=question["id"],
        theme=question["theme"],
        evidence=str(table.evidence[index]),
        position=position,
        mean=float(table.mean[index]),
        low=float(table.low[index]),
        high=float(table.high[index]),
        p_top_k=float(table.p_top_k[index]),
        plain_mean=None if np.isnan(plain) else plain,
        n_ratings=int(table.n_ratings[index]),
        n_outside=inputs["n_outside"][index],
        component=int(table.component[index]),
        band=int(table.band[index]) if is_ranked else None,
        place_first=int(table.place_first[index]) if is_ranked else None,
        place_last=int(table.place_last[index]) if is_ranked else None,
    )


def _variances(design: dict) -> dict[str, float]:
    rows = np.lexsort((design["rating"], design["panelist"], design["question"]))
    in_order = design | {name: design[name][rows] for name in ("question", "panelist", "rating")}
    fit = fit_crossed_model(**in_order)
    estimates = {
        "question": fit.question_variance,
        "panelist": fit.panelist_variance,
        "residual": fit.residual_variance,
    }
    return {name: round(value, DIGITS) for name, value in estimates.items()}
