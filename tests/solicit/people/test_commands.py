import re

import pytest
import sqlalchemy as sa
from builders import make_call, sign_in
from builders_people import PASSWORD, is_signed_in, make_account, make_second_factor, sign_in_with

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.access.queries import bearer
from solicit.access.service import open_token
from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.panels.models import Panelist
from solicit.panels.service.seats import add_panel
from solicit.people.commands import user
from solicit.people.models import Person


@pytest.fixture
def run(app, session):
    """Run a ``solicit user`` command."""
    session.commit()
    runner = app.test_cli_runner()
    return lambda *arguments, typed=None: runner.invoke(user, arguments, input=typed)


@pytest.fixture
def person(session):
    return make_account(session, email="ada@example.org", full_name="Ada")


@pytest.fixture
def call(session):
    call = make_call(session)
    add_panel(session, call=call, name="Life", theme_id=None, actor_id=None, now=utcnow())
    session.commit()
    return call


def grants(session) -> list[tuple]:
    return [tuple(row) for row in session.execute(sa.select(RoleGrant.role, RoleGrant.call_id))]


@pytest.mark.parametrize("command", user.commands)
def test_every_command_explains_itself(run, command):
    told = run(command, "--help")
    assert told.exit_code == 0 and f"solicit user {command}" in told.output


def test_account_with_password(client, session, run):
    told = run("create", "Ada@Example.org", "--name", "Ada Õun", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert told.exit_code == 0, told.output
    assert PASSWORD not in told.output
    person = session.scalars(sa.select(Person)).one()
    assert (person.email, person.full_name) == ("ada@example.org", "Ada Õun")
    assert sign_in_with(client, "ada@example.org").status_code == 303
    assert session.scalars(sa.select(AuditEvent.act)).all() == ["create"]


def test_account_with_link(client, session, run):
    told = run("create", "ada@example.org", "--name", "Ada", "--link")
    path = re.search(r"http://localhost(/en/sign-in/link/\S+)", told.output)[1]
    assert client.post(path).status_code == 303
    assert is_signed_in(client)
    assert client.post(path).status_code == 410


def test_another_link(client, person, run):
    path = re.search(r"http://localhost(/\S+)", run("link", "ada@example.org").output)[1]
    assert client.post(path).status_code == 303


@pytest.mark.parametrize(
    ("arguments", "typed", "message", "code"),
    [
        (["ada@example.org", "--name", "Ada", "--link"], None, "There is an account with this address already.", 1),
        (["bob@example.org", "--name", "Bob"], "qwerty123456\nqwerty123456\n", "harder to guess", 1),
        (["bob", "--name", "Bob"], None, "is not an e-mail address", 2),
        (["bob@example.org"], None, "--name", 2),
        (["bob@example.org", "--name", "Bob", "--locale", "xx"], None, "no pages in 'xx'", 2),
    ],
)
def test_account_is_refused(session, person, run, arguments, typed, message, code):
    told = run("create", *arguments, typed=typed)
    assert told.exit_code == code and message in told.output
    assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == 1


def test_organizer_comes_and_goes(client, session, person, call, run):
    sign_in(client, session, person)
    told = run("grant", "ada@example.org", "--role", "organizer", "--call", call.slug)
    assert told.output == f"ada@example.org is now organizer of the call '{call.slug}'.\n"
    assert grants(session) == [(Role.ORGANIZER, call.id)]
    assert not is_signed_in(client)
    sign_in(client, session, person)
    assert is_signed_in(client)
    assert run("revoke", "ada@example.org", "--role", "organizer", "--call", call.slug).exit_code == 0
    assert grants(session) == []
    assert not is_signed_in(client)
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "person").order_by(AuditEvent.id))
    assert acts.all() == ["give role", "take role"]


def test_administrator(session, person, run):
    assert run("grant", "ada@example.org", "--role", "administrator").exit_code == 0
    assert grants(session) == [(Role.ADMINISTRATOR, None)]


def test_chair_takes_a_seat(session, person, call, run):
    place = ["ada@example.org", "--role", "chair", "--call", call.slug, "--panel", "Life"]
    assert run("grant", *place).exit_code == 0
    assert grants(session) == [(Role.CHAIR, call.id)]
    assert session.scalars(sa.select(Panelist.person_id)).all() == [person.id]
    again = run("grant", *place)
    assert again.exit_code == 1 and "sits on the panel already" in again.output
    assert run("revoke", *place).exit_code == 0
    assert grants(session) == [] and session.scalars(sa.select(Panelist.person_id)).all() == []


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (["nobody@example.org", "--role", "administrator"], "Nobody has an account", 1),
        (["ada@example.org", "--role", "king"], "is not one of", 2),
        (["ada@example.org", "--role", "organizer"], "Name a --call", 2),
        (["ada@example.org", "--role", "administrator", "--call", "x"], "Name a --call", 2),
        (["ada@example.org", "--role", "organizer", "--call", "nowhere"], "There is no call 'nowhere'", 1),
        (["ada@example.org", "--role", "chair", "--call", "CALL"], "Name a --panel", 2),
        (["ada@example.org", "--role", "organizer", "--call", "CALL", "--panel", "Life"], "Name a --panel", 2),
        (["ada@example.org", "--role", "chair", "--call", "CALL", "--panel", "Death"], "Its panels: Life.", 1),
    ],
)
@pytest.mark.parametrize("command", ["grant", "revoke"])
def test_role_is_refused(session, person, call, run, command, arguments, message, code):
    told = run(command, *[call.slug if argument == "CALL" else argument for argument in arguments])
    assert told.exit_code == code and message in told.output
    assert grants(session) == []


def test_role_that_nobody_holds_cannot_be_taken(session, person, call, run):
    told = run("revoke", "ada@example.org", "--role", "organizer", "--call", call.slug)
    assert told.exit_code == 1 and "is not organizer" in told.output


def test_list(session, person, call, run):
    make_account(session, email="bob@example.org", full_name="Bob", confirmed_at=None)
    run("grant", "ada@example.org", "--role", "organizer", "--call", call.slug)
    run("grant", "ada@example.org", "--role", "panelist", "--call", call.slug, "--panel", "Life")
    assert run("list").output == (
        f"ada@example.org\tAda\torganizer of {call.slug}, panelist of Life of {call.slug}\n"
        "bob@example.org\tBob (not confirmed)\tno role\n"
    )


def test_end_sign_ins(client, session, person, run):
    sign_in(client, session, person)
    what = dict(person_id=person.id, name="x", scopes=["read:own"], call_id=None, days=7)
    _id, token = open_token(session, **what, now=utcnow())
    session.commit()
    assert run("end-sign-ins", "ada@example.org").output == "ada@example.org is signed out everywhere.\n"
    assert not is_signed_in(client)
    assert bearer(session, token=token, now=utcnow()) is None
    assert run("end-sign-ins", "nobody@example.org").exit_code == 1


def test_lost_second_factor_is_removed(client, session, person, run):
    make_second_factor(session, person)
    sign_in(client, session, person)
    assert (
        run("remove-second-factor", "ada@example.org").output == "ada@example.org signs in without a second factor.\n"
    )
    session.refresh(person)
    assert person.totp_secret is None and not is_signed_in(client)
    assert run("remove-second-factor", "nobody@example.org").exit_code == 1
