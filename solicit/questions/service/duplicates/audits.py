"""Audits: random pairs from below the threshold, among the suggestions, so that the curve is learnt on both sides."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from solicit.questions.models import DuplicatePair
from solicit.questions.service.duplicates.compare import Compared, least_cosine
from solicit.questions.service.duplicates.curves import scorer_in_use
from solicit.questions.service.duplicates.suggest import pair_values, write_pairs
from solicit.questions.states import Method

SUGGESTIONS_PER_AUDIT = 9
# So many random pairs are looked at; the rarest layer, just below the threshold, has enough of them.
DRAWN = 50_000
N_LAYERS = 5


def draw_audits(
    session: Session,
    groups: Sequence[Compared],
    *,
    method: Method,
    call_id: int,
    model_id: int,
    seed: int,
    now: datetime,
) -> int:
    """Put one random pair from below the threshold behind every nine suggestions of a call, and return their number."""
    of_method = DuplicatePair.call_id == call_id, DuplicatePair.method == method, DuplicatePair.verdict.is_(None)
    former = sa.delete(DuplicatePair).where(*of_method, DuplicatePair.is_audit)
    session.execute(former.execution_options(synchronize_session=False))
    scorer = scorer_in_use(session, call_id=call_id, model_id=model_id, method=method)
    suggested = sa.select(DuplicatePair.probability).where(*of_method).order_by(DuplicatePair.probability.desc())
    chances = session.scalars(suggested).all()
    places = chances[SUGGESTIONS_PER_AUDIT - 1 :: SUGGESTIONS_PER_AUDIT]
    drawn = random_pairs(groups, np.random.default_rng(seed), below=least_cosine(scorer), n=len(places))
    rows = []
    for (group, left, right, cosine, stands_for), place in zip(drawn, places, strict=False):
        candidates = group.candidates(np.array([left]), np.array([right]), np.array([cosine]))
        chance = scorer.probability(candidates.features)
        (row,) = pair_values(candidates, chance, np.array([0]))
        row["features"]["stands_for"] = stands_for
        rows.append(row | dict(call_id=call_id, model_id=model_id, suggested_at=now, is_audit=True, place=place))
    write_pairs(session, rows)
    return len(rows)


def random_pairs(
    groups: Sequence[Compared], random: np.random.Generator, *, below: float, n: int
) -> list[tuple[Compared, int, int, float, float]]:
    """n pairs with a cosine below the threshold, as many from each of five layers of it, in random order.

    Each comes with its group and rows, its cosine, and how many pairs it stands for.
    """
    sizes = [len(group.ids) * (len(group.ids) - 1) // 2 for group in groups]
    pool = [row for group, size in zip(groups, sizes, strict=True) for row in _some(group, size, sum(sizes), random)]
    pool = [row for row in pool if row[3] < below]
    if not pool:
        return []
    # What is not near at all is one layer, from minus one to the first fifth of the threshold.
    layer = np.clip(np.array([row[3] for row in pool]) / below * N_LAYERS, 0, N_LAYERS - 1).astype(int)
    per_drawn = sum(sizes) / min(DRAWN, sum(sizes))
    taken = []
    for number, quota in enumerate(_quotas(np.bincount(layer, minlength=N_LAYERS), n)):
        rows = np.flatnonzero(layer == number)
        chosen = random.choice(rows, size=quota, replace=False)
        taken += [(*pool[at], round(len(rows) * per_drawn / quota, 3)) for at in chosen.tolist()]
    return [taken[at] for at in random.permutation(len(taken)).tolist()]


def _some(
    group: Compared, size: int, total: int, random: np.random.Generator
) -> list[tuple[Compared, int, int, float]]:
    """Different random pairs of a group, as many as its share of all pairs."""
    if not size:
        return []
    if total <= DRAWN:
        left, right = np.triu_indices(len(group.ids), k=1)
    else:
        n, wanted = len(group.ids), -(-DRAWN * size // total)
        left, right = random.integers(0, n, wanted), random.integers(0, n - 1, wanted)
        right += right >= left
        both = np.unique(np.column_stack([np.minimum(left, right), np.maximum(left, right)]), axis=0)
        left, right = both.T
    columns = zip(left.tolist(), right.tolist(), group.cosine(left, right).tolist(), strict=True)
    return [(group, one, other, cosine) for one, other, cosine in columns]


def _quotas(available: NDArray[np.int64], n: int) -> list[int]:
    """As many from each layer as from any other; where one is short, the next lower ones make up for it."""
    quotas = np.zeros(len(available), dtype=int)
    while quotas.sum() < min(n, available.sum()):
        for number in reversed(range(len(available))):
            if quotas[number] < available[number] and quotas.sum() < n:
                quotas[number] += 1
    return quotas.tolist()
