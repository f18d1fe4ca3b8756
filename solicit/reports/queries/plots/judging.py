"""How the judging goes: panels against time, ratings per question, and how severe panelists are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from solicit.calls.queries import ThemeView
from solicit.panels.models import Assignment, Panel, PanelHealth, Round
from solicit.panels.queries.health import FEWEST_SHOWN
from solicit.panels.states import LIVE as ASKED
from solicit.panels.states import Activity, AssignmentState, RoundState
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import QuestionState
from solicit.reports.queries.plots.part import Asking, Part

# A panel is behind when its part done is so much less than the part of the time that has passed.
BEHIND_BY = 0.1
# The last bin of the ratings holds all that have more.
MOST_RATINGS = 12
FEWEST_RATINGS = 3


@dataclass(frozen=True)
class PanelPace:
    """The reviews of a panel in rounds that are open, and where they should be today, as a part of all."""

    panel_id: int
    name: str
    theme: ThemeView | None
    n_assigned: int
    n_done: int
    opens_at: datetime
    closes_at: datetime
    due: float

    @property
    def is_behind(self) -> bool:
        return self.n_done / self.n_assigned < self.due - BEHIND_BY

    def days_late(self, now: datetime) -> int | None:
        """By how many days the present pace misses the close; None while nothing is done."""
        if not self.n_done or now <= self.opens_at:
            return None
        ends_at = self.opens_at + (now - self.opens_at) * (self.n_assigned / self.n_done)
        return max((ends_at - self.closes_at) // timedelta(days=1), 0)


@dataclass(frozen=True)
class RatingsPerQuestion:
    """Questions by their number of ratings, from 0 to MOST_RATINGS and more; all zero before a round opened."""

    counts: tuple[int, ...]

    @property
    def n_short(self) -> int:
        return sum(self.counts[:FEWEST_RATINGS])


@dataclass(frozen=True)
class Severity:
    """How far one panelist rates below or above the others, with the 90 % interval; numbered from the strictest."""

    place: int
    mid: float
    low: float
    high: float


@dataclass(frozen=True)
class SeverityOfRound:
    """The panelists of the latest closed round that was measured, without names: fewer than three are not shown."""

    round_id: int | None
    round_name: str
    panelists: tuple[Severity, ...]
    is_hidden: bool


def _per_panel(asking: Asking) -> sa.Select:
    is_done = Assignment.state == AssignmentState.SUBMITTED
    return (
        sa.select(
            Panel.id,
            Panel.name,
            Panel.theme_id,
            sa.func.count().label("n_assigned"),
            sa.func.count().filter(is_done).label("n_done"),
            sa.func.min(Round.opens_at).label("opens_at"),
            sa.func.max(Round.closes_at).label("closes_at"),
        )
        .select_from(Assignment)
        .join(Round, Round.id == Assignment.round_id)
        .join(Panel, Panel.id == Assignment.panel_id)
        .where(Round.call_id == asking.call.id, Round.state == RoundState.OPEN, Assignment.state.in_(ASKED))
        .group_by(Panel.id)
        .order_by(Panel.name, Panel.id)
    )


def _panels(asking: Asking, rows: list[dict]) -> tuple[PanelPace, ...]:
    return tuple(_panel(asking, row) for row in rows)


def _panel(asking: Asking, row: dict) -> PanelPace:
    opens_at, closes_at = (datetime.fromisoformat(row[name]) for name in ("opens_at", "closes_at"))
    return PanelPace(
        panel_id=row["id"],
        name=row["name"],
        theme=asking.call.theme_by_id(row["theme_id"]),
        n_assigned=row["n_assigned"],
        n_done=row["n_done"],
        opens_at=opens_at,
        closes_at=closes_at,
        due=min(max((asking.now - opens_at) / (closes_at - opens_at), 0.0), 1.0),
    )


def _per_question(asking: Asking) -> sa.Select:
    """Questions in scope, of the kinds that rounds opened for, by their ratings in the first round of a series."""
    opened = sa.select(Round).where(Round.call_id == asking.call.id, Round.state != RoundState.DRAFT)
    opened = opened.where(Round.follows_id.is_(None), Round.activity == Activity.SCORING)
    rated = (
        sa.select(Assignment.question_id, sa.func.count().label("n"))
        .where(Assignment.round_id.in_(opened.with_only_columns(Round.id)))
        .where(Assignment.state == AssignmentState.SUBMITTED)
        .group_by(Assignment.question_id)
        .subquery("rated")
    )
    n = sa.func.least(sa.func.coalesce(rated.c.n, 0), MOST_RATINGS).label("n_ratings")
    return (
        sa.select(n, sa.func.count().label("n"))
        .select_from(Question)
        .outerjoin(rated, rated.c.question_id == Question.id)
        .where(Question.call_id == asking.call.id, Question.state == QuestionState.IN_SCOPE)
        .where(Question.kind.in_(opened.with_only_columns(Round.kind)))
        .where(~is_involved(asking.viewer_id, Question.id))
        .group_by(n)
    )


def _ratings(_asking: Asking, rows: list[dict]) -> RatingsPerQuestion:
    counts = {row["n_ratings"]: row["n"] for row in rows}
    return RatingsPerQuestion(tuple(counts.get(n, 0) for n in range(MOST_RATINGS + 1)))


def _per_panelist(asking: Asking) -> sa.Select:
    """Only the numbers leave the database: whose they are is read elsewhere, and that reading is noted."""
    measured = (
        sa.select(Round.id, Round.name, PanelHealth.report["panelists"].label("panelists"))
        .join(PanelHealth, PanelHealth.round_id == Round.id)
        .where(Round.call_id == asking.call.id, Round.state.in_((RoundState.CLOSED, RoundState.FROZEN)))
        .order_by(Round.id.desc())
        .limit(1)
        .subquery("measured")
    )
    each = sa.func.jsonb_array_elements(measured.c.panelists).table_valued("value", joins_implicitly=True)
    values = (each.c.value.op("->")(name).label(name) for name in ("severity", "low", "high"))
    return sa.select(measured.c.id, measured.c.name, *values)


def _severity(_asking: Asking, rows: list[dict]) -> SeverityOfRound:
    if not rows:
        return SeverityOfRound(None, "", (), is_hidden=False)
    is_hidden = len(rows) < FEWEST_SHOWN
    ordered = sorted((row["severity"], row["low"], row["high"]) for row in rows)
    shown = () if is_hidden else tuple(Severity(place, *values) for place, values in enumerate(ordered, 1))
    return SeverityOfRound(rows[0]["id"], rows[0]["name"], shown, is_hidden)


PANELS = Part(_per_panel, _panels)
REVIEWS = Part(_per_question, _ratings)
SEVERITY = Part(_per_panelist, _severity)
