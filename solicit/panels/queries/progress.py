"""How far a panel is, for its chair: counts per panelist, never a value."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS
from solicit.panels.models import Assignment, Panel, Panelist, Round
from solicit.panels.states import DONE, ROUND_WORDS, AssignmentState, RoundState
from solicit.people.models import Person


@dataclass(frozen=True)
class ProgressRow:
    name: str
    n_assigned: int
    n_done: int


@dataclass(frozen=True)
class ProgressPage:
    """The latest round of a panel; ``round_name`` is None before the first one opened."""

    panel: str
    theme: ThemeView | None
    round_name: str | None
    kind_word: str
    state_word: str
    closes_at: datetime | None
    rows: tuple[ProgressRow, ...]
    n_assigned: int
    n_done: int


def progress_page(session: Session, *, call: CallFacts, panel_id: int) -> ProgressPage:
    """Each panelist's done and assigned counts in the panel's latest round that has opened; three statements."""
    name, theme_id = session.execute(sa.select(Panel.name, Panel.theme_id).where(Panel.id == panel_id)).one()
    latest = session.scalar(
        sa.select(Round)
        .where(Round.call_id == call.id, Round.state != RoundState.DRAFT)
        .order_by((Round.state == RoundState.OPEN).desc(), Round.id.desc())
        .limit(1)
    )
    rows = _rows(session, panel_id, latest.id if latest else 0)
    return ProgressPage(
        panel=name,
        theme=call.theme_by_id(theme_id),
        round_name=latest.name if latest else None,
        kind_word=KIND_WORDS[latest.kind] if latest else "",
        state_word=ROUND_WORDS[latest.state] if latest else "",
        closes_at=latest.closes_at if latest else None,
        rows=rows,
        n_assigned=sum(row.n_assigned for row in rows),
        n_done=sum(row.n_done for row in rows),
    )


def _rows(session: Session, panel_id: int, round_id: int) -> tuple[ProgressRow, ...]:
    given = (
        (Assignment.panel_id == Panelist.panel_id)
        & (Assignment.person_id == Panelist.person_id)
        & (Assignment.round_id == round_id)
        & (Assignment.state != AssignmentState.VOIDED)
    )
    found = session.execute(
        sa.select(
            Person.full_name,
            sa.func.count(Assignment.id),
            sa.func.count(Assignment.id).filter(Assignment.state.in_(DONE)),
        )
        .select_from(Panelist)
        .join(Person, Person.id == Panelist.person_id)
        .outerjoin(Assignment, given)
        .where(Panelist.panel_id == panel_id)
        .group_by(Person.id)
        .order_by(Person.full_name, Person.id)
    )
    return tuple(ProgressRow(*row) for row in found)
