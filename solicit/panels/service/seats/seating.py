"""Panels, and who is given a seat on them and when it ends."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.access import service as access
from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.audit.service import person_key, record
from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState
from solicit.db import violated_constraint
from solicit.errors import Conflict, NotFound, Refused
from solicit.mail.service import Recipient, enqueue
from solicit.panels.models import Assignment, Panel, Panelist, Round
from solicit.panels.states import UNDONE, AssignmentState, RoundState
from solicit.people.models import Person
from solicit.words import N_

OVER = (CallState.PUBLISHED, CallState.ARCHIVED)
SEATS = (Role.PANELIST, Role.CHAIR)


@dataclass(frozen=True, kw_only=True)
class NewSeat:
    """Who is to sit on a panel, and what they know, read and can carry."""

    email: str
    is_chair: bool = False
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    min_load: int = 0
    max_load: int = 40


def add_panel(
    session: Session, *, call: CallFacts, name: str, theme_id: int | None, actor_id: int | None, now: datetime
) -> int:
    """Add a panel to a call and return its id; without a theme it is at home in all of them."""
    panel = Panel(call_id=call.id, name=name, theme_id=theme_id)
    try:
        with session.begin_nested():
            session.add(panel)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "uq_panel_call_id_name":
            raise Conflict(N_("A panel of this name exists already.")) from None
        raise
    record_panel(session, "add", call, panel.id, actor_id=actor_id, now=now)
    return panel.id


def seat_panelist(
    session: Session, *, call: CallFacts, panel_id: int, seat: NewSeat, actor_id: int | None, now: datetime
) -> int:
    """Seat somebody who has an account, or change the seat they have; return their id."""
    panel = locked_panel(session, call, panel_id)
    person = session.scalar(sa.select(Person).where(Person.email == seat.email.lower(), Person.active))
    if person is None:
        raise Refused(N_("Nobody has an account with this address."))
    if put_on_seat(session, call=call, panel_id=panel_id, person_id=person.id, seat=seat, actor_id=actor_id, now=now):
        to = Recipient(person.email, person.locale, person.id)
        params = {"name": person.full_name, "call": call.title, "panel": panel.name, "path": f"/{call.slug}/review"}
        enqueue(session, to=to, kind="panelist_invited", params=params, now=now, call_id=call.id)
    return person.id


def put_on_seat(
    session: Session,
    *,
    call: CallFacts,
    panel_id: int,
    person_id: int,
    seat: NewSeat,
    actor_id: int | None,
    now: datetime,
) -> bool:
    """Give a person a seat on a locked panel with the role that goes with it; whether the seat is new."""
    row = session.get(Panelist, (panel_id, person_id))
    is_new = row is None
    row = row or Panelist(panel_id=panel_id, person_id=person_id)
    row.keywords, row.languages = list(seat.keywords), list(seat.languages)
    row.min_load, row.max_load = seat.min_load, seat.max_load
    session.add(row)
    _give_role(session, call, panel_id, person_id, is_chair=seat.is_chair, actor_id=actor_id, now=now)
    act = "seat" if is_new else "change_seat"
    details = dict(person_key=person_key(session, person_id), is_chair=seat.is_chair)
    record_panel(session, act, call, panel_id, actor_id=actor_id, now=now, **details)
    return is_new


def change_seat(
    session: Session, *, call: CallFacts, panel_id: int, person_id: int, seat: NewSeat, actor_id: int, now: datetime
) -> None:
    """Change what somebody who sits on a panel knows, reads and can carry, and whether they chair it."""
    locked_panel(session, call, panel_id)
    if session.get(Panelist, (panel_id, person_id), with_for_update=True) is None:
        raise NotFound
    put_on_seat(session, call=call, panel_id=panel_id, person_id=person_id, seat=seat, actor_id=actor_id, now=now)


def unseat_panelist(
    session: Session, *, call: CallFacts, panel_id: int, person_id: int, actor_id: int | None, now: datetime
) -> None:
    """Take a seat back: what was not yet sent leaves the queue, sent reviews stay and count."""
    locked_panel(session, call, panel_id)
    row = session.get(Panelist, (panel_id, person_id))
    if row is None:
        raise NotFound
    session.delete(row)
    _void_unsent(session, panel_id, person_id, now)
    for role in (Role.PANELIST, Role.CHAIR):
        access.take_role_back(session, person_id=person_id, role=role, call_id=call.id, panel_id=panel_id)
    details = dict(person_key=person_key(session, person_id))
    record_panel(session, "unseat", call, panel_id, actor_id=actor_id, now=now, **details)


def end_seats(session: Session, *, closed_before: datetime, now: datetime) -> int:
    """Take the roles of panelists back in calls that are over; returns how many.

    A call is over when its results are published and its last round closed before the time given.
    """
    running = sa.exists().where(
        Round.call_id == Call.id,
        sa.or_(Round.closes_at > closed_before, Round.state.in_((RoundState.DRAFT, RoundState.OPEN))),
    )
    over = sa.select(Call.id).where(Call.state.in_(OVER), Call.stops_at <= closed_before, ~running)
    seats = sa.select(RoleGrant).where(RoleGrant.role.in_(SEATS), RoleGrant.call_id.in_(over))
    held = [
        dict(person_id=grant.person_id, role=grant.role, call_id=grant.call_id, panel_id=grant.panel_id)
        for grant in session.scalars(seats)
    ]
    for seat in held:
        access.take_role_back(session, **seat)
        place = dict(subject="panel", subject_id=seat["panel_id"], call_id=seat["call_id"])
        record(session, act="end seat", actor_id=None, now=now, **place)
    return len(held)


def accept_statement(session: Session, *, call: CallFacts, person_id: int, now: datetime) -> None:
    """Record that a panelist accepted the statement of confidentiality, for every seat in the call."""
    panels = sa.select(Panel.id).where(Panel.call_id == call.id)
    session.execute(
        sa.update(Panelist)
        .where(Panelist.panel_id.in_(panels), Panelist.person_id == person_id)
        .where(Panelist.statement_accepted_at.is_(None))
        .values(statement_accepted_at=now)
    )
    record(
        session,
        act="accept_statement",
        subject="call",
        subject_id=call.id,
        call_id=call.id,
        actor_id=person_id,
        now=now,
    )


def record_panel(
    session: Session,
    act: str,
    call: CallFacts,
    panel_id: int,
    *,
    actor_id: int | None,
    now: datetime,
    **details: object,
) -> None:
    """Audit an act on a panel."""
    place = dict(subject="panel", subject_id=panel_id, call_id=call.id)
    record(session, act=act, actor_id=actor_id, now=now, **place, **details)


def locked_panel(session: Session, call: CallFacts, panel_id: int) -> Panel:
    """A panel of the call, held against being changed; raises NotFound."""
    wanted = sa.select(Panel).where(Panel.id == panel_id, Panel.call_id == call.id)
    panel = session.scalar(wanted.with_for_update(key_share=True))
    if panel is None:
        raise NotFound
    return panel


def _give_role(
    session: Session,
    call: CallFacts,
    panel_id: int,
    person_id: int,
    *,
    is_chair: bool,
    actor_id: int | None,
    now: datetime,
) -> None:
    new, old = (Role.CHAIR, Role.PANELIST) if is_chair else (Role.PANELIST, Role.CHAIR)
    where = {"person_id": person_id, "call_id": call.id, "panel_id": panel_id}
    # Taking a role back ends the person's sign-ins, so only where there is one.
    if session.scalar(sa.select(RoleGrant.id).filter_by(role=old, **where)):
        access.take_role_back(session, role=old, **where)
    access.grant_role(session, role=new, granted_by_id=actor_id, now=now, **where)


def _void_unsent(session: Session, panel_id: int, person_id: int, now: datetime) -> None:
    unfrozen = sa.select(Round.id).where(Round.state != RoundState.FROZEN)
    session.execute(
        sa.update(Assignment)
        .where(Assignment.panel_id == panel_id, Assignment.person_id == person_id)
        .where(Assignment.round_id.in_(unfrozen), Assignment.state.in_(UNDONE))
        .values(state=AssignmentState.VOIDED, changed_at=now)
    )
