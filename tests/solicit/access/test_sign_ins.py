"""How long a sign-in lives, and what ends it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_panels import make_panel
from builders_people import PASSWORD, is_signed_in, make_account

from solicit.access import queries, service
from solicit.access.models import SignIn
from solicit.access.policy import Grant, Role
from solicit.clock import utcnow
from solicit.panels.service.seats import NewSeat, seat_panelist, unseat_panelist
from solicit.people import service as people
from solicit.reports.service.erase import erase_person

SECOND = timedelta(seconds=1)


@pytest.fixture
def person(session):
    return make_account(session)


def found(session, token: str, *, after: timedelta, now, is_used=True) -> bool:
    """Whether a sign-in of ``now`` still stands later on, if it was used all the time."""
    if is_used:
        session.execute(sa.update(SignIn).values(seen_at=now + after))
    return queries.signed_in(session, token=token, now=now + after) is not None


def test_unused_sign_in_ends_after_two_hours(session, person, now):
    token = service.open_sign_in(session, person_id=person.id, now=now)
    two_hours = timedelta(hours=2)
    assert found(session, token, after=two_hours - SECOND, now=now, is_used=False)
    assert not found(session, token, after=two_hours, now=now, is_used=False)


@pytest.mark.parametrize(("role", "hours"), [(None, 7 * 24), (Role.ORGANIZER, 12), (Role.ADMINISTRATOR, 12)])
def test_used_sign_in_ends_in_the_end(session, person, now, role, hours):
    place = {"call_id": make_call(session).id} if role is Role.ORGANIZER else {}
    if role:
        service.grant_role(session, person_id=person.id, role=role, now=now, **place)
    token = service.open_sign_in(session, person_id=person.id, now=now)
    assert found(session, token, after=timedelta(hours=hours) - SECOND, now=now)
    assert not found(session, token, after=timedelta(hours=hours), now=now)


def test_database_holds_no_token_and_the_token_is_long(session, person, now):
    token = service.open_sign_in(session, person_id=person.id, now=now)
    kept = session.scalars(sa.select(SignIn.token_hash)).one()
    assert token.encode() not in kept and len(kept) == 32 and len(token) >= 43


def _role(session, person):
    call = make_call(session)
    people.give_role(session, person_id=person.id, grant=Grant(Role.ORGANIZER, call.id), giver_id=None, now=utcnow())


def _seat(session, person):
    call = make_call(session)
    panel = make_panel(session, call)
    given = dict(call=call, panel_id=panel.id, actor_id=make_organizer(session, call).id, now=utcnow())
    seat_panelist(session, seat=NewSeat(email=person.email), **given)
    unseat_panelist(session, person_id=person.id, **given)


def _erase(session, person):
    erase_person(session, person_id=person.id, blanks_texts=False, now=utcnow())


def _close(session, person):
    person.active = False


@pytest.mark.parametrize("end", [_role, _seat, _erase, _close])
def test_copied_cookie_is_dead_after(app, client, session, person, end):
    sign_in(client, session, person)
    thief = app.test_client()
    thief.set_cookie("solicit", client.get_cookie("solicit").value)
    assert is_signed_in(thief)
    end(session, person)
    session.commit()
    assert not is_signed_in(thief) and not is_signed_in(client)


def test_copied_cookie_is_dead_after_proving_and_changing_the_password(app, client, session, person):
    sign_in(client, session, person)
    thief = app.test_client()
    thief.set_cookie("solicit", client.get_cookie("solicit").value)
    client.post("/en/account/password", data={"present_password": PASSWORD, "password": "another fine password"})
    assert is_signed_in(client) and not is_signed_in(thief)
