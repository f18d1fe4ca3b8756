from datetime import timedelta

import pytest
import sqlalchemy as sa
from browser import without_token
from builders import make_call, make_organizer, sign_in
from builders_people import PASSWORD, credentials, is_signed_in, make_account, sign_in_with

from solicit.access import service as access
from solicit.access.models import SignIn
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.people import queries, tasks
from solicit.people.models import FailedSignIn
from solicit.people.states import Career

PROFILE = {
    "full_name": "Wanjiru Kamau",
    "family_name": "Kamau",
    "affiliation": "Lake Observatory",
    "country": "KE",
    "career": "researcher",
    "locale": "en",
    "scheme": "dark",
}
NEW_PASSWORD = "another fine password"


def profile(session, person):
    session.expire_all()
    return queries.person_profile(session, person.id)


@pytest.mark.parametrize("path", ["/en/account", "/en/account/password"])
def test_account_asks_to_sign_in(client, session, path):
    assert client.get(path).location.startswith("/en/sign-in?next=")
    assert client.post(path, data=PROFILE).status_code == 401


def test_account_shows_the_profile(client, session):
    person = make_account(session, full_name="Þóra", affiliation="Lake", country="IS", career=Career.STUDENT)
    sign_in(client, session, person)
    page = client.get("/en/account").text
    for part in ('value="Þóra"', 'value="Lake"', '<option selected value="IS">Iceland', person.email, "This browser"):
        assert part in page
    assert 'autocomplete="country"' in page and 'autocomplete="family-name"' in page


def test_profile_is_saved(client, session):
    person = make_account(session)
    sign_in(client, session, person)
    answer = client.post("/en/account", data=PROFILE)
    assert (answer.status_code, answer.location) == (303, "/en/account")
    saved = profile(session, person)
    assert saved.career is Career.RESEARCHER
    values = {name: getattr(saved, name) for name in PROFILE if name != "career"}
    assert values == {name: value for name, value in PROFILE.items() if name != "career"}
    assert 'data-scheme="dark"' in client.get("/en/account").text


def test_profile_may_stay_empty(client, session):
    person = make_account(session)
    sign_in(client, session, person)
    empty = {"family_name": "", "affiliation": "", "country": "", "career": "", "scheme": "system"}
    assert client.post("/en/account", data=PROFILE | empty).status_code == 303
    saved = profile(session, person)
    assert (saved.country, saved.career, saved.scheme, saved.affiliation) == (None, None, None, "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", ""),
        ("full_name", "x" * 201),
        ("family_name", "x" * 201),
        ("affiliation", "x" * 301),
        ("affiliation", "Lake\0Observatory"),
        ("country", "XX"),
        ("country", "ke"),
        ("career", "king"),
        ("locale", "xx"),
        ("scheme", "pink"),
    ],
)
def test_bad_profile_is_refused_with_the_rest_kept(client, session, field, value):
    person = make_account(session)
    sign_in(client, session, person)
    before = profile(session, person)
    typed = PROFILE | {"full_name": "A new name", "family_name": "A new family name"} | {field: value}
    answer = client.post("/en/account", data=typed)
    assert answer.status_code == 422
    kept = "A new family name" if field != "family_name" else "A new name"
    assert f'value="{kept}"' in answer.text and "There is a problem" in answer.text
    assert profile(session, person) == before


def test_columns_that_are_not_on_the_form_stay(client, session):
    person = make_account(session)
    sign_in(client, session, person)
    client.post("/en/account", data=PROFILE | {"email": "x@example.org", "password": "x", "orcid": "x", "active": "0"})
    saved = profile(session, person)
    assert saved.email == person.email and saved.orcid is None
    assert is_signed_in(client)


def test_password_is_changed_by_its_owner(app, client, session):
    person = make_account(session)
    elsewhere = app.test_client()
    sign_in(elsewhere, session, person)
    sign_in(client, session, person)
    copied = client.get_cookie("solicit").value
    assert client.get("/en/account/password").status_code == 200
    answer = client.post("/en/account/password", data={"present_password": PASSWORD, "password": NEW_PASSWORD})
    assert answer.status_code == 303
    assert is_signed_in(client) and not is_signed_in(elsewhere)
    thief = app.test_client()
    thief.set_cookie("solicit", copied)
    assert not is_signed_in(thief)
    assert sign_in_with(thief, person.email).status_code == 422
    assert sign_in_with(thief, person.email, NEW_PASSWORD).status_code == 303
    assert session.scalars(sa.select(OutboxMail.kind)).all() == ["password_changed"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"present_password": "wrong password here", "password": NEW_PASSWORD}, "Enter your present password as it is"),
        ({"present_password": PASSWORD, "password": "short"}, "Choose a password of 12 to 128 characters"),
        ({"present_password": PASSWORD, "password": "qwerty123456"}, "harder to guess"),
        ({"present_password": "", "password": NEW_PASSWORD}, "Enter your present password"),
        ({"present_password": PASSWORD}, "Choose a password"),
    ],
)
def test_password_change_is_refused(client, session, typed, message):
    person = make_account(session)
    sign_in(client, session, person)
    before = person.password
    answer = client.post("/en/account/password", data=typed)
    assert answer.status_code == 422 and message in answer.text
    session.refresh(person)
    assert person.password == before and is_signed_in(client)


def test_present_password_cannot_be_guessed_fast(client, session):
    person = make_account(session)
    sign_in(client, session, person)
    guess = {"present_password": "wrong password here", "password": NEW_PASSWORD}
    statuses = [client.post("/en/account/password", data=guess).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_account_without_password_is_led_to_the_link(client, session):
    person = make_account(session, password=None)
    sign_in(client, session, person)
    assert 'href="/en/account/reset"' in client.get("/en/account/password").text
    answer = client.post("/en/account/password", data={"present_password": PASSWORD, "password": NEW_PASSWORD})
    assert answer.status_code == 422


def sign_in_ids(session, person) -> list[int]:
    return list(session.scalars(sa.select(SignIn.id).where(SignIn.person_id == person.id).order_by(SignIn.id)))


def test_one_sign_in_is_ended(app, client, session):
    person = make_account(session)
    elsewhere = app.test_client()
    sign_in(elsewhere, session, person)
    sign_in(client, session, person)
    there, here = sign_in_ids(session, person)
    page = client.get("/en/account").text
    assert f"/en/account/sign-ins/{there}/end" in page and f"/sign-ins/{here}/end" not in page
    assert client.post(f"/en/account/sign-ins/{there}/end").status_code == 303
    assert is_signed_in(client) and not is_signed_in(elsewhere)


def test_all_others_are_ended(app, client, session):
    person, other = make_account(session), make_account(session)
    browsers = [app.test_client() for _ in range(3)]
    for browser, who in zip(browsers, (person, person, other), strict=True):
        sign_in(browser, session, who)
    sign_in(client, session, person)
    assert client.post("/en/account/sign-ins/end-others").status_code == 303
    assert [is_signed_in(browser) for browser in browsers] == [False, False, True]
    assert is_signed_in(client)
    assert "End all others" not in client.get("/en/account").text


@pytest.mark.parametrize("number", ["1", str(2**63 - 1), str(2**63), "0", "-1", "٣", "x"])
def test_missing_sign_in_is_not_found(client, session, number):
    sign_in(client, session, make_account(session))
    assert client.post(f"/en/account/sign-ins/{number}/end").status_code == 404


def test_sign_in_of_another_person_stays(app, client, session):
    person, other = make_account(session), make_account(session)
    sign_in(client, session, person)
    elsewhere = app.test_client()
    sign_in(elsewhere, session, other)
    (theirs,) = sign_in_ids(session, other)
    missing = client.post("/en/account/sign-ins/999999/end")
    answer = client.post(f"/en/account/sign-ins/{theirs}/end")
    assert answer.status_code == 404
    assert without_token(answer.text) == without_token(missing.text)
    assert is_signed_in(elsewhere)


@pytest.mark.parametrize("path", ["/en/account/sign-ins/1/end", "/en/account/sign-ins/end-others"])
def test_ending_sign_ins_asks_to_sign_in(client, session, path):
    assert client.post(path).status_code == 401
    assert client.get(path).status_code in (404, 405)


def test_sign_ins_that_are_over_are_not_shown(session, now):
    person = make_account(session)
    token = access.open_sign_in(session, person_id=person.id, now=now)
    access.open_sign_in(session, person_id=person.id, now=now - timedelta(hours=3))
    old = SignIn(person_id=person.id, token_hash=b"x", created_at=now - timedelta(days=8), seen_at=now, proved_at=now)
    session.add(old)
    session.flush()
    who = queries.Identity(person.id, person.full_name, "en", None)
    (shown,) = queries.live_sign_ins(session, who=who, token=token, now=now)
    assert shown.is_this


@pytest.mark.parametrize("n", [1, 3])
def test_account_costs_four_statements(client, session, count_statements, n):
    person = make_account(session)
    for _ in range(n - 1):
        access.open_sign_in(session, person_id=person.id, now=utcnow())
    sign_in(client, session, person)
    count_statements.clear()
    client.get("/en/account")
    assert len(count_statements) == 4


def test_organizer_manages_the_account_alike(client, session):
    organizer = make_organizer(session, make_call(session), password=credentials().hashed(PASSWORD))
    sign_in(client, session, organizer)
    assert client.get("/en/account").status_code == 200


def test_old_rows_are_forgotten(session):
    person = make_account(session)
    for age in (timedelta(minutes=5), timedelta(0)):
        session.add(FailedSignIn(email_hash=b"x", at=utcnow() - age))
    access.open_sign_in(session, person_id=person.id, now=utcnow() - timedelta(hours=3))
    access.open_sign_in(session, person_id=person.id, now=utcnow())
    session.commit()
    tasks.forget(timestamp=0)
    for table in (FailedSignIn, SignIn):
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 1
