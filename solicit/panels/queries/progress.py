"""How far a panel is, for its chair: counts per panelist and per day, never a value."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.health import Forecast, forecast
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS
from solicit.panels.models import Assignment, Ballot, Comparison, Panel, Panelist, Round
from solicit.panels.queries.round_rows import RoundRow, activity_word, round_rows
from solicit.panels.states import (
    DONE,
    ROUND_WORDS,
    Activity,
    AssignmentState,
    BallotState,
    ComparisonState,
    RoundState,
)
from solicit.people.models import Person
from solicit.web.progress_chart import ProgressChart, progress_chart

# Days of work beyond this say nothing of the days to come.
LONGEST_PAST = 365


@dataclass(frozen=True)
class ProgressRow:
    name: str
    n_assigned: int
    n_done: int


@dataclass(frozen=True)
class Pace:
    """Work against time: the picture, and in how many days all may be done."""

    chart: ProgressChart
    forecast: Forecast
    n_done: int
    n_in_all: int


@dataclass(frozen=True)
class ProgressPage:
    """The round of a panel that is open, else its latest; ``round_name`` is None before the first one opened."""

    panel_id: int
    panel: str
    theme: ThemeView | None
    round_id: int | None
    round_name: str | None
    runs_it: bool
    is_scoring: bool
    is_open: bool
    activity_word: str
    kind_word: str
    state_word: str
    closes_at: datetime | None
    rows: tuple[ProgressRow, ...]
    n_assigned: int
    n_done: int
    pace: Pace | None
    rounds: tuple[RoundRow, ...]


def progress_page(session: Session, *, call: CallFacts, panel_id: int, now: datetime) -> ProgressPage:
    """Each panelist's counts in the round that the panel works on, and all rounds of the panel; four statements."""
    name, theme_id, round_ = _panel_and_round(session, panel_id)
    rows = _rows(session, panel_id, round_)
    is_scoring = round_ is None or round_.activity is Activity.SCORING
    n_assigned, n_done = sum(row.n_assigned for row in rows), sum(row.n_done for row in rows)
    return ProgressPage(
        panel_id=panel_id,
        panel=name,
        theme=call.theme_by_id(theme_id),
        round_id=round_.id if round_ else None,
        round_name=round_.name if round_ else None,
        runs_it=bool(round_) and round_.panel_id == panel_id,
        is_scoring=is_scoring,
        is_open=bool(round_) and round_.state is RoundState.OPEN,
        activity_word=activity_word(round_) if round_ else "",
        kind_word=KIND_WORDS[round_.kind] if round_ else "",
        state_word=ROUND_WORDS[round_.state] if round_ else "",
        closes_at=round_.closes_at if round_ else None,
        rows=rows,
        n_assigned=n_assigned,
        n_done=n_done,
        pace=_pace(session, panel_id, round_, n_assigned, now) if round_ and is_scoring and n_assigned else None,
        rounds=round_rows(session, call_id=call.id, panel_id=panel_id),
    )


def _panel_and_round(session: Session, panel_id: int) -> sa.Row:
    """(name, theme, round): the panel's own round before one of the call, an open one before the latest."""
    is_about_theme = sa.or_(
        Panel.theme_id.is_(None),
        sa.func.cardinality(Round.theme_ids) == 0,
        Panel.theme_id == sa.any_(Round.theme_ids),
    )
    is_its = sa.or_(Round.panel_id == Panel.id, sa.and_(Round.panel_id.is_(None), is_about_theme))
    return session.execute(
        sa.select(Panel.name, Panel.theme_id, Round)
        .outerjoin(Round, sa.and_(Round.call_id == Panel.call_id, Round.state != RoundState.DRAFT, is_its))
        .where(Panel.id == panel_id)
        .order_by(
            (Round.state == RoundState.OPEN).desc().nulls_last(), Round.panel_id.is_(None), Round.id.desc().nulls_last()
        )
        .limit(1)
        .execution_options(populate_existing=True)
    ).one()


def _rows(session: Session, panel_id: int, round_: Round | None) -> tuple[ProgressRow, ...]:
    n_assigned, n_done = _counts(round_)
    found = session.execute(
        sa.select(Person.full_name, n_assigned, n_done)
        .select_from(Panelist)
        .join(Person, Person.id == Panelist.person_id)
        .where(Panelist.panel_id == panel_id)
        .order_by(Person.full_name, Person.id)
    )
    return tuple(ProgressRow(*row) for row in found)


def _counts(round_: Round | None) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
    """What a panelist of the outer statement was asked, and what they have done; ballots are not asked one by one."""
    if round_ is None:
        return sa.literal(0), sa.literal(0)
    if round_.activity is Activity.SCORING:
        mine = Assignment.panel_id == Panelist.panel_id
        return _n(Assignment, round_, mine, Assignment.state != AssignmentState.VOIDED), _n(
            Assignment, round_, mine, Assignment.state.in_(DONE)
        )
    if round_.activity is Activity.COMPARING:
        judged = _n(Comparison, round_, Comparison.state == ComparisonState.JUDGED)
        return sa.literal(round_.pairs_per_panelist), judged
    cast = _n(Ballot, round_, Ballot.state == BallotState.SUBMITTED)
    return cast, cast


def _n(model, round_: Round, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect:
    of_person = model.round_id == round_.id, model.person_id == Panelist.person_id
    return (
        sa.select(sa.func.count())
        .select_from(model)
        .where(*of_person, *conditions)
        .correlate(Panelist)
        .scalar_subquery()
    )


def _pace(session: Session, panel_id: int, round_: Round, n_in_all: int, now: datetime) -> Pace:
    day = sa.func.date(sa.func.timezone("UTC", Assignment.changed_at))
    found = session.execute(
        sa.select(day, sa.func.count())
        .where(Assignment.round_id == round_.id, Assignment.panel_id == panel_id, Assignment.state.in_(DONE))
        .group_by(day)
    )
    per_day = {each: n for each, n in found if each is not None}
    last = min(now, round_.closed_at or now).date()
    began = (round_.opened_at or round_.opens_at).date()
    first = max(min([began, last, *per_day]), last - timedelta(days=LONGEST_PAST))
    done = [per_day.get(first + timedelta(days=n), 0) for n in range((last - first).days + 1)]
    return _drawn(done, first, round_, n_in_all, is_open=round_.state is RoundState.OPEN)


def _drawn(done: list[int], first: date, round_: Round, n_in_all: int, *, is_open: bool) -> Pace:
    """Today is not over: the days to come are drawn from the whole ones before it."""
    ahead = Forecast(None, None, None)
    if is_open:
        ahead = forecast(done_per_day=done[:-1], n_left=n_in_all - sum(done), seed=round_.seed % 2**63)
    chart = progress_chart(
        first=first,
        done_per_day=done,
        n_in_all=n_in_all,
        closes=round_.closes_at.date(),
        early=ahead.early,
        late=ahead.late,
    )
    return Pace(chart, ahead, sum(done), n_in_all)
