"""Duplicates and topics side by side with paraphrase_mining, SemHash and BERTopic, in one run on the same vectors."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, v_measure_score

from benchmarks.contest import THRESHOLD
from benchmarks.growth import print_growth
from benchmarks.site import machine
from benchmarks.texts import Texts, many_vectors, mixed_texts, read_labelled

PEERS = ("torch==2.13.0", "sentence-transformers", "semhash", "bertopic", "umap-learn", "hdbscan")
OURS = Path(sys.executable)
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "LOKY_MAX_CPU_COUNT"), "1"
)
N_CHECKED = 2_000
# How the work of a peer grows with the rows: by all pairs, or by a graph of neighbours.
GROWTH = {"paraphrase_mining": 2.0, "SemHash": 1.1}
SMALL = 10_000


@dataclass(frozen=True)
class Result:
    """What a contestant found, its processor seconds, and on how many of the rows it really ran."""

    name: str
    seconds: float
    n_run: int
    found: dict[str, NDArray]


@click.command()
@click.option("--peers", type=click.Path(path_type=Path), default="/tmp/peers", show_default=True)
@click.option("--data", type=click.Path(path_type=Path, exists=True), default="../shared/data", show_default=True)
@click.option("--large", default=100_000, show_default=True, help="Size of the larger run on duplicates; 0 for none.")
@click.option(
    "--longest",
    default=600,
    show_default=True,
    help="A peer that needs more seconds runs on a part and is extrapolated.",
)
@click.option("--topics/--no-topics", default=True, help="Compare groupings, too.")
@click.option("--growth/--no-growth", default=True, help="Measure what each new submission costs as a call grows.")
def main(peers: Path, data: Path, large: int, longest: int, topics: bool, growth: bool) -> None:
    """Print processor seconds (user and system, one thread), recall, agreement with labels, and the targets."""
    python = _peers_python(peers)
    print(machine())
    texts = mixed_texts(data, SMALL)
    print(f"\nPairs with cosine >= {THRESHOLD}: {SMALL:,} real sentences of public data")
    compare_pairs(python, texts.vectors, longest)
    if large:
        print(
            f"\nThe same of {large:,} vectors: the real ones, copies with noise (mean cosine 0.8) and 5 % near copies"
        )
        compare_pairs(python, many_vectors(texts.vectors, large), longest)
    if topics:
        compare_all_topics(python, data, texts)
    if growth:
        print_growth()


def compare_all_topics(python: Path, data: Path, mixed: Texts) -> None:
    print("\nTopics of labelled texts, embeddings given, each with its default settings")
    for name in ("banking77", "clinc150"):
        compare_topics(python, name, read_labelled(data, name))
    print(f"\nTopics of the {SMALL:,} sentences")
    compare_topics(python, "mixed", mixed)


def compare_pairs(python: Path, vectors: NDArray[np.float32], longest: int) -> None:
    exact = _exact_pairs(vectors)
    ours = _run(OURS, "nearest_pairs", vectors)
    results = [ours]
    for name in ("paraphrase_mining", "SemHash"):
        results.append(_run_or_extrapolate(python, name, vectors, longest))
    print(f"{'':20}{'cpu-s':>9}{'ratio':>8}{'recall':>9}")
    for result in results:
        recall = f"{_recall(exact, result):.5f}" if result.n_run == len(vectors) else "-"
        note = f"  extrapolated from {result.n_run:,} rows" if result.n_run != len(vectors) else ""
        print(f"{result.name:20}{result.seconds:>9.1f}{result.seconds / ours.seconds:>8.1f}{recall:>9}{note}")
    reached = _recall(exact, ours) >= 0.9999
    _target(3, "recall >= 0.9999", reached, f"{_recall(exact, ours):.6f}")
    for result, least in zip(results[1:], (10, 4), strict=True):
        ratio = result.seconds / ours.seconds
        _target(3, f">= {least}x less CPU than {result.name}", ratio >= least, f"{ratio:.1f}x")


def compare_topics(python: Path, name: str, texts: Texts) -> None:
    ours, peer = _run(OURS, "cluster", texts.vectors), _run(python, "BERTopic", texts.vectors, texts.words)
    print(
        f"{name + ', ' + format(len(texts.words), ','):22}{'cpu-s':>8}{'topics':>8}{'V':>8}{'ARI':>8}{'outliers':>10}"
    )
    scores = {}
    for result in (ours, peer):
        labels = result.found["labels"]
        n_topics, outliers = len(set(labels[labels >= 0].tolist())), np.mean(labels < 0)
        agreement = ""
        if texts.labels:
            scores[result.name] = v_measure_score(texts.labels, labels)
            agreement = f"{scores[result.name]:>8.3f}{adjusted_rand_score(texts.labels, labels):>8.3f}"
        print(f"{result.name:22}{result.seconds:>8.1f}{n_topics:>8}{agreement:>16}{outliers:>10.1%}")
    ratio = peer.seconds / ours.seconds
    _target(4, ">= 6x less CPU than warm BERTopic", ratio >= 6, f"{ratio:.1f}x")
    _target(4, "no outliers", bool((ours.found["labels"] >= 0).all()), "0")
    if scores:
        more = scores["cluster"] - scores["BERTopic"]
        _target(4, "V-measure >= BERTopic + 0.06", more >= 0.06, f"{more:+.3f}")


def _run_or_extrapolate(python: Path, name: str, vectors: NDArray[np.float32], longest: int) -> Result:
    """A peer on all rows, or on the largest part that it does in time."""
    n = len(vectors)
    if n <= SMALL:
        return _run(python, name, vectors)
    part = _run(python, name, vectors[:SMALL])
    if part.seconds * (n / SMALL) ** GROWTH[name] <= longest:
        return _run(python, name, vectors)
    n_run = int(SMALL * (longest / part.seconds) ** (1 / GROWTH[name]))
    part = _run(python, name, vectors[:n_run])
    return Result(name, part.seconds * (n / n_run) ** GROWTH[name], n_run, part.found)


def _run(python: Path, name: str, vectors: NDArray[np.float32], texts: tuple[str, ...] = ()) -> Result:
    with tempfile.TemporaryDirectory(prefix="solicit-bench-") as folder:
        given, result, words = Path(folder) / "vectors.npy", Path(folder) / "result.npz", Path(folder) / "texts.txt"
        np.save(given, vectors)
        words.write_text("\n".join(texts))
        command = [python, "-m", "benchmarks.contest", name, given, result, *([words] if texts else [])]
        done = subprocess.run(command, env=os.environ | ONE_THREAD, capture_output=True, text=True)
        if done.returncode:
            raise click.ClickException(f"{name} failed:\n{done.stderr[-2000:]}")
        seconds = float(done.stdout.splitlines()[-1].split()[-1].rstrip("}"))
        with np.load(result, allow_pickle=False) as found:
            return Result(name, seconds, len(vectors), dict(found))


def _exact_pairs(vectors: NDArray[np.float32]) -> set[tuple[int, int]]:
    """Every pair in double precision with a row of a sample, or of all rows where they are few."""
    rows = np.random.default_rng(0).permutation(len(vectors))[:N_CHECKED]
    wide, pairs = vectors.astype(np.float64), set()
    for part in np.array_split(np.sort(rows), 20):
        for at, other in zip(*np.nonzero(wide[part] @ wide.T >= THRESHOLD), strict=True):
            if part[at] != other:
                pairs.add((int(min(part[at], other)), int(max(part[at], other))))
    return pairs


def _recall(exact: set[tuple[int, int]], result: Result) -> float:
    found = zip(result.found["left"].tolist(), result.found["right"].tolist(), strict=True)
    return len(exact.intersection(found)) / max(len(exact), 1)


def _target(number: int, words: str, is_reached: bool, figure: str) -> None:
    print(f"  target {number}: {words}: {figure}, {'reached' if is_reached else 'MISSED'}")


def _peers_python(folder: Path) -> Path:
    """The interpreter of the peers' environment, made if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([OURS, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", *PEERS], check=True)
    return python


if __name__ == "__main__":
    main()
