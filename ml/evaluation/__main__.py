"""Measure the language part on labelled data; print a table, and write JSON.

python -m ml.evaluation                      the table, on shared/data beside the checkout
python -m ml.evaluation --json figures.json  the same figures as JSON, too
python -m ml.evaluation --pairs 20           the most probable pairs of the space questions, to be read
python -m ml.evaluation ballots FILE         what the orders of a PrefLib file say by several methods
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from threadpoolctl import threadpool_limits

from ml.evaluation.ballots import ballot_lines
from ml.evaluation.data import BESIDE_THE_CHECKOUT, Data, Figure
from ml.evaluation.duplicates import measure_duplicates, top_pairs
from ml.evaluation.themes import measure_themes, measure_translations
from ml.evaluation.topics import measure_topics
from ml.language.embedding import SentenceEncoder

MEASURES = (measure_duplicates, measure_topics, measure_themes, measure_translations)
DECIMALS = 4


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; returns the exit code."""
    asked = _parser().parse_args(arguments)
    if asked.ballots:
        return _count_ballots(asked.ballots)
    try:
        data = Data(asked.data, lambda: SentenceEncoder(asked.model))
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # The order in which threads add up numbers would show in the last digits.
    with threadpool_limits(limits=1):
        if asked.pairs:
            sys.stdout.writelines(f"{line}\n" for line in top_pairs(data, n=asked.pairs))
            return 0
        figures = list(_table(data))
    if asked.json:
        rounded = [asdict(each) | {"value": _rounded(each.value)} for each in figures]
        told = dict(model=data.encoder.name, figures=rounded)
        asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


def _count_ballots(words: list[str]) -> int:
    if len(words) != 2 or words[0] != "ballots":
        sys.stderr.write("Say: python -m ml.evaluation ballots FILE\n")
        return 2
    try:
        sys.stdout.writelines(f"{line}\n" for line in ballot_lines(Path(words[1])))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{words[1]}: {error}\n")
        return 1
    return 0


def _table(data: Data) -> Iterator[Figure]:
    """Every figure, printed as soon as it is there."""
    sys.stdout.write(f"model: {data.encoder.name}\n")
    for measure in MEASURES:
        for figure in measure(data):
            value = "-" if figure.value is None else f"{_rounded(figure.value):g}"
            line = f"{figure.part:13}{figure.data:23}{figure.what:36}{value:>8}  {figure.remark}"
            sys.stdout.write(f"{line.rstrip()}\n")
            sys.stdout.flush()
            yield figure


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), DECIMALS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ml.evaluation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ballots", nargs="*", metavar="ballots FILE", help="count the orders of a PrefLib file instead")
    parser.add_argument("--data", type=Path, default=BESIDE_THE_CHECKOUT, help="folder of the labelled data")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as JSON")
    parser.add_argument("--model", help="a sentence-transformers model, by folder or name; default: the bundled one")
    parser.add_argument("--pairs", type=int, default=0, metavar="N", help="print the N most probable pairs instead")
    return parser


if __name__ == "__main__":
    sys.exit(main())
