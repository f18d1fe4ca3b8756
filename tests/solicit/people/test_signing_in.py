import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_people import (
    PASSWORD,
    credentials,
    is_signed_in,
    make_account,
    sign_in_with,
    without_token,
    written_letters,
)

from solicit.access.models import SignIn
from solicit.clock import utcnow
from solicit.people import service
from solicit.people.models import FailedSignIn, Person
from solicit.people.states import LinkPurpose

ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "%2F%2Fevil.example",
    "/%2Fevil.example",
    "/%252Fevil.example",
    "/%5Cevil.example",
    "/\t/evil.example",
    "/%09/evil.example",
    "evil.example",
    "/" + "a" * 3_000,
)


def test_right_password_signs_in(client, session):
    person = make_account(session)
    answer = sign_in_with(client, person.email)
    assert (answer.status_code, answer.location) == (303, "/en/")
    assert "Your account" in client.get("/en/account").text


def test_hash_of_older_strength_is_replaced(client, session):
    person = make_account(session)
    weak = credentials().passwords.copy(argon2__time_cost=1, argon2__memory_cost=1024).hash(PASSWORD)
    session.execute(sa.update(Person).where(Person.id == person.id).values(password=weak))
    assert sign_in_with(client, person.email).status_code == 303
    stored = session.scalars(sa.select(Person.password).where(Person.id == person.id)).one()
    assert stored != weak and credentials().fits(PASSWORD, stored)


def test_sign_in_page_is_public_and_knows_its_fields(client):
    page = client.get("/en/sign-in").text
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page


def test_address_is_folded(client, session):
    make_account(session, email="ada@example.org")
    assert sign_in_with(client, " Ada@Example.ORG ").status_code == 303


@pytest.mark.parametrize("password", ["wrong password here", PASSWORD + "x", "x" * 100_000, "a\0b", "ﷺ" * 400])
def test_wrong_password_is_one_sentence(client, session, password):
    person = make_account(session)
    answer = sign_in_with(client, person.email, password)
    assert answer.status_code == 422
    assert "The e-mail address or the password is wrong." in answer.text
    assert person.email in answer.text and password not in answer.text
    assert "Error: Sign in" in answer.text
    assert not is_signed_in(client)


def test_unknown_closed_and_wrong_answer_alike(client, session):
    known, closed = make_account(session), make_account(session, active=False)
    without = make_account(session, password=None)
    pages = set()
    for email, password in (
        (known.email, "wrong password here"),
        ("nobody@example.org", PASSWORD),
        (closed.email, PASSWORD),
        (without.email, PASSWORD),
    ):
        answer = sign_in_with(client, email, password)
        pages.add((answer.status_code, without_token(answer.text).replace(email, "")))
    assert len(pages) == 1


def test_unknown_address_costs_a_hash(session):
    spent = []
    for hashed in (credentials().hashed(PASSWORD), None):
        start = utcnow()
        for _ in range(3):
            credentials().fits("wrong password here", hashed)
        spent.append(utcnow() - start)
    assert spent[1] > spent[0] / 4


@pytest.mark.parametrize(
    "email", ["", "no address", "а@example.org", "a@b@example.org", "a\0@example.org", "x" * 5_000]
)
def test_bad_address_is_refused_with_its_text(client, session, email):
    answer = sign_in_with(client, email)
    assert answer.status_code == 422
    assert "Enter an e-mail address like name@example.org" in answer.text


def test_sixth_wrong_password_in_a_minute_waits(client, session):
    person = make_account(session)
    statuses = [sign_in_with(client, person.email, "wrong password here").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    answer = sign_in_with(client, person.email)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert not is_signed_in(client)


def test_unknown_address_is_limited_alike(client, session):
    statuses = [sign_in_with(client, "nobody@example.org").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    kept = session.scalars(sa.select(FailedSignIn.email_hash)).all()
    assert len(kept) == 5 and all(b"nobody" not in email for email in kept)


def test_limit_does_not_follow_a_forged_address(client, session):
    person = make_account(session)
    statuses = [
        client.post(
            "/en/sign-in",
            data={"email": person.email, "password": "wrong password here"},
            headers={"X-Forwarded-For": f"198.51.100.{n}"},
        ).status_code
        for n in range(6)
    ]
    assert statuses[-1] == 429


def test_limit_ends_after_a_minute(session, now):
    for _ in range(5):
        service.begin_attempt(session, credentials=credentials(), email="a@example.org", now=now)
    with pytest.raises(service.TooManyTries) as refused:
        service.begin_attempt(session, credentials=credentials(), email="a@example.org", now=now)
    assert refused.value.wait == 61
    service.begin_attempt(session, credentials=credentials(), email="b@example.org", now=now)
    service.begin_attempt(session, credentials=credentials(), email="a@example.org", now=now + timedelta(minutes=1))
    assert session.scalar(sa.select(sa.func.count()).select_from(FailedSignIn)) == 2


def test_right_password_forgives(client, session):
    person = make_account(session)
    for _ in range(4):
        sign_in_with(client, person.email, "wrong password here")
    sign_in_with(client, person.email)
    assert session.scalar(sa.select(sa.func.count()).select_from(FailedSignIn)) == 0


def test_one_address_may_knock_twenty_times_a_minute(client, session):
    statuses = [sign_in_with(client, f"nobody{n}@example.org").status_code for n in range(21)]
    assert statuses == [422] * 20 + [429]


def test_unconfirmed_is_asked_to_confirm(client, session):
    person = make_account(session, confirmed_at=None)
    answer = sign_in_with(client, person.email)
    assert answer.status_code == 403
    assert "Confirm your address first" in answer.text and "Send it again" in answer.text
    assert not is_signed_in(client)
    wrong = sign_in_with(client, person.email, "wrong password here")
    assert wrong.status_code == 422 and "Confirm" not in wrong.text


@pytest.mark.parametrize("target", ["/en/account", "/en/a-call/questions?theme=life&q=a%20b", "/a-call/organize"])
def test_next_leads_to_a_local_path(client, session, target):
    person = make_account(session)
    assert sign_in_with(client, person.email, next=target).location == target


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_never_leaves_the_site(client, session, target):
    person = make_account(session)
    assert sign_in_with(client, person.email, next=target).location == "/en/"
    assert client.get("/en/sign-in", query_string={"next": target}).location == "/en/"


def test_a_closed_page_returns_after_signing_in(client, session):
    person = make_account(session)
    asked = client.get("/en/account")
    assert asked.status_code == 303
    answer = client.post(asked.location, data={"email": person.email, "password": PASSWORD})
    assert answer.location == "/en/account"


def test_signing_in_starts_a_new_session(client, session):
    person, other = make_account(session), make_account(session)
    sign_in(client, session, other)
    with client.session_transaction() as cookie:
        cookie["left_over"] = "of another person"
        earlier = cookie["sign_in"]
    client.post("/en/sign-out")
    sign_in_with(client, person.email)
    with client.session_transaction() as cookie:
        assert "left_over" not in cookie and cookie["sign_in"] != earlier


def test_signing_in_again_ends_the_earlier_sign_in(app, client, session):
    person = make_account(session)
    sign_in(client, session, person)
    link = credentials().link_token(LinkPurpose.SIGN_IN, person.fs_uniquifier)
    client.post(f"/en/sign-in/link/{link}")
    assert session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 1


def test_signed_in_person_needs_no_sign_in_page(client, session):
    sign_in(client, session, make_account(session))
    assert client.get("/en/sign-in").status_code == 303
    assert client.get("/en/register").location == "/en/account"


def test_copied_cookie_is_dead_after_signing_out(app, client, session):
    person = make_account(session)
    sign_in_with(client, person.email)
    thief = app.test_client()
    thief.set_cookie("solicit", client.get_cookie("solicit").value)
    assert is_signed_in(thief)
    assert client.post("/en/sign-out").status_code == 303
    assert not is_signed_in(client)
    assert not is_signed_in(thief)


def test_signing_out_is_no_link(client, session):
    sign_in(client, session, make_account(session))
    assert client.get("/en/sign-out").status_code in (404, 405)
    assert is_signed_in(client)


def test_organizer_lands_in_the_tools_with_next(client, session):
    call = make_call(session)
    organizer = make_organizer(session, call, password=credentials().hashed(PASSWORD))
    session.commit()
    asked = client.get(f"/{call.slug}/organize")
    answer = client.post(asked.location, data={"email": organizer.email, "password": PASSWORD})
    assert answer.location == f"/{call.slug}/organize"


def test_form_needs_its_token(app, client, session):
    person = make_account(session)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert sign_in_with(client, person.email).status_code == 400
        token = re.search(r'name="csrf_token" [^>]*value="([^"]+)"', client.get("/en/sign-in").text)
        data = {"email": person.email, "password": PASSWORD, "csrf_token": token[1]}
        assert client.post("/en/sign-in", data=data).status_code == 303
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_magic_link_signs_in_by_its_button_only(client, session):
    person = make_account(session)
    client.post("/en/sign-in/link", data={"email": person.email})
    (mail,) = written_letters(session)
    path = mail.params["path"]
    for _ in range(2):
        page = client.get(path)
        assert page.status_code == 200 and person.full_name in page.text
        assert client.head(path).status_code == 200
    assert not is_signed_in(client)
    assert client.post(path).status_code == 303
    assert is_signed_in(client)


def test_sign_in_page_costs_few_statements(client, session, count_statements):
    client.get("/en/sign-in")
    assert len(count_statements) == 1  # is there one open call, whose frame to show
    person = make_account(session)
    count_statements.clear()
    sign_in_with(client, person.email)
    assert len(count_statements) <= 9  # the try, the password, the second factor, the sign-in
