"""Topics: agreement with labelled groups, and how many questions keep their topic when new ones come."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ml.evaluation.data import Data, Figure
from ml.language.clustering import UNKNOWN, cluster, match_topics
from ml.language.embedding import text_digest

PART = "topics"
SEED = 1
# Resolutions: what a run begins with, and the coarse end of the slider, for labels of few large groups.
AS_USUAL, FEWER = 1.0, 0.1
# As many again as a tenth of those that were there before.
LATE_SHARE = 1 / 11


def measure_topics(data: Data) -> Iterator[Figure]:
    """V-measure, adjusted Rand index, outliers, and the share of questions whose topic keeps its id."""
    banking = data.rows("C_clustering/banking77.csv")
    yield from _agreement(data, "Banking77 half", banking, {"label": AS_USUAL})
    clinc = data.rows("C_clustering/clinc150.csv")
    yield from _agreement(data, "CLINC150", clinc, {"label": AS_USUAL, "domain": FEWER})


def _agreement(data: Data, name: str, rows: list[dict[str, str]], levels: dict[str, float]) -> Iterator[Figure]:
    from sklearn.metrics import adjusted_rand_score, v_measure_score

    rows = sorted(rows, key=lambda row: text_digest(row["text"]))
    vectors = data.vectors([row["text"] for row in rows])
    for level, resolution in levels.items():
        labels = [row[level] for row in rows]
        topics = cluster(vectors, resolution=resolution, seed=SEED)
        remark = f"{topics.max() + 1} topics at resolution {resolution:g}, {len(set(labels))} labels"
        yield Figure(PART, name, f"V-measure, {level}", v_measure_score(labels, topics), remark)
        yield Figure(PART, name, f"adjusted Rand index, {level}", adjusted_rand_score(labels, topics))
        yield Figure(PART, name, f"outliers, {level}", float(np.mean(topics == UNKNOWN)))
    yield Figure(PART, name, "ids kept after +10 %", _kept(vectors))


def _kept(vectors: NDArray[np.float32]) -> float:
    """The share of earlier questions that are in a topic of the same id after a tenth more came."""
    is_late = np.random.default_rng(SEED).random(len(vectors)) < LATE_SHARE
    before = np.full(len(vectors), UNKNOWN, dtype=np.int64)
    before[~is_late] = cluster(vectors[~is_late], seed=SEED)
    after = cluster(vectors, seed=SEED, previous=before)
    ids = match_topics(before, after)
    return float(np.mean(ids[after[~is_late]] == before[~is_late]))
