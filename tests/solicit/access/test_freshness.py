"""Delicate doors ask for a proof of the last ten minutes, and return to where one was."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_panels import make_panel
from builders_people import PASSWORD, make_account, make_second_factor, written_letters

from solicit.access.models import SignIn
from solicit.clock import utcnow

FRESH_PAGES = ("/en/account/second-factor", "/en/account/erase")
FRESH_BUTTONS = (
    "/en/account/data",
    "/en/account/erase",
    "/en/account/second-factor/begin",
    "/en/account/second-factor/confirm",
    "/en/account/second-factor/codes",
    "/en/account/second-factor/remove",
)


@pytest.fixture
def person(session):
    return make_account(session)


def grow_old(session, *, minutes=10, seconds=1) -> None:
    session.execute(sa.update(SignIn).values(proved_at=utcnow() - timedelta(minutes=minutes, seconds=seconds)))


def prove(client, location: str, **data):
    return client.post(location, data=data)


@pytest.mark.parametrize("path", FRESH_PAGES)
def test_old_proof_is_asked_for_anew(client, session, person, path):
    sign_in(client, session, person)
    grow_old(session, minutes=9, seconds=30)
    assert client.get(path).status_code == 200
    grow_old(session)
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (303, f"/en/account/prove?next={path}")
    assert prove(client, answer.location, present_password="wrong password here").status_code == 422
    assert client.get(path).status_code == 303
    assert prove(client, answer.location, present_password=PASSWORD).location == path
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", FRESH_BUTTONS)
def test_button_with_an_old_proof_changes_nothing(client, session, person, path):
    sign_in(client, session, person)
    grow_old(session)
    answer = client.post(path, data={"email": person.email, "code": "123456"})
    assert answer.location.startswith("/en/account/prove?next=")
    session.refresh(person)
    assert person.active and person.totp_secret is None


def test_button_without_a_page_returns_to_where_it_stood(client, session, person):
    sign_in(client, session, person)
    grow_old(session)
    from_page = {"Referer": "http://localhost/en/account/second-factor"}
    answer = client.post("/en/account/second-factor/begin", headers=from_page)
    assert answer.location == "/en/account/prove?next=/en/account/second-factor"


def test_what_was_typed_comes_back_after_the_proof(client, session, person):
    sign_in(client, session, person)
    grow_old(session)
    answer = client.post("/en/account/erase", data={"email": "typed@example.org", "blanks_texts": "y"})
    assert prove(client, answer.location, present_password=PASSWORD).location == "/en/account/erase"
    page = client.get("/en/account/erase").text
    assert 'value="typed@example.org"' in page and "checked" in page
    assert "typed@example.org" not in client.get("/en/account/erase").text


def test_what_was_typed_comes_back_on_its_own_page_only(client, session):
    person = make_account(session, password=None)
    sign_in(client, session, person)
    grow_old(session)
    client.post("/en/account/erase", data={"email": "typed@example.org"})
    session.execute(sa.update(SignIn).values(proved_at=utcnow()))
    assert "typed@example.org" not in client.get("/en/account/address").text


def test_password_waits_in_no_cookie(client, session):
    sign_in(client, session, make_account(session, password=None))
    grow_old(session)
    client.post("/en/account/address", data={"email": "typed@example.org", "present_password": "a secret of mine"})
    with client.session_transaction() as cookie:
        assert cookie["typed"] == ["/en/account/address", {"email": "typed@example.org"}]


def test_person_with_a_second_factor_proves_with_it(client, session, person):
    phone = make_second_factor(session, person)
    sign_in(client, session, person)
    grow_old(session)
    page = client.get("/en/account/erase").location
    assert "one-time-code" in client.get(page).text and "current-password" not in client.get(page).text
    assert prove(client, page, code="000000", present_password=PASSWORD).status_code == 422
    assert prove(client, page, code=phone.code()).location == "/en/account/erase"


def test_person_without_a_password_proves_by_mail_and_returns(client, session):
    person = make_account(session, password=None)
    sign_in(client, session, person)
    grow_old(session)
    page = client.get("/en/account/erase").location
    assert person.email in client.get(page).text
    assert client.post(page).location == "/en/account/sent?letter=magic_link"
    assert client.get("/en/account/erase").status_code == 303
    (letter,) = written_letters(session)
    assert client.post(letter.params["path"]).location == "/en/account/erase"
    assert client.get("/en/account/erase").status_code == 200


def test_guessing_at_the_proof_is_limited_like_the_sign_in(client, session, person):
    sign_in(client, session, person)
    grow_old(session)
    page = client.get("/en/account/erase").location
    statuses = [prove(client, page, present_password="wrong password here").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


@pytest.mark.parametrize("target", ["//evil.example", "http://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_proof_never_leads_off_the_site(client, session, person, target):
    sign_in(client, session, person)
    answer = client.post("/en/account/prove", data={"present_password": PASSWORD}, query_string={"next": target})
    assert answer.location == "/en/"


def test_giving_and_taking_seats_needs_a_proof(client, session):
    call = make_call(session)
    organizer, panel = make_organizer(session, call), make_panel(session, call)
    sign_in(client, session, organizer)
    grow_old(session)
    page = f"/{call.slug}/organize/panels/{panel.id}"
    assert client.get(page).status_code == 200
    answer = client.post(page, data={"email": "new@example.org", "min_load": "7"})
    assert answer.location == f"/en/account/prove?next={page}"
    assert 'value="new@example.org"' in client.get(page).text
    assert client.post(f"{page}/panelists/{organizer.id}/unseat").location.startswith("/en/account/prove")


def test_sample_people_have_nothing_to_prove_it_with(app, client, session, person):
    own = app.extensions["settings"]
    app.extensions["settings"] = replace(own, demo=True)
    try:
        sign_in(client, session, person)
        grow_old(session)
        assert client.get("/en/account/erase").status_code == 200
    finally:
        app.extensions["settings"] = own
