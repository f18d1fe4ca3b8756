"""What panelists say of themselves: words, own titles, languages, themes, and how much they want to read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import NotFound, Refused
from solicit.panels.models import Panelist, ThemeExpertise
from solicit.panels.queries.expertise import load_bounds
from solicit.panels.states import Expertise
from solicit.words import N_


@dataclass(frozen=True, kw_only=True)
class NewProfile:
    """What a panelist knows, for every seat of theirs in a call; ``max_loads`` is per panel."""

    keywords: tuple[str, ...]
    expertise: str
    own_titles: tuple[str, ...]
    languages: tuple[str, ...]
    themes: Mapping[int, Expertise]
    max_loads: Mapping[int, int]


def save_profile(session: Session, *, call: CallFacts, person_id: int, profile: NewProfile, now: datetime) -> None:
    """Store what a panelist says of themselves on each of their seats in the call."""
    bounds = load_bounds(session, call_id=call.id, person_id=person_id)
    held = sa.select(Panelist).where(Panelist.person_id == person_id, Panelist.panel_id.in_(bounds))
    seats = session.scalars(held.order_by(Panelist.panel_id).with_for_update()).all()
    if not seats:
        raise NotFound
    for seat in seats:
        wished, (smallest, largest) = profile.max_loads.get(seat.panel_id, seat.max_load), bounds[seat.panel_id]
        if not smallest <= wished <= largest:
            raise Refused(N_("Choose a load from %(smallest)s to %(largest)s."), smallest=smallest, largest=largest)
        seat.keywords, seat.expertise = list(profile.keywords), profile.expertise
        seat.own_titles, seat.languages = list(profile.own_titles), list(profile.languages)
        seat.max_load = wished
    _say_themes(session, call, person_id, profile.themes)
    place = dict(subject="call", subject_id=call.id, call_id=call.id)
    record(session, act="change profile", actor_id=person_id, now=now, **place)


def _say_themes(session: Session, call: CallFacts, person_id: int, themes: Mapping[int, Expertise]) -> None:
    rows = [
        dict(person_id=person_id, theme_id=theme.id, level=themes[theme.id])
        for theme in call.themes
        if theme.id in themes
    ]
    if rows:
        said = insert(ThemeExpertise).values(rows)
        key = [ThemeExpertise.person_id, ThemeExpertise.theme_id]
        session.execute(said.on_conflict_do_update(index_elements=key, set_={"level": said.excluded.level}))
    session.flush()
