"""Seating and unseating panelists."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_panels import ask, force_state, make_panel, make_read_question, make_round, rate, seat

from solicit.access.models import RoleGrant, SignIn
from solicit.access.policy import Role
from solicit.access.service import open_sign_in
from solicit.audit.models import AuditEvent
from solicit.errors import Conflict, NotFound, Refused
from solicit.mail.models import OutboxMail
from solicit.panels.models import Panelist
from solicit.panels.service import seats
from solicit.panels.states import AssignmentState


def roles_of(session, person) -> set[Role]:
    return set(session.scalars(sa.select(RoleGrant.role).where(RoleGrant.person_id == person.id)))


def test_a_panelist_is_seated_with_role_letter_and_audit(session, now):
    call = make_call(session)
    organizer, person, panel = (
        make_organizer(session, call),
        make_person(session, locale="en"),
        make_panel(session, call),
    )
    new = seats.NewSeat(email=person.email.upper(), keywords=("dust",), languages=("en", "fr"), max_load=12)
    seats.seat_panelist(session, call=call, panel_id=panel.id, seat=new, actor_id=organizer.id, now=now)
    row = session.get_one(Panelist, (panel.id, person.id))
    assert (row.keywords, row.languages, row.max_load) == (["dust"], ["en", "fr"], 12)
    assert row.statement_accepted_at is None
    assert roles_of(session, person) == {Role.PANELIST}
    letter = session.scalars(sa.select(OutboxMail)).one()
    assert (letter.kind, letter.recipient) == ("panelist_invited", person.email)
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "seat")).one()
    assert event.actor_key is not None and person.email not in str(event.details)


def test_seating_again_changes_the_seat_and_writes_no_second_letter(session):
    call = make_call(session)
    panel = make_panel(session, call)
    person = seat(session, call, panel)
    seat(session, call, panel, person=person, is_chair=True, languages=("zh",))
    assert session.get_one(Panelist, (panel.id, person.id)).languages == ["zh"]
    assert roles_of(session, person) == {Role.CHAIR}
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 1


@pytest.mark.parametrize("email", ["nobody@example.org", ""])
def test_an_address_without_account_is_refused(session, now, email):
    call = make_call(session)
    panel = make_panel(session, call)
    with pytest.raises(Refused, match="account"):
        seats.seat_panelist(
            session, call=call, panel_id=panel.id, seat=seats.NewSeat(email=email), actor_id=None, now=now
        )


def test_an_inactive_account_is_refused(session):
    call = make_call(session)
    with pytest.raises(Refused):
        seat(session, call, make_panel(session, call), person=make_person(session, active=False))


def test_a_panel_of_another_call_is_missing(session):
    call, other = make_call(session), make_call(session)
    with pytest.raises(NotFound):
        seat(session, call, make_panel(session, other))


def test_two_panels_cannot_share_a_name(session, now):
    call = make_call(session)
    panel = make_panel(session, call)
    with pytest.raises(Conflict, match="name"):
        seats.add_panel(session, call=call, name=panel.name, theme_id=None, actor_id=None, now=now)


def test_unseating_voids_what_was_not_sent_and_keeps_what_was(session, now):
    call = make_call(session)
    panel = make_panel(session, call)
    person = seat(session, call, panel)
    round_id = make_round(session, call, state="open")
    sent, waiting = (ask(session, round_id, panel, person, make_read_question(session, call)) for _ in range(2))
    rate(session, sent, 4)
    open_sign_in(session, person_id=person.id, now=now)
    seats.unseat_panelist(session, call=call, panel_id=panel.id, person_id=person.id, actor_id=None, now=now)
    session.expire_all()
    assert sent.state is AssignmentState.SUBMITTED
    assert waiting.state is AssignmentState.VOIDED
    assert roles_of(session, person) == set()
    assert session.scalar(sa.select(SignIn.id).where(SignIn.person_id == person.id)) is None


def test_unseating_leaves_a_frozen_round_alone(session, now):
    call = make_call(session)
    panel = make_panel(session, call)
    person = seat(session, call, panel)
    round_id = make_round(session, call)
    assignment = ask(session, round_id, panel, person, make_read_question(session, call))
    force_state(session, round_id, "frozen")
    seats.unseat_panelist(session, call=call, panel_id=panel.id, person_id=person.id, actor_id=None, now=now)
    session.expire_all()
    assert assignment.state is AssignmentState.ASSIGNED


def test_unseating_somebody_without_a_seat_is_missing(session, now):
    call = make_call(session)
    panel, person = make_panel(session, call), make_person(session)
    with pytest.raises(NotFound):
        seats.unseat_panelist(session, call=call, panel_id=panel.id, person_id=person.id, actor_id=None, now=now)


def test_the_statement_is_accepted_for_every_seat_of_this_call_only(session, now):
    call, other = make_call(session), make_call(session)
    person = make_person(session)
    panels = [make_panel(session, call), make_panel(session, call, theme="life"), make_panel(session, other)]
    for panel, of in zip(panels, (call, call, other), strict=True):
        seat(session, of, panel, person=person, accepts=False)
    seats.accept_statement(session, call=call, person_id=person.id, now=now)
    accepted = [session.get_one(Panelist, (panel.id, person.id)).statement_accepted_at for panel in panels]
    assert accepted == [now, now, None]
