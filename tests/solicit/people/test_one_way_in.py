"""Flask-Security is here for its parts; nothing of it may sign anybody in."""

from datetime import timedelta

import pytest
from builders_people import PASSWORD, credentials, is_signed_in, make_account
from flask import session as cookie_session
from flask_login import current_user, login_user

from solicit.people.models import Person
from solicit.people.states import LINK_LIFE


def test_settings_are_pinned(app):
    wanted = {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_CONFIRM_EMAIL_WITHIN": timedelta(hours=24),
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(minutes=30),
        "SECURITY_LOGIN_WITHIN": timedelta(minutes=10),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }
    assert {name: app.config[name] for name in wanted} == wanted
    switched_off = ("REGISTERABLE", "CONFIRMABLE", "RECOVERABLE", "CHANGEABLE", "PASSWORDLESS", "TWO_FACTOR")
    assert not any(app.config[f"SECURITY_{name}"] for name in switched_off)
    assert all(life <= timedelta(days=1) for life in LINK_LIFE.values())


def test_hash_is_argon2id_with_its_cost(session):
    assert credentials().hashed(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("stored", [PASSWORD, "$2b$12$" + "x" * 53, "{plaintext}" + PASSWORD])
def test_other_schemes_open_nothing(session, stored):
    with pytest.raises(ValueError, match="hash could not be identified"):
        credentials().fits(PASSWORD, stored)


def test_weaker_hash_is_renewed_at_the_next_sign_in(client, session):
    weak = credentials().passwords.using(argon2__memory_cost=1024).hash(PASSWORD)
    person = make_account(session, password=None)
    person.password = weak
    session.commit()
    client.post("/en/sign-in", data={"email": person.email, "password": PASSWORD})
    session.refresh(person)
    assert "m=19456" in person.password
    assert is_signed_in(client)


def test_no_page_or_command_of_flask_security(app):
    assert "security" not in app.blueprints
    assert not {"login", "register", "verify", "reset"} & {str(rule).strip("/") for rule in app.url_map.iter_rules()}
    assert not {"users", "roles"} & set(app.cli.commands)


def test_session_of_flask_login_signs_nobody_in(client, session):
    person = make_account(session)
    with client.session_transaction() as cookie:
        cookie.update(_user_id=person.fs_uniquifier, _fresh=True, _id="x", fs_cc="set", fs_paa=9e9)
    assert not is_signed_in(client)


def test_login_user_signs_nobody_in(app, client, session):
    person = make_account(session)
    with app.test_request_context("/en/account"):
        login_user(person)
        carried = dict(cookie_session)
    with client.session_transaction() as cookie:
        cookie.update(carried)
    assert not is_signed_in(client)


def test_tokens_and_remember_cookies_sign_nobody_in(app, client, session):
    person = make_account(session)
    with app.test_request_context():
        token = person.get_auth_token()
    client.set_cookie("remember_token", f"{person.fs_uniquifier}|x")
    for answer in (
        client.get("/en/account", headers={"Authentication-Token": token}),
        client.get("/en/account", query_string={"auth_token": token}),
        client.get("/en/account", headers={"Authorization": f"Bearer {token}"}),
    ):
        assert answer.status_code == 303


def test_current_user_is_nobody(app, session):
    person = make_account(session)
    with app.test_request_context():
        cookie_session["_user_id"] = person.fs_uniquifier
        assert not current_user.is_authenticated
        assert not isinstance(current_user._get_current_object(), Person)
