"""Selections: the list of them, and what one needs to be opened or changed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS
from solicit.invitations.models import LimitSet, Selection, SelectionCandidate
from solicit.invitations.queries.sight import is_hidden_from
from solicit.invitations.queries.worth import Totals, totals_of
from solicit.invitations.states import LIMIT_WORDS, SELECTION_WORDS, Outcome, Purpose, SelectionState
from solicit.panels.models import Round
from solicit.people.models import Person
from solicit.rankings.models import RankingRun
from solicit.rankings.states import RESULTS
from solicit.web.pagination import Window

proposer = aliased(Person)
approver = aliased(Person)


@dataclass(frozen=True)
class SelectionLine:
    """One saved selection in the list."""

    id: int
    name: str
    state_word: str
    is_approved: bool
    is_infeasible: bool
    is_replacement: bool
    limit_set_id: int
    limits_word: str
    seats: int
    totals: Totals
    budget_cents: int
    currency: str
    proposed_at: datetime
    proposed_by: str | None
    approved_by: str | None


@dataclass(frozen=True)
class RunLine:
    """A frozen ranking that a selection can start from."""

    id: int
    name: str
    kind_word: str
    frozen_at: datetime


def selection_subject(session: Session, *, call: CallFacts, selection_id: int, **_) -> Subject | None:
    """Facts for the policy: a selection belongs to its call."""
    found = sa.select(Selection.call_id).where(Selection.id == selection_id, Selection.call_id == call.id)
    call_id = session.scalar(found)
    return Subject(call_id=call_id) if call_id else None


def selection_lines(
    session: Session, *, call: CallFacts, viewer_id: int, window: Window, state: SelectionState | None = None
) -> tuple[tuple[SelectionLine, ...], int]:
    """The saved selections, all or those in one state, latest first, and how many there are; two statements."""
    rows = session.execute(
        sa.select(
            Selection,
            LimitSet.seats,
            LimitSet.online_places,
            LimitSet.budget_cents,
            LimitSet.state.label("limit_state"),
            proposer.full_name.label("proposed_by"),
            approver.full_name.label("approved_by"),
            sa.func.count().over().label("total"),
        )
        .join(LimitSet, LimitSet.id == Selection.limit_set_id)
        .outerjoin(proposer, proposer.id == Selection.proposed_by_id)
        .outerjoin(approver, approver.id == Selection.approved_by_id)
        .where(Selection.call_id == call.id, Selection.state == state if state else sa.true())
        .order_by(Selection.id.desc())
        .limit(window.size)
        .offset(window.offset)
    ).all()
    if not rows:
        return (), 0
    seen = _chosen_and_visible(session, [row.Selection.id for row in rows], viewer_id)
    return tuple(_line(row, seen[row.Selection.id]) for row in rows), rows[0].total


def selections_by_state(session: Session, *, call: CallFacts) -> dict[SelectionState, int]:
    """How many selections are in each state that occurs; one statement."""
    rows = session.execute(
        sa.select(Selection.state, sa.func.count()).where(Selection.call_id == call.id).group_by(Selection.state)
    )
    found = dict(rows.all())
    return {state: found[state] for state in SelectionState if state in found}


def run_lines(session: Session, *, call: CallFacts) -> tuple[RunLine, ...]:
    """The frozen rankings of the call that may be its result, latest first; one statement."""
    return lines_from(session.execute(results_to_name(call).order_by(RankingRun.id.desc())))


def results_to_name(call: CallFacts) -> sa.Select:
    """The rankings of ``run_lines``, for ``lines_from``."""
    return (
        sa.select(RankingRun.id, Round.name, Round.kind, RankingRun.frozen_at)
        .join(Round, Round.id == RankingRun.round_id)
        .where(RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS))
    )


def lines_from(rows: Iterable[sa.Row]) -> tuple[RunLine, ...]:
    return tuple(RunLine(row.id, row.name, KIND_WORDS[row.kind], row.frozen_at) for row in rows)


def _chosen_and_visible(
    session: Session, selection_ids: list[int], viewer_id: int
) -> dict[int, list[SelectionCandidate]]:
    """The chosen people of each selection whom a reader sees."""
    is_meant = SelectionCandidate.selection_id.in_(selection_ids), SelectionCandidate.is_chosen
    found: dict[int, list[SelectionCandidate]] = defaultdict(list)
    for row in session.scalars(sa.select(SelectionCandidate).where(*is_meant, ~is_hidden_from(viewer_id))):
        found[row.selection_id].append(row)
    return found


def _line(row, seen: list[SelectionCandidate]) -> SelectionLine:
    selection = row.Selection
    return SelectionLine(
        id=selection.id,
        name=selection.name,
        state_word=SELECTION_WORDS[selection.state],
        is_approved=selection.state is SelectionState.APPROVED,
        is_infeasible=selection.outcome is Outcome.INFEASIBLE,
        is_replacement=selection.purpose is Purpose.REPLACEMENT,
        limit_set_id=selection.limit_set_id,
        limits_word=LIMIT_WORDS[row.limit_state],
        seats=row.seats + row.online_places,
        totals=totals_of(selection, seen),
        budget_cents=row.budget_cents,
        currency=selection.currency,
        proposed_at=selection.proposed_at,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
    )
