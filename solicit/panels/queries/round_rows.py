"""Rounds in a list."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import Assignment, Ballot, Comparison, Panel, Round
from solicit.panels.states import (
    ACTIVITY_WORDS,
    DONE,
    RANKED_WORDS,
    ROUND_WORDS,
    Activity,
    AssignmentState,
    BallotState,
    ComparisonState,
)
from solicit.words import N_

# The same word twice in a series would be unclear.
LATER_WORDS = ACTIVITY_WORDS | {Activity.SCORING: N_("Scoring again")}


@dataclass(frozen=True)
class RoundRow:
    """A round in a list; ``n_assigned`` is None where panelists are not asked question by question."""

    id: int
    name: str
    panel: str | None
    activity_word: str
    is_first: bool
    kind_word: str
    state: str
    state_word: str
    opens_at: datetime
    closes_at: datetime
    n_assigned: int | None
    n_done: int


def round_rows(session: Session, *, call_id: int, panel_id: int | None = None) -> tuple[RoundRow, ...]:
    """The rounds of a call, or those of one panel: the latest series first, each in its order; one statement."""
    given, done = (
        _n_of(Assignment, Assignment.state != AssignmentState.VOIDED),
        _n_of(Assignment, Assignment.state.in_(DONE)),
    )
    compared = _n_of(Comparison, Comparison.state == ComparisonState.JUDGED)
    cast = _n_of(Ballot, Ballot.state == BallotState.SUBMITTED)
    wanted = (
        sa.select(Round, Panel.name, given, done, compared + cast)
        .outerjoin(Panel, Panel.id == Round.panel_id)
        .where(Round.call_id == call_id)
        .order_by(sa.func.coalesce(Round.follows_id, Round.id).desc(), Round.id)
    )
    if panel_id is not None:
        wanted = wanted.where(Round.panel_id == panel_id)
    return tuple(_round_row(*each) for each in session.execute(wanted))


def _n_of(model, condition: sa.ColumnElement[bool]) -> sa.ScalarSelect:
    return sa.select(sa.func.count()).select_from(model).where(model.round_id == Round.id, condition).scalar_subquery()


def _round_row(row: Round, panel: str | None, n_given: int, n_done: int, n_votes: int) -> RoundRow:
    is_scoring = row.activity is Activity.SCORING
    return RoundRow(
        id=row.id,
        name=row.name,
        panel=panel,
        activity_word=activity_word(row),
        is_first=row.follows_id is None,
        kind_word=RANKED_WORDS[row.kind],
        state=row.state.value,
        state_word=ROUND_WORDS[row.state],
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        n_assigned=n_given if is_scoring else None,
        n_done=n_done if is_scoring else n_votes,
    )


def activity_word(row: Round) -> str:
    """What panelists do in a round, in a word."""
    return (ACTIVITY_WORDS if row.follows_id is None else LATER_WORDS)[row.activity]
