import pytest
import sqlalchemy as sa
from builders_people import (
    PASSWORD,
    is_signed_in,
    make_account,
    sign_in_with,
    without_token,
    written_letters,
)

from solicit.people.models import Person

NEW = {"full_name": "Wanjiru Kamau", "email": "wanjiru@example.org", "password": PASSWORD}


def n_people(session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Person))


def one_person(session) -> Person:
    return session.scalars(sa.select(Person).execution_options(populate_existing=True)).one()


def test_registering_waits_for_the_confirmation(client, session):
    answer = client.post("/en/register", data=NEW)
    assert (answer.status_code, answer.location) == (303, "/en/account/sent?letter=confirm_email")
    person = one_person(session)
    assert (person.full_name, person.email, person.locale) == ("Wanjiru Kamau", "wanjiru@example.org", "en")
    assert person.confirmed_at is None and person.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert sign_in_with(client, NEW["email"]).status_code == 403


def test_letter_confirms_by_its_button_only(client, session):
    client.post("/en/register", data=NEW)
    (mail,) = written_letters(session)
    assert (mail.kind, mail.recipient) == ("confirm_email", NEW["email"])
    page = client.get(mail.params["path"])
    assert page.status_code == 200 and "Wanjiru Kamau" in page.text and page.text.count("<form") == 1
    assert one_person(session).confirmed_at is None
    assert client.post(mail.params["path"]).location == "/en/sign-in"
    assert one_person(session).confirmed_at is not None
    assert not is_signed_in(client)
    sign_in_with(client, NEW["email"])
    assert is_signed_in(client)


def test_known_address_answers_alike_and_gets_a_letter(client, session, count_statements):
    count_statements.clear()
    fresh = client.post("/en/register", data=NEW)
    spent = list(count_statements)
    written_letters(session)
    person = one_person(session)
    before = (person.password, person.full_name, person.fs_uniquifier)
    count_statements.clear()
    again = client.post("/en/register", data=NEW | {"full_name": "Mallory", "password": "another fine password"})
    assert count_statements == spent
    assert (again.status_code, again.location, again.text) == (fresh.status_code, fresh.location, fresh.text)
    person = one_person(session)
    assert (person.password, person.full_name, person.fs_uniquifier) == before
    mail = written_letters(session)[-1]
    assert (mail.kind, mail.recipient) == ("already_registered", NEW["email"])
    assert client.get(mail.params["path"]).status_code == 200
    assert client.get(mail.params["sign_in_path"]).status_code == 200


def test_letters_name_nobody(client, session):
    """A name in a mail to an unproven address would carry a stranger's words from our address."""
    client.post("/en/register", data=NEW | {"full_name": "Win at http://evil.example"})
    client.post("/en/register", data=NEW)
    for mail in written_letters(session):
        assert "evil" not in str(mail.params)


def test_same_page_says_that_a_letter_is_under_way(client, session):
    pages = {client.get(f"/en/account/sent?letter={kind}").text for kind in ("confirm_email", "already_registered")}
    assert len(pages) == 1
    assert client.get("/en/account/sent").status_code == 404
    assert client.get("/en/account/sent?letter=anything").status_code == 404


def test_filled_honeypot_stores_nothing(client, session):
    answer = client.post("/en/register", data=NEW | {"website": "http://spam.example"})
    assert answer.location == "/en/account/sent?letter=confirm_email"
    assert n_people(session) == 0 and written_letters(session) == []


def test_other_columns_cannot_be_sent(client, session):
    more = {"confirmed_at": "2026-01-01", "active": "0", "id": "987654321", "role": "chair"}
    client.post("/en/register", data=NEW | more)
    person = one_person(session)
    assert person.confirmed_at is None and person.active and person.id != 987654321


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("full_name", "", "Enter your full name"),
        ("full_name", "   ", "Enter your full name"),
        ("full_name", "x" * 201, "Use at most 200 characters for your name"),
        ("full_name", "Wan\0jiru", "Remove the control characters"),
        ("email", "wanjiru", "Enter an e-mail address like name@example.org"),
        ("email", "wаnjiru@example.org", "Enter an e-mail address like name@example.org"),
        ("email", "a@example.org, b@example.org", "Enter an e-mail address like name@example.org"),
        ("email", "a@example.org\r\nBcc: b@example.org", "Enter an e-mail address like name@example.org"),
        ("email", "a" * 5_000 + "@example.org", "Enter an e-mail address like name@example.org"),
        ("password", "", "Choose a password"),
        ("password", "short words", "Choose a password of 12 to 128 characters"),
        ("password", "x1y2z3 " * 20, "Choose a password of 12 to 128 characters"),
        ("password", "qwerty123456", "harder to guess"),
        ("password", "Password2026!", "harder to guess"),
        ("password", "abababababab", "harder to guess"),
        ("password", "wanjiru@example.org", "harder to guess"),
        ("password", "Wanjiru Kamau", "harder to guess"),
        ("password", "two words\0and more", "Remove the control characters from the password"),
    ],
)
def test_bad_input_is_refused_with_the_rest_kept(client, session, field, value, message):
    answer = client.post("/en/register", data=NEW | {field: value})
    assert answer.status_code == 422
    assert message in answer.text
    assert 'aria-invalid="true"' in answer.text and "Error: Open an account" in answer.text
    kept = "Wanjiru Kamau" if field != "full_name" else NEW["email"]
    assert f'value="{kept}"' in answer.text
    assert PASSWORD not in answer.text
    assert n_people(session) == 0


@pytest.mark.parametrize(
    "password", ["correct horse battery", "пароль длинный очень", "长长的密码里面有很多不同的字", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 words"]
)
def test_passwords_in_any_script(client, session, password):
    client.post("/en/register", data=NEW | {"password": password})
    (mail,) = written_letters(session)
    client.post(mail.params["path"])
    assert sign_in_with(client, NEW["email"], password).status_code == 303


@pytest.mark.parametrize("name", ["سلمى الزرعيني", "王小明", "Þóra Guðmundsdóttir", "O'Brien-Łukasz", "नरेन्द्र", "A"])
def test_names_in_any_script_survive(client, session, name):
    client.post("/en/register", data=NEW | {"full_name": name})
    assert one_person(session).full_name == name


def test_international_domain_is_kept_in_ascii(client, session):
    client.post("/en/register", data=NEW | {"email": "w@münchen.example.org"})
    assert one_person(session).email == "w@xn--mnchen-3ya.example.org"


def test_thirty_registrations_an_hour_from_one_network(app, client, session):
    for n in range(30):
        neighbour = {"REMOTE_ADDR": f"203.0.113.{n}"}
        assert client.post("/en/register", data={"email": "x"}, environ_base=neighbour).status_code == 422
    answer = client.post("/en/register", data=NEW, environ_base={"REMOTE_ADDR": "203.0.113.99"})
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 60
    assert client.post("/en/register", data=NEW, environ_base={"REMOTE_ADDR": "203.0.114.1"}).status_code == 303


def test_confirmation_is_sent_again(client, session):
    person = make_account(session, confirmed_at=None)
    answer = client.post("/en/account/confirm", data={"email": person.email})
    assert answer.location == "/en/account/sent?letter=confirm_email"
    (mail,) = written_letters(session)
    assert mail.kind == "confirm_email"
    assert client.post(mail.params["path"]).status_code == 303


def test_asking_again_answers_everybody_alike(client, session, count_statements):
    unconfirmed, confirmed = make_account(session, confirmed_at=None), make_account(session)
    seen = set()
    for path in ("/en/account/confirm", "/en/account/reset", "/en/sign-in/link"):
        answers = set()
        for email in (unconfirmed.email, confirmed.email, "nobody@example.org"):
            count_statements.clear()
            answer = client.post(path, data={"email": email})
            page = client.get(answer.location)
            answers.add((answer.status_code, answer.location, without_token(page.text), tuple(count_statements)))
        assert len(answers) == 1
        seen |= answers
    assert len(seen) == 3
    kinds = sorted(mail.kind for mail in written_letters(session))
    assert kinds == ["confirm_email", "magic_link", "reset_password", "reset_password", "reset_password"]
