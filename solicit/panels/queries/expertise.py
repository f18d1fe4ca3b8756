"""What panelists say that they know, and what they are asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Panel, Panelist, SeatOffer, ThemeExpertise
from solicit.panels.states import Expertise, SeatOfferState


@dataclass(frozen=True)
class SeatLoad:
    """How many questions somebody may be given on one panel, and how many they may wish for."""

    panel_id: int
    panel: str
    max_load: int
    smallest: int
    largest: int


@dataclass(frozen=True)
class ThemeLevel:
    theme: ThemeView
    level: Expertise | None


@dataclass(frozen=True)
class Profile:
    """A panelist's own page. What is ``from_before`` was written for another call and is not saved here yet."""

    keywords: tuple[str, ...]
    expertise: str
    own_titles: tuple[str, ...]
    languages: tuple[str, ...]
    themes: tuple[ThemeLevel, ...]
    seats: tuple[SeatLoad, ...]
    from_before: bool


def load_bounds(session: Session, *, call_id: int, person_id: int) -> Mapping[int, tuple[int, int]]:
    """For each seat in a call: the smallest and the largest load that a panelist may wish; one statement."""
    return {seat.panel_id: (seat.smallest, seat.largest) for seat in _seat_loads(session, call_id, person_id)}


def profile_of(session: Session, *, call: CallFacts, person_id: int) -> Profile | None:
    """What a panelist says of themselves in a call, or said elsewhere if nothing yet; three statements."""
    seats = session.execute(
        sa.select(Panelist, Panel.call_id)
        .join(Panel, Panel.id == Panelist.panel_id)
        .where(Panelist.person_id == person_id)
        .order_by((Panel.call_id == call.id).desc(), Panel.id.desc())
    ).all()
    here = [seat for seat, call_id in seats if call_id == call.id]
    if not here:
        return None
    own, before = here[0], next((seat for seat, call_id in seats if call_id != call.id), None)
    is_new = not (own.expertise or own.own_titles)
    source = before if is_new and before is not None and (before.expertise or before.own_titles) else own
    said = sa.select(ThemeExpertise.theme_id, ThemeExpertise.level).where(ThemeExpertise.person_id == person_id)
    levels = dict(session.execute(said).all())
    return Profile(
        keywords=tuple(own.keywords or source.keywords),
        expertise=source.expertise,
        own_titles=tuple(source.own_titles),
        languages=tuple(own.languages),
        themes=tuple(ThemeLevel(theme, levels.get(theme.id)) for theme in call.themes),
        seats=_seat_loads(session, call.id, person_id),
        from_before=source is not own,
    )


def conflict_words_of(session: Session, *, call_id: int, person_id: int) -> str:
    """With whom a panelist says they are in conflict."""
    said = sa.select(Panelist.conflict_words).join(Panel, Panel.id == Panelist.panel_id)
    return session.scalar(said.where(Panel.call_id == call_id, Panelist.person_id == person_id).limit(1)) or ""


def theme_levels(session: Session, *, call: CallFacts, person_ids: list[int]) -> Mapping[int, tuple[ThemeLevel, ...]]:
    """What panelists say of the themes of a call, by person; one statement."""
    said = sa.select(ThemeExpertise).where(ThemeExpertise.person_id.in_(person_ids))
    level_of = {(row.person_id, row.theme_id): row.level for row in session.scalars(said)}
    return {
        person_id: tuple(
            ThemeLevel(theme, level_of[person_id, theme.id])
            for theme in call.themes
            if (person_id, theme.id) in level_of
        )
        for person_id in person_ids
    }


def _seat_loads(session: Session, call_id: int, person_id: int) -> tuple[SeatLoad, ...]:
    """What was offered bounds the wish; without an offer, what the organizers wrote into the seat."""
    offered = (
        sa.select(sa.func.max(SeatOffer.max_load))
        .where(SeatOffer.panel_id == Panelist.panel_id, SeatOffer.person_id == Panelist.person_id)
        .where(SeatOffer.state == SeatOfferState.ACCEPTED)
        .scalar_subquery()
    )
    largest = sa.func.greatest(Panelist.max_load, offered)
    seats = session.execute(
        sa.select(Panel.id, Panel.name, Panelist.max_load, Panelist.min_load, largest)
        .join(Panel, Panel.id == Panelist.panel_id)
        .where(Panel.call_id == call_id, Panelist.person_id == person_id)
        .order_by(Panel.name, Panel.id)
    )
    return tuple(SeatLoad(*seat) for seat in seats)
