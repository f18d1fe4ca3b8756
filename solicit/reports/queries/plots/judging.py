"""How the judging goes: panels against time, ratings per question, and how severe panelists are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import sqlalchemy as sa

from solicit.calls.queries import ThemeView
from solicit.panels.models import Assignment, Panel, PanelHealth, Round
from solicit.panels.queries.health import FEWEST_SHOWN
from solicit.panels.states import LIVE as ASKED
from solicit.panels.states import Activity, AssignmentState, RoundState
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import QuestionState
from solicit.reports.queries.plots.part import WEEK, Asking, Part

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
class Reviewing:
    """The panels at work, and the reviews of all first rounds: asked for, done, and done in the last seven days."""

    panels: tuple[PanelPace, ...]
    n_assigned: int
    n_done: int
    n_done_week: int


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


def _per_round_and_panel(asking: Asking) -> sa.Select:
    """What is asked for and done; whoever scores a question again in a later round changes a review that counts."""
    # As an array: the database then reads the index alone, in its order.
    rounds = sa.func.array(sa.select(Round.id).where(Round.call_id == asking.call.id).scalar_subquery())
    keys = (Assignment.round_id, Assignment.panel_id, Assignment.state)
    n = sa.func.count()
    counted = (
        sa.select(*keys, n.label("n"), n.filter(Assignment.changed_at > asking.now - WEEK).label("n_week"))
        .where(Assignment.round_id == sa.any_(rounds))
        .group_by(*keys)
        .subquery("counted")
    )
    of_round = (Round.opens_at, Round.closes_at, Round.state.label("round_state"))
    return (
        sa.select(counted, *of_round, Round.follows_id.is_(None).label("is_first"), Panel.name, Panel.theme_id)
        .join(Round, Round.id == counted.c.round_id)
        .join(Panel, Panel.id == counted.c.panel_id)
        .where(counted.c.state.in_(ASKED))
        .order_by(Panel.name, Panel.id)
    )


def _reviewing(asking: Asking, rows: list[dict]) -> Reviewing:
    firsts = [row for row in rows if row["is_first"]]
    open_ones = [row for row in rows if row["round_state"] == RoundState.OPEN.value]
    per_panel = groupby(open_ones, key=lambda row: row["panel_id"])
    return Reviewing(
        panels=tuple(_panel(asking, list(each)) for _panel_id, each in per_panel),
        n_assigned=sum(row["n"] for row in firsts),
        n_done=_done(firsts, "n"),
        n_done_week=_done(firsts, "n_week"),
    )


def _done(rows: list[dict], name: str) -> int:
    return sum(row[name] for row in rows if row["state"] == AssignmentState.SUBMITTED.value)


def _panel(asking: Asking, rows: list[dict]) -> PanelPace:
    opens_at = datetime.fromisoformat(min(row["opens_at"] for row in rows))
    closes_at = datetime.fromisoformat(max(row["closes_at"] for row in rows))
    return PanelPace(
        panel_id=rows[0]["panel_id"],
        name=rows[0]["name"],
        theme=asking.call.theme_by_id(rows[0]["theme_id"]),
        n_assigned=sum(row["n"] for row in rows),
        n_done=_done(rows, "n"),
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


PANELS = Part(_per_round_and_panel, _reviewing)
REVIEWS = Part(_per_question, _ratings)
SEVERITY = Part(_per_panelist, _severity)
