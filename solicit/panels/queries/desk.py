"""The organizers' desk: panels with their panelists, and what they carry."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role, Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Assignment, Panel, Panelist, Round, SeatOffer
from solicit.panels.queries.expertise import ThemeLevel, theme_levels
from solicit.panels.states import DONE, AssignmentState, RoundState, SeatOfferState
from solicit.people.models import Person
from solicit.web.pagination import Window


@dataclass(frozen=True)
class PanelRow:
    id: int
    name: str
    theme: ThemeView | None
    n_panelists: int
    n_assigned: int
    n_done: int


@dataclass(frozen=True)
class PanelistRow:
    person_id: int
    name: str
    email: str
    is_chair: bool
    keywords: tuple[str, ...]
    languages: tuple[str, ...]
    min_load: int
    max_load: int
    has_accepted: bool
    n_assigned: int
    n_done: int
    expertise: str
    own_titles: tuple[str, ...]
    themes: tuple[ThemeLevel, ...]
    conflict_words: str

    @property
    def said_more(self) -> bool:
        return bool(self.expertise or self.own_titles or self.themes or self.conflict_words)


@dataclass(frozen=True)
class SeatView:
    """A seat as the words of its form."""

    name: str
    is_chair: bool
    keywords: str
    languages: str
    min_load: int
    max_load: int


@dataclass(frozen=True)
class PanelPage:
    id: int
    name: str
    theme: ThemeView | None
    panelists: tuple[PanelistRow, ...]
    n_panelists: int
    n_waiting: int


def panel_subject(session: Session, *, call: CallFacts, panel_id: int, **_) -> Subject | None:
    """Facts for the policy: a panel belongs to its call."""
    found = session.scalar(sa.select(Panel.id).where(Panel.id == panel_id, Panel.call_id == call.id))
    return Subject(call_id=call.id, panel_id=found) if found else None


def panel_rows(session: Session, *, call: CallFacts) -> tuple[PanelRow, ...]:
    """The panels of a call by name, with what they carry in rounds that are not frozen; one statement."""
    loads = _loads(Assignment.panel_id).subquery()
    seats = sa.select(Panelist.panel_id, sa.func.count().label("n")).group_by(Panelist.panel_id).subquery()
    found = session.execute(
        sa.select(
            Panel.id,
            Panel.name,
            Panel.theme_id,
            sa.func.coalesce(seats.c.n, 0).label("n_panelists"),
            sa.func.coalesce(loads.c.n_assigned, 0).label("n_assigned"),
            sa.func.coalesce(loads.c.n_done, 0).label("n_done"),
        )
        .outerjoin(seats, seats.c.panel_id == Panel.id)
        .outerjoin(loads, loads.c.panel_id == Panel.id)
        .where(Panel.call_id == call.id)
        .order_by(Panel.name, Panel.id)
    )
    return tuple(
        PanelRow(row.id, row.name, call.theme_by_id(row.theme_id), row.n_panelists, row.n_assigned, row.n_done)
        for row in found
    )


def panel_page(session: Session, *, call: CallFacts, panel_id: int, window: Window) -> PanelPage:
    """One panel with a page of its panelists by name; three statements."""
    n_panelists = sa.select(sa.func.count()).where(Panelist.panel_id == panel_id).scalar_subquery()
    is_waiting = sa.and_(SeatOffer.panel_id == panel_id, SeatOffer.state == SeatOfferState.OFFERED)
    n_waiting = sa.select(sa.func.count()).where(is_waiting).scalar_subquery()
    name, theme_id, total, waiting = session.execute(
        sa.select(Panel.name, Panel.theme_id, n_panelists, n_waiting).where(Panel.id == panel_id)
    ).one()
    loads = _loads(Assignment.panel_id, Assignment.person_id).subquery()
    seats = session.execute(
        sa.select(Panelist, Person.full_name, Person.email, _is_chair(panel_id), loads.c.n_assigned, loads.c.n_done)
        .join(Person, Person.id == Panelist.person_id)
        .outerjoin(loads, (loads.c.panel_id == panel_id) & (loads.c.person_id == Panelist.person_id))
        .where(Panelist.panel_id == panel_id)
        .order_by(Person.full_name, Person.id)
        .limit(window.size)
        .offset(window.offset)
    )
    rows = seats.all()
    levels = theme_levels(session, call=call, person_ids=[row.Panelist.person_id for row in rows])
    panelists = tuple(_panelist_row(*row, levels[row.Panelist.person_id]) for row in rows)
    return PanelPage(panel_id, name, call.theme_by_id(theme_id), panelists, total, waiting)


def panel_title(session: Session, *, panel_id: int) -> str:
    """The name of a panel."""
    return session.scalars(sa.select(Panel.name).where(Panel.id == panel_id)).one()


def panels_of(session: Session, *, call_id: int) -> tuple[int, ...]:
    """The panels of a call by number."""
    return tuple(session.scalars(sa.select(Panel.id).where(Panel.call_id == call_id).order_by(Panel.id)))


def seat_of(session: Session, *, panel_id: int, person_id: int) -> SeatView | None:
    """Somebody's seat on a panel, as its form holds it; one statement."""
    row = session.execute(
        sa.select(Panelist, Person.full_name, _is_chair(panel_id))
        .join(Person, Person.id == Panelist.person_id)
        .where(Panelist.panel_id == panel_id, Panelist.person_id == person_id)
    ).one_or_none()
    if row is None:
        return None
    seat, name, is_chair = row
    return SeatView(
        name=name,
        is_chair=is_chair,
        keywords=", ".join(seat.keywords),
        languages=", ".join(seat.languages),
        min_load=seat.min_load,
        max_load=seat.max_load,
    )


def panelist_name(session: Session, *, panel_id: int, person_id: int) -> str | None:
    """The name of somebody who sits on the panel."""
    return session.scalar(
        sa.select(Person.full_name)
        .join(Panelist, Panelist.person_id == Person.id)
        .where(Panelist.panel_id == panel_id, Panelist.person_id == person_id)
    )


def _is_chair(panel_id: int) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        RoleGrant.person_id == Panelist.person_id, RoleGrant.panel_id == panel_id, RoleGrant.role == Role.CHAIR
    )


def _loads(*keys) -> sa.Select:
    """Assignments given and done per key, in rounds that are not frozen."""
    return (
        sa.select(
            *keys,
            sa.func.count().label("n_assigned"),
            sa.func.count().filter(Assignment.state.in_(DONE)).label("n_done"),
        )
        .join(Round, Round.id == Assignment.round_id)
        .where(Assignment.state != AssignmentState.VOIDED, Round.state != RoundState.FROZEN)
        .group_by(*keys)
    )


def _panelist_row(
    seat: Panelist,
    name: str,
    email: str,
    is_chair: bool,
    n_assigned: int | None,
    n_done: int | None,
    themes: tuple[ThemeLevel, ...],
) -> PanelistRow:
    return PanelistRow(
        person_id=seat.person_id,
        name=name,
        email=email,
        is_chair=is_chair,
        keywords=tuple(seat.keywords),
        languages=tuple(seat.languages),
        min_load=seat.min_load,
        max_load=seat.max_load,
        has_accepted=seat.statement_accepted_at is not None,
        n_assigned=n_assigned or 0,
        n_done=n_done or 0,
        expertise=seat.expertise,
        own_titles=tuple(seat.own_titles),
        themes=themes,
        conflict_words=seat.conflict_words,
    )
