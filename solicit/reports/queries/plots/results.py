"""What came out: the first questions of the latest ranking, and what another seat would buy."""

from dataclasses import dataclass

import sqlalchemy as sa

from solicit.calls.queries import ThemeView
from solicit.calls.states import Kind
from solicit.invitations.models import LimitSet, Selection, SelectionCandidate
from solicit.invitations.queries.sight import is_hidden_from
from solicit.invitations.queries.words import SEATS as SEATS_LIMIT
from solicit.invitations.states import Outcome, SelectionState
from solicit.panels.queries.conflicts import may_read_result
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import copied_title
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import RESULTS, Evidence
from solicit.reports.queries.plots.part import Asking, Part

FIRST = 5


@dataclass(frozen=True)
class ScoredQuestion:
    label: str
    title: str
    language: str
    theme: ThemeView | None
    place_first: int
    place_last: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class FirstQuestions:
    """The first questions of each theme in the latest result, without those that the reader may not read."""

    run_id: int | None
    rows: tuple[ScoredQuestion, ...]

    @property
    def n_bands(self) -> int:
        """How many groups of places stand apart; inside one the order is not supported."""
        return len({(row.theme and row.theme.id, row.place_first, row.place_last) for row in self.rows})


@dataclass(frozen=True)
class SeatsCurve:
    """What a selection is worth with its places, and gains with one more or as many as wanted; None is not known.

    Nobody knows it from whom a candidate is hidden: a difference would tell what that person is worth.
    """

    selection_id: int
    n_places: int
    value: int | None
    gained_by_one: int | None
    gained_without_limit: int | None


def _first_of_each_theme(asking: Asking) -> sa.Select:
    latest = (
        sa.select(sa.func.max(RankingRun.id))
        .where(RankingRun.call_id == asking.call.id, RankingRun.purpose.in_(RESULTS))
        .scalar_subquery()
    )
    place = sa.func.row_number().over(partition_by=RankingRow.theme_id, order_by=RankingRow.position)
    ranked = (
        sa.select(RankingRow, place.label("nth"))
        .where(RankingRow.run_id == latest, RankingRow.evidence == Evidence.RANKED)
        .where(may_read_result(RankingRow.question_id, asking.viewer_id))
        .subquery("ranked")
    )
    same = ("run_id", "kind", "language", "theme_id", "place_first", "place_last", "mean", "low", "high")
    title = sa.func.coalesce(copied_title(ranked.c.question_id), ranked.c.title).label("title")
    return (
        sa.select(*(ranked.c[name] for name in same), title, Question.number)
        .join(Question, Question.id == ranked.c.question_id)
        .where(ranked.c.nth <= FIRST)
        .order_by(ranked.c.theme_id, ranked.c.nth)
    )


def _first(asking: Asking, rows: list[dict]) -> FirstQuestions:
    same = ("title", "language", "place_first", "place_last", "mean", "low", "high")
    questions = tuple(
        ScoredQuestion(
            label=question_label(Kind(row["kind"]), row["number"]) or "",
            theme=asking.call.theme_by_id(row["theme_id"]),
            **{name: row[name] for name in same},
        )
        for row in rows
    )
    return FirstQuestions(rows[0]["run_id"] if rows else None, questions)


def _approved_or_latest(asking: Asking) -> sa.Select:
    of_selection = SelectionCandidate.selection_id == Selection.id
    sees_all = ~sa.exists().where(of_selection, is_hidden_from(asking.viewer_id))
    return (
        sa.select(
            Selection.id,
            (LimitSet.seats + LimitSet.online_places).label("n_places"),
            sa.case((sees_all, Selection.merit_total + Selection.coverage_total)).label("value"),
            sa.case((sees_all, Selection.explanation["prices"])).label("prices"),
        )
        .join(LimitSet, LimitSet.id == Selection.limit_set_id)
        .where(Selection.call_id == asking.call.id, Selection.outcome != Outcome.INFEASIBLE)
        .order_by((Selection.state == SelectionState.APPROVED).desc(), Selection.id.desc())
        .limit(1)
    )


def _curve(_asking: Asking, rows: list[dict]) -> SeatsCurve | None:
    if not rows:
        return None
    (row,) = rows
    of_seats = {each["widened_by"]: each["gained"] for each in row["prices"] or () if each["name"] == SEATS_LIMIT}
    return SeatsCurve(row["id"], row["n_places"], row["value"], of_seats.get(1), of_seats.get(None))


INTERVALS = Part(_first_of_each_theme, _first)
SEATS = Part(_approved_or_latest, _curve)
