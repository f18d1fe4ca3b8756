"""One contestant of ``benchmarks.analysis``, in a process and an environment of its own.

Run as ``PYTHON -m benchmarks.contest NAME VECTORS RESULT [TEXTS]``: reads float32 rows of length 1, writes what it
found, and prints processor seconds of the work alone (imports, reading and a first call to warm up are left out).
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

THRESHOLD = 0.70
SEED = 1


# The work that is measured, and what makes arrays of its result.
Contestant = tuple[Callable[[], Any], Callable[[Any], dict]]


def nearest_pairs(vectors: np.ndarray, texts: list[str]) -> Contestant:
    from ml.language.duplicates import nearest_pairs as ours

    return lambda: ours(vectors, threshold=THRESHOLD), lambda pairs: dict(left=pairs.left, right=pairs.right)


def paraphrase_mining(vectors: np.ndarray, texts: list[str]) -> Contestant:
    import torch
    from sentence_transformers.util import paraphrase_mining_embeddings

    torch.set_num_threads(1)
    embeddings = torch.from_numpy(vectors)

    def tidy(found: list) -> dict:
        pairs = np.array([(one, other) for score, one, other in found if score >= THRESHOLD], dtype=np.int64)
        return dict(left=pairs[:, 0], right=pairs[:, 1])

    return lambda: paraphrase_mining_embeddings(embeddings), tidy


def semhash(vectors: np.ndarray, texts: list[str]) -> Contestant:
    from semhash import SemHash

    names = [str(row) for row in range(len(vectors))]

    def work() -> list:
        hashes, near = SemHash.from_embeddings(vectors, names, model=None), []
        query = hashes.index.query_threshold

        def remember(*arguments, **options) -> list:
            near.extend(query(*arguments, **options))
            return near

        hashes.index.query_threshold = remember
        hashes.self_deduplicate(threshold=THRESHOLD)
        return near

    def tidy(near: list) -> dict:
        rows = np.repeat(np.arange(len(near)), [len(indices) for indices, _ in near])
        columns = np.concatenate([np.asarray(indices, dtype=np.int64) for indices, _ in near])
        return dict(left=np.minimum(rows, columns), right=np.maximum(rows, columns))

    return work, tidy


def cluster(vectors: np.ndarray, texts: list[str]) -> Contestant:
    from ml.language.clustering import cluster as ours

    return lambda: ours(vectors, seed=SEED), lambda labels: dict(labels=labels)


def bertopic(vectors: np.ndarray, texts: list[str]) -> Contestant:
    from bertopic import BERTopic

    # numba compiles in the first run, and other functions for many rows than for few.
    BERTopic().fit_transform(texts, embeddings=vectors)
    return lambda: BERTopic().fit_transform(texts, embeddings=vectors)[0], lambda topics: dict(labels=np.array(topics))


CONTESTANTS = {
    "nearest_pairs": nearest_pairs,
    "paraphrase_mining": paraphrase_mining,
    "SemHash": semhash,
    "cluster": cluster,
    "BERTopic": bertopic,
}


def main(name: str, vectors: str, result: str, texts: str = "") -> None:
    rows = np.load(vectors)
    words = Path(texts).read_text().split("\n") if texts else []
    work, tidy = CONTESTANTS[name](rows, words)
    began = time.process_time()
    found = work()
    seconds = time.process_time() - began
    np.savez(result, **tidy(found))
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
