"""What a panelist proposed: their own proposals, and nothing that anybody else did."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import Nomination
from solicit.invitations.queries.nominations import answer_word
from solicit.invitations.states import NominationSource
from solicit.panels.models import Panel
from solicit.web.pagination import Window


@dataclass(frozen=True)
class OwnProposal:
    """A proposal as its proposer wrote it, and what the person answered to it."""

    name: str
    theme: ThemeView | None
    proposed_at: datetime
    answer_word: str


def own_proposals(
    session: Session, *, call: CallFacts, proposer_id: int, window: Window
) -> tuple[tuple[OwnProposal, ...], int]:
    """The proposals that somebody made for their panels, latest first, and how many; one statement."""
    rows = session.execute(
        sa.select(Nomination, sa.func.count().over().label("total"))
        .where(
            Nomination.call_id == call.id,
            Nomination.proposed_by_id == proposer_id,
            Nomination.source == NominationSource.PANEL,
        )
        .order_by(Nomination.id.desc())
        .limit(window.size)
        .offset(window.offset)
    ).all()
    found = tuple(
        OwnProposal(
            name=row.Nomination.proposed_name,
            theme=call.theme_by_id(row.Nomination.theme_id),
            proposed_at=row.Nomination.proposed_at,
            answer_word=answer_word(row.Nomination),
        )
        for row in rows
    )
    return found, rows[0].total if rows else 0


def panel_names(session: Session, *, panel_ids: frozenset[int]) -> tuple[tuple[int, str], ...]:
    """The panels that somebody may speak for, by name; one statement."""
    panels = sa.select(Panel.id, Panel.name).where(Panel.id.in_(panel_ids)).order_by(Panel.name, Panel.id)
    return tuple((row.id, row.name) for row in session.execute(panels))
