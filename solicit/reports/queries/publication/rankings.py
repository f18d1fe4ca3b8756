"""The published tables of frozen rankings: the runs, the places in bands with intervals, and comparisons in sums."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.ranking import MIN_RATINGS
from solicit.calls.queries import CallFacts
from solicit.panels.models import Round
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.queries.published import IS_PUBLISHED
from solicit.rankings.queries.runs import RunLink, runs
from solicit.reports.queries.columns import Column
from solicit.web.csv import Cell

BATCH = 200

RUNS = (
    Column("run", "integer", "Number of the frozen ranking"),
    Column("round", "text", "Name of the round that it ranks"),
    Column("kind", "text", "question or plan"),
    Column("purpose", "text", "official, or corrected after a late conflict of interest"),
    Column("frozen_on", "date", "Day it was computed, UTC"),
    Column("model", "text", "Model of the ratings: crossed (M0) or robust (M1)"),
    Column("draws", "integer", "Joint draws behind the intervals and bands"),
    Column("versions", "text", "Versions of the libraries that computed it"),
    Column("input_digest", "text", "SHA-256 of the votes that it was computed from"),
    Column("result_digest", "text", "SHA-256 of the result"),
)
RANKINGS = (
    Column("run", "integer", "Number of the frozen ranking in the table runs"),
    Column("kind", "text", "question or plan"),
    Column("theme_key", "text", "Theme; places are counted within theme and kind"),
    Column("question", "text", "Number of the question or plan"),
    Column("title", "text", "Title when the ranking was frozen"),
    Column("place_first", "integer", "First place of its band: the questions of a band are not told apart"),
    Column("place_last", "integer", "Last place of its band"),
    Column("part", "integer", "Part of the design it was ranked in; places of different parts cannot be compared"),
    Column("score", "number", "Estimated value on the scale of the criteria, from 1 to 5"),
    Column("low", "number", "Lower end of the range that holds the value with a probability of 0.9"),
    Column("high", "number", "Upper end of that range"),
    Column("ratings", "integer", "Number of ratings, at least 3"),
)
COMPARISONS = (
    Column("run", "integer", "Number of the frozen ranking"),
    Column("theme_key", "text", "Theme"),
    Column("questions_compared", "integer", "Questions that were compared with another one"),
    Column("comparisons", "integer", "Comparisons of two of them; a group of fewer than 3 is left out"),
)


def results_of(session: Session, *, call: CallFacts) -> tuple[RunLink, ...]:
    """The ranking of each round that is its result now, in the order they were frozen; one statement."""
    return tuple(sorted((run for run in runs(session, call_id=call.id) if run.is_current), key=lambda run: run.id))


def run_rows(session: Session, run_ids: Sequence[int]) -> Iterator[tuple[Cell, ...]]:
    rows = session.execute(
        sa.select(RankingRun, Round.name, Round.kind)
        .join(Round, Round.id == RankingRun.round_id)
        .where(RankingRun.id.in_(run_ids))
        .order_by(RankingRun.id)
    )
    for run, name, kind in rows:
        yield (
            run.id,
            name,
            kind.value,
            run.purpose.value,
            run.frozen_at.date().isoformat(),
            run.rating_model.value,
            run.parameters["n_draws"],
            "; ".join(f"{library} {version}" for library, version in sorted(run.versions.items())),
            bytes(run.input_digest).hex(),
            bytes(run.result_digest).hex(),
        )


def ranking_rows(session: Session, call: CallFacts, run_ids: Sequence[int]) -> Iterator[tuple[Cell, ...]]:
    """Every published place, run by run in the order of themes and positions, read in batches; one statement."""
    places = {theme.id: place for place, theme in enumerate(call.themes)}
    rows = session.execute(
        sa.select(RankingRow, Question.number)
        .join(Question, Question.id == RankingRow.question_id)
        .where(RankingRow.run_id.in_(run_ids), IS_PUBLISHED)
        .order_by(
            RankingRow.run_id,
            sa.case(places, value=RankingRow.theme_id, else_=len(places)),
            RankingRow.position,
            RankingRow.question_id,
        ),
        execution_options={"yield_per": BATCH},
    )
    for row, number in rows:
        yield (
            row.run_id,
            row.kind.value,
            call.theme_by_id(row.theme_id).key,
            question_label(row.kind, number),
            row.title,
            row.place_first,
            row.place_last,
            row.component + 1,
            row.mean,
            row.low,
            row.high,
            row.n_ratings,
        )


def comparison_rows(session: Session, call: CallFacts, run_ids: Sequence[int]) -> Iterator[tuple[Cell, ...]]:
    """How much was compared in each theme of a run: every comparison stands at two questions; one statement."""
    n = (sa.func.sum(RankingRow.n_comparisons) / 2).label("n")
    rows = session.execute(
        sa.select(RankingRow.run_id, RankingRow.theme_id, sa.func.count().label("n_questions"), n)
        .where(RankingRow.run_id.in_(run_ids), RankingRow.n_comparisons > 0)
        .group_by(RankingRow.run_id, RankingRow.theme_id)
        .having(sa.func.sum(RankingRow.n_comparisons) >= 2 * MIN_RATINGS)
        .order_by(RankingRow.run_id, RankingRow.theme_id)
    )
    for row in rows:
        yield row.run_id, call.theme_by_id(row.theme_id).key, row.n_questions, int(row.n)
