"""The numbers beside the filters of the duplicate queue, and how similar its pairs are."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.questions.models import DuplicatePair
from solicit.questions.queries.duplicates.pairs import DECIDED, UNDECIDED, Left, PairFilter, Right, visible
from solicit.questions.queries.screening.queue import theme_key

# The least probabilities that the queue offers as a filter.
LEVELS = (0.3, 0.5, 0.7, 0.9)
# Bins of similarity, equally wide; what lies below the first edge counts with the first bin.
EDGES = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
VERDICT, THEME, KIND, METHOD, LEAST, ACROSS = "verdict", "theme", "kind", "method", "least", "across"


@dataclass(frozen=True)
class PairCounts:
    """Pairs per value of each filter, under the other filters; and per bin of similarity, whatever the verdict.

    ``least_cosine`` is the similarity of the least similar suggestion: about where they begin.
    """

    total: int = 0
    per: Mapping[str, Mapping[object, int]] = field(default_factory=dict)
    per_bin: tuple[int, ...] = (0,) * (len(EDGES) - 1)
    least_cosine: float | None = None


def pair_counts(session: Session, *, call: CallFacts, viewer_id: int, chosen: PairFilter) -> PairCounts:
    """One statement, however many pairs there are."""
    rows = session.execute(_grouped(call, viewer_id)).all()
    tests = _tests(call, chosen)
    per, bins, total = {name: Counter() for name in tests}, [0] * (len(EDGES) - 1), 0
    for row in rows:
        missed = [name for name, (matches, _values) in tests.items() if not matches(row)]
        total += 0 if missed else row.n
        if set(missed) <= {VERDICT}:
            bins[min(max(row.bin, 1), len(bins)) - 1] += row.n
        for name in missed if len(missed) == 1 else tests if not missed else ():
            per[name].update(dict.fromkeys(tests[name][1](row), row.n))
    least = min((row.least_cosine for row in rows if row.least_cosine is not None), default=None)
    return PairCounts(total, per, tuple(bins), least)


def _grouped(call: CallFacts, viewer_id: int) -> sa.Select:
    columns = (
        DuplicatePair.verdict,
        Left.theme_id.label("left_theme"),
        Right.theme_id.label("right_theme"),
        Left.kind,
        DuplicatePair.method,
        bucket(DuplicatePair.probability, LEVELS).label("level"),
        bucket(DuplicatePair.cosine, EDGES).label("bin"),
    )
    return (
        sa.select(
            *columns,
            sa.func.count().label("n"),
            sa.func.min(DuplicatePair.cosine).filter(~DuplicatePair.is_audit).label("least_cosine"),
        )
        .select_from(DuplicatePair)
        .join(Left, Left.id == DuplicatePair.left_id)
        .join(Right, Right.id == DuplicatePair.right_id)
        .where(*visible(call, viewer_id))
        .group_by(*columns)
    )


def bucket(value: sa.ColumnElement[float], edges: tuple[float, ...]) -> sa.ColumnElement[int]:
    """Which bin between these edges a value falls into, from 1."""
    return sa.func.width_bucket(value, sa.literal(list(edges), sa.ARRAY(sa.Double)))


def _tests(call: CallFacts, chosen: PairFilter) -> dict[str, tuple[Callable, Callable]]:
    """For each filter: whether a row passes it, and the values of the filter under which the row would count."""

    def themes(row: sa.Row) -> set[str]:
        return {theme_key(call, row.left_theme), theme_key(call, row.right_theme)}

    def verdicts(row: sa.Row) -> tuple[object, ...]:
        return (None, DECIDED, row.verdict.value) if row.verdict else (None, UNDECIDED)

    def levels(row: sa.Row) -> tuple[float, ...]:
        return LEVELS[: row.level]

    def is_across(row: sa.Row) -> bool:
        return row.left_theme != row.right_theme

    return {
        VERDICT: (lambda row: chosen.verdict in verdicts(row), verdicts),
        THEME: (lambda row: chosen.theme is None or chosen.theme in themes(row), themes),
        KIND: (lambda row: chosen.kind in (None, row.kind), lambda row: (row.kind,)),
        METHOD: (lambda row: chosen.method in (None, row.method), lambda row: (row.method,)),
        LEAST: (lambda row: chosen.least is None or chosen.least in levels(row), levels),
        ACROSS: (lambda row: not chosen.is_across or is_across(row), lambda row: (True,) if is_across(row) else ()),
    }
