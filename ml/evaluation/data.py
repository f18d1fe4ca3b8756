"""The labelled public data beside the checkout, and the figures that are measured on it."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.language.embedding import Encoder

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[3] / "shared" / "data"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Figure:
    """One measured number: of a part of the analysis, on a data set."""

    part: str
    data: str
    what: str
    value: float | None
    remark: str = ""


class Data:
    """Files of labelled data, and the vectors of their texts, each made once."""

    def __init__(self, folder: Path, load_encoder: Callable[[], Encoder]) -> None:
        """Raises: FileNotFoundError if the folder is not there, before anything slow is loaded."""
        if not folder.is_dir():
            raise FileNotFoundError(
                f"The labelled data is not in {folder}. Put it into shared/data beside the checkout, or name its "
                "folder: python -m ml.evaluation --data FOLDER"
            )
        self._folder = folder
        self.encoder = load_encoder()
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self._folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors |= dict(zip(new, self.encoder.encode(new), strict=True))
        return np.array([self._vectors[text] for text in texts])


def folded(text: str) -> str:
    """The words of an English text, as the site folds them."""
    return " ".join(_WORD.findall(text.casefold()))
