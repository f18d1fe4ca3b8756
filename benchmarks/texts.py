"""Real texts of public data beside the checkout, with their vectors, which are kept in a temporary file."""

import csv
import hashlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.language.embedding import SentenceEncoder

NEAR_COPY_SHARE = 0.05
# Length of the noise beside a vector of length 1: a copy has cosine 0.8, two copies of one 0.64, a near copy 0.95.
NOISE, LITTLE_NOISE = 0.75, 0.33
FILES = {"banking77": "C_clustering/banking77.csv", "clinc150": "C_clustering/clinc150.csv"}


@dataclass(frozen=True, eq=False)
class Texts:
    words: tuple[str, ...]
    vectors: NDArray[np.float32]
    labels: tuple[str, ...] = ()


def read_labelled(data: Path, name: str) -> Texts:
    rows = _rows(data / FILES[name])
    words = tuple(_line(row["text"]) for row in rows)
    return Texts(words, vectors_of(words), tuple(row["label"] for row in rows))


def mixed_texts(data: Path, n: int) -> Texts:
    """``n`` different sentences: space questions, titles and abstracts of papers, then questions to services."""
    abstracts = _rows(data / "A_space/arxiv_astro_2026.csv")
    found = [row["question"] for row in _rows(data / "space_questions.csv")]
    found += [row["title"] for row in abstracts]
    found += [sentence for row in abstracts for sentence in re.split(r"(?<=[.?!])\s+", row["abstract"])]
    found += [row["text"] for file in FILES.values() for row in _rows(data / file)]
    words = tuple(dict.fromkeys(filter(None, map(_line, found))))[:n]
    return Texts(words, vectors_of(words))


def vectors_of(words: tuple[str, ...]) -> NDArray[np.float32]:
    """The bundled model's vectors, encoded once per machine."""
    digest = hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
    kept = Path(tempfile.gettempdir()) / f"solicit-bench-{digest}.npy"
    if not kept.exists():
        np.save(kept, SentenceEncoder().encode(words))
    return np.load(kept)


def many_vectors(vectors: NDArray[np.float32], n: int) -> NDArray[np.float32]:
    """The given vectors first, then noisy copies of them, a few of them very near."""
    chance = np.random.default_rng(0)
    rows = chance.integers(len(vectors), size=n - len(vectors))
    noise = chance.standard_normal((len(rows), vectors.shape[1]), dtype=np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    length = np.where(chance.random(len(rows)) < NEAR_COPY_SHARE, LITTLE_NOISE, NOISE).astype(np.float32)
    copies = vectors[rows] + noise * length[:, None]
    return np.concatenate([vectors, copies / np.linalg.norm(copies, axis=1, keepdims=True)])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _line(text: str) -> str:
    return " ".join(text.split())
