"""What differs between two rankings of one round: who moved, and how far."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.panels.queries.conflicts import may_read_result
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import copied_title
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow
from solicit.web.pagination import Window

Before, After = aliased(RankingRow), aliased(RankingRow)
# Among what is not ranked there is no place; it counts as one behind the last.
_MIDDLE_BEFORE = (Before.place_first + Before.place_last) / 2.0
_MIDDLE_AFTER = (After.place_first + After.place_last) / 2.0
_SHIFT = sa.func.coalesce(sa.func.abs(_MIDDLE_AFTER - _MIDDLE_BEFORE), 0)
_IS_APART = sa.or_(After.place_first > Before.place_last, After.place_last < Before.place_first)
_CHANGED_EVIDENCE = Before.evidence != After.evidence
_CHANGED_PLACES = sa.or_(
    Before.place_first.is_distinct_from(After.place_first), Before.place_last.is_distinct_from(After.place_last)
)


@dataclass(frozen=True)
class Difference:
    """One question in two runs; places are None where it is not ranked."""

    label: str
    title: str
    language: str
    theme_id: int
    before: tuple[int | None, int | None]
    after: tuple[int | None, int | None]
    mean_change: float
    n_ratings_change: int
    left_its_band: bool


@dataclass(frozen=True)
class Differences:
    """``n_moved`` questions have other places, ``n_apart`` of them share none with before."""

    rows: tuple[Difference, ...]
    n_compared: int
    n_moved: int
    n_apart: int
    largest_shift: float
    largest_change: float


def differences(session: Session, *, before_id: int, after_id: int, viewer_id: int, window: Window) -> Differences:
    """Questions whose places differ between two runs, those that moved furthest first; two statements."""
    both = (
        Before.run_id == before_id,
        After.run_id == after_id,
        may_read_result(Before.question_id, viewer_id),
    )
    same = After.question_id == Before.question_id
    moved = sa.or_(_CHANGED_EVIDENCE, _CHANGED_PLACES)
    totals = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(moved),
            sa.func.count().filter(sa.or_(_CHANGED_EVIDENCE, _IS_APART)),
            sa.func.coalesce(sa.func.max(_SHIFT), 0.0),
            sa.func.coalesce(sa.func.max(sa.func.abs(After.mean - Before.mean)), 0.0),
        )
        .select_from(sa.join(Before, After, same))
        .where(*both)
    ).one()
    found = session.execute(
        sa.select(Before, After, Question.number, copied_title(Before.question_id), _IS_APART)
        .join(After, same)
        .join(Question, Question.id == Before.question_id)
        .where(*both, moved)
        .order_by(_CHANGED_EVIDENCE.desc(), _SHIFT.desc(), Before.theme_id, Before.position)
        .limit(window.size)
        .offset(window.offset)
    )
    n_compared, n_moved, n_apart, shift, change = totals
    return Differences(tuple(_difference(*row) for row in found), n_compared, n_moved, n_apart, float(shift), change)


def _difference(
    before: RankingRow, after: RankingRow, number: int | None, copied: str | None, is_apart: bool | None
) -> Difference:
    return Difference(
        label=question_label(before.kind, number) or "",
        title=before.title if copied is None else copied,
        language=before.language,
        theme_id=before.theme_id,
        before=(before.place_first, before.place_last),
        after=(after.place_first, after.place_last),
        mean_change=after.mean - before.mean,
        n_ratings_change=after.n_ratings - before.n_ratings,
        left_its_band=bool(is_apart) or before.evidence is not after.evidence,
    )
