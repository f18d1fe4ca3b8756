"""Who may open a draft: its owner and, while it has none, the browser that holds its key."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_drafts import about_form, draft_of, hold_key, make_draft, submission_of, text_form
from builders_people import make_account, sign_in_with

from solicit.access.models import SignIn
from solicit.access.service import token_hash

KEY = "the key in the cookie of this browser"
JSON = {"Accept": "application/json"}
PAGES = ("question", "about", "check", "saved")
MISSING = "S-ZZZZ-ZZZZ"


@pytest.fixture
def call(session):
    return make_call(session)


def bare(answer, reference: str) -> tuple:
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    return answer.status_code, text.replace(reference, ""), (answer.location or "").replace(reference, "")


def at(call, reference: str, page: str = "question") -> str:
    return f"/en/{call.slug}/submit/{reference}/{page}"


@pytest.mark.parametrize("page", PAGES)
def test_the_key_opens_a_draft_without_owner(client, session, call, page):
    reference = make_draft(session, call, key=KEY)
    hold_key(client, KEY)
    assert client.get(at(call, reference, page)).status_code == 200


@pytest.mark.parametrize("is_owned", [True, False])
@pytest.mark.parametrize("page", PAGES)
def test_visitors_are_told_the_same_of_foreign_and_missing_drafts(client, session, call, page, is_owned):
    owner = make_person(session) if is_owned else None
    reference = make_draft(session, call, owner, key="somebody else's key")
    hold_key(client, KEY)
    for method in ("GET", "POST"):
        answers = [
            bare(client.open(at(call, name, page), method=method, data=text_form(version=2)), name)
            for name in (reference, MISSING)
        ]
        assert answers[0] == answers[1]
        assert answers[0][0] == (303 if method == "GET" else 405 if page == "saved" else 401)
    assert draft_of(session, reference).version == 2


@pytest.mark.parametrize("page", PAGES)
def test_other_people_find_nothing(client, session, call, page):
    reference = make_draft(session, call, make_person(session), key=KEY)
    hold_key(client, KEY)
    for person in (make_person(session), make_organizer(session, call)):
        sign_in(client, session, person)
        assert client.get(at(call, reference, page)).status_code == 404
        assert client.post(at(call, reference), data=text_form(version=2)).status_code == 404
    assert draft_of(session, reference).version == 2


def test_a_draft_of_another_call_is_missing(client, session, call):
    person = make_person(session)
    reference = make_draft(session, make_call(session), person)
    sign_in(client, session, person)
    assert client.get(at(call, reference)).status_code == 404


@pytest.mark.parametrize("reference", ["S-0000", "%00", "S-7F3K-" + "9" * 5_000, "S-7F3K-٩٩٩٩", "%ED%A0%80"])
def test_strange_references_are_missing(client, session, call, reference):
    sign_in(client, session, make_person(session))
    assert client.get(at(call, reference)).status_code == 404


def test_only_the_hash_of_the_key_is_kept(client, session, call):
    answer = client.post(
        f"/en/{call.slug}/submit",
        data={"kind": "question", "idempotency_key": "7a2f3b9e-1c1d-4a51-9f33-9b1b1f0d1a11"},
    )
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("draft="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Max-Age=2592000" in cookie and "Path=/" in cookie
    key = cookie.split(";")[0].removeprefix("draft=")
    assert len(key) >= 43
    stored = draft_of(session, answer.location.split("/")[-2])
    assert stored.key_hash == token_hash(key) and key.encode() not in stored.key_hash


def test_an_encrypted_site_binds_the_key_to_its_host(app, client, session, call, monkeypatch):
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    form = {"kind": "question", "idempotency_key": "7a2f3b9e-1c1d-4a51-9f33-9b1b1f0d1a12"}
    answer = client.post(f"/en/{call.slug}/submit", data=form, base_url="https://localhost")
    (cookie,) = (line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-draft="))
    assert "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie


def test_signing_in_claims_a_draft_with_the_next_save(client, session, call):
    reference = make_draft(session, call, key=KEY)
    hold_key(client, KEY)
    person = make_person(session)
    sign_in(client, session, person)
    client.get(at(call, reference))
    assert submission_of(session, reference).submitter_id is None  # opening a page changes nothing
    assert client.post(at(call, reference), data=text_form(version=2)).status_code == 303
    assert submission_of(session, reference).submitter_id == person.id


def test_the_first_page_lists_what_waits_in_this_browser(client, session, call):
    mine = make_draft(session, call, key=KEY, title="The one I began here?")
    person = make_person(session)
    theirs = make_draft(session, call, person, key=KEY, title="Of a person who signed out?")
    hold_key(client, KEY)
    page = client.get(f"/en/{call.slug}/submit").text
    assert mine in page and theirs not in page
    sign_in(client, session, person)
    page = client.get(f"/en/{call.slug}/submit").text
    assert mine in page and theirs in page


def test_nothing_is_lost_when_the_sign_in_ends(client, session, call):
    person = make_account(session)
    reference = make_draft(session, call, person, key=KEY)
    hold_key(client, KEY)
    sign_in(client, session, person)
    session.execute(sa.delete(SignIn))
    answer = client.post(at(call, reference), data=text_form(version=2, title="Typed in the meantime?", go="on"))
    assert answer.location == at(call, reference, "about")
    assert submission_of(session, reference).title == "Typed in the meantime?"
    asked = client.get(answer.location)
    assert asked.status_code == 303 and asked.location.startswith("/en/sign-in?next=")
    assert client.get(at(call, reference)).status_code == 303  # reading it asks, too
    sign_in_with(client, person.email)
    assert client.get(answer.location).status_code == 200
    assert submission_of(session, reference).submitter_id == person.id


def test_saving_by_itself_says_that_the_sign_in_ended(client, session, call):
    reference = make_draft(session, call, make_person(session), key=KEY)
    hold_key(client, KEY)
    answer = client.post(at(call, reference), data=text_form(version=2), headers=JSON)
    assert answer.status_code == 200
    assert (answer.json["version"], answer.json["is_signed_out"]) == (3, True)


def test_a_key_alone_never_reads_what_the_other_window_saved(client, session, call):
    reference = make_draft(session, call, make_person(session), key=KEY, significance="The text of the owner.")
    hold_key(client, KEY)
    answer = client.post(at(call, reference), data=text_form(version=1, significance="Typed by the one with the key."))
    assert answer.status_code == 401
    assert "Typed by the one with the key." in answer.text and "The text of the owner." not in answer.text


@pytest.mark.parametrize("page", ["letter", "guardian", "check"])
def test_a_key_alone_only_saves(client, session, call, page):
    reference = make_draft(session, call, make_person(session), key=KEY)
    hold_key(client, KEY)
    answer = client.post(at(call, reference, page), data={"version": 2, "has_consented": "y"})
    assert answer.location == f"/en/sign-in?next={at(call, reference, 'check')}"


def test_signing_in_elsewhere_keeps_the_token_of_an_open_window(app, client, session, call):
    person = make_account(session)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        reference = make_draft(session, call, key=KEY)
        hold_key(client, KEY)
        open_page = client.get(at(call, reference)).text
        token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', open_page)[1]
        sign_in_page = client.get("/en/sign-in").text
        other = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', sign_in_page)[1]
        client.post(
            "/en/sign-in", data={"email": person.email, "password": "a comet with two tails", "csrf_token": other}
        )
        answer = client.post(at(call, reference), data=text_form(version=2, csrf_token=token))
        assert answer.status_code == 303
        client.post("/en/sign-out", data={"csrf_token": token})
        refused = client.post(at(call, reference), data=text_form(version=3, csrf_token=token))
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert refused.status_code == 400
    assert submission_of(session, reference).submitter_id == person.id


def test_a_refused_form_shows_every_long_text(app, client, session, call):
    reference = make_draft(session, call, key=KEY)
    hold_key(client, KEY)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        form = text_form(version=2, significance="深" * 20_000, csrf_token="forged")
        answer = client.post(at(call, reference), data=form, content_type="multipart/form-data")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert "深" * 20_000 in answer.text and form["goal_overview"] in answer.text


def test_about_asks_for_an_address_only_without_an_account(client, session, call):
    reference = make_draft(session, call, key=KEY)
    hold_key(client, KEY)
    assert 'name="email"' in client.get(at(call, reference, "about")).text
    client.post(at(call, reference, "about"), data=about_form(version=2, email="Ada@Example.org"))
    assert draft_of(session, reference).email == "ada@example.org"
    sign_in(client, session, make_person(session))
    assert 'name="email"' not in client.get(at(call, reference, "about")).text


def test_sending_signed_out_leads_to_the_sign_in_and_back(client, session, call):
    reference = make_draft(session, call, key=KEY)
    hold_key(client, KEY)
    answer = client.post(at(call, reference, "check"), data={"version": 2, "has_consented": "y"})
    assert answer.location == f"/en/sign-in?next={at(call, reference, 'check')}"


def test_thirty_drafts_an_hour(client, session, call):
    forms = [{"kind": "question", "idempotency_key": str(uuid4())} for _ in range(31)]
    answers = [client.post(f"/en/{call.slug}/submit", data=form).status_code for form in forms]
    assert answers == [303] * 30 + [429]


def test_a_hundred_and_twenty_saves_a_minute(client, session, call):
    answers = [client.post(at(call, MISSING), data={"version": 1}).status_code for _ in range(121)]
    assert answers == [401] * 120 + [429]
