"""Whose round is prepared, and which themes it may be about."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Panel


@dataclass(frozen=True)
class PanelOfRound:
    """Whose round is prepared: without an id the organizers'. With a home theme there is no theme to choose."""

    id: int | None
    name: str | None
    themes_to_choose: tuple[ThemeView, ...]


def panel_of_round(session: Session, *, call: CallFacts, panel_id: int | None) -> PanelOfRound:
    """What the form of a round has to know of its panel; at most one statement."""
    if panel_id is None:
        return PanelOfRound(None, None, call.themes)
    name, theme_id = session.execute(sa.select(Panel.name, Panel.theme_id).where(Panel.id == panel_id)).one()
    return PanelOfRound(panel_id, name, () if theme_id else call.themes)
