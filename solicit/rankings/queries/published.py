"""What everybody reads of a published ranking: nothing of it names, or could name, a panelist."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from ml.decision.ranking import MIN_RATINGS
from solicit.calls.queries import CallFacts
from solicit.panels.models import Round
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.queries.evidence import arrays_of
from solicit.rankings.states import Evidence
from solicit.web.pagination import Window

# Fewer ratings could be told apart.
IS_PUBLISHED = sa.and_(RankingRow.evidence == Evidence.RANKED, RankingRow.n_ratings >= MIN_RATINGS)


@dataclass(frozen=True)
class PublicRow:
    """What is published of a ranked question; ``ratings`` only where the round said so before it opened."""

    label: str
    title: str
    language: str
    place_first: int
    place_last: int
    component: int
    mean: float
    low: float
    high: float
    n_ratings: int
    ratings: tuple[float, ...] = field(default=())


def public_theme_counts(session: Session, *, call: CallFacts, run_id: int) -> Mapping[str, int]:
    """Ranked rows per theme key; one statement."""
    found = session.execute(
        sa.select(RankingRow.theme_id, sa.func.count())
        .where(RankingRow.run_id == run_id, IS_PUBLISHED)
        .group_by(RankingRow.theme_id)
    )
    shown = {theme_id: n for theme_id, n in found}
    return {theme.key: shown[theme.id] for theme in call.themes if theme.id in shown}


def public_rows(session: Session, *, run_id: int, theme_id: int, window: Window) -> tuple[PublicRow, ...]:
    """A page of one theme's published ranking; one statement, two where single ratings are published."""
    found = session.execute(
        sa.select(RankingRow, Question.number, Round.publishes_ratings)
        .join(Question, Question.id == RankingRow.question_id)
        .join(RankingRun, RankingRun.id == RankingRow.run_id)
        .join(Round, Round.id == RankingRun.round_id)
        .where(RankingRow.run_id == run_id, RankingRow.theme_id == theme_id, IS_PUBLISHED)
        .order_by(RankingRow.position)
        .limit(window.size)
        .offset(window.offset)
    ).all()
    are_published = bool(found) and found[0].publishes_ratings
    single = _single_ratings(session, run_id=run_id) if are_published else {}
    return tuple(_public_row(row, number, single.get(row.question_id, ())) for row, number, _ in found)


def _single_ratings(session: Session, *, run_id: int) -> dict[int, tuple[float, ...]]:
    """The ratings of each question by size: an order that says nothing of who gave which, or when."""
    run = session.get_one(RankingRun, run_id, options=[undefer(RankingRun.inputs)], populate_existing=True)
    given: dict[int, list[float]] = {}
    for question, _panelist, value in arrays_of(run.inputs).rows():
        given.setdefault(run.inputs["questions"][question]["id"], []).append(value)
    return {question_id: tuple(sorted(values)) for question_id, values in given.items()}


def _public_row(row: RankingRow, number: int | None, single: tuple[float, ...]) -> PublicRow:
    return PublicRow(
        label=question_label(row.kind, number) or "",
        title=row.title,
        language=row.language,
        place_first=row.place_first,
        place_last=row.place_last,
        component=row.component,
        mean=row.mean,
        low=row.low,
        high=row.high,
        n_ratings=row.n_ratings,
        ratings=single,
    )
