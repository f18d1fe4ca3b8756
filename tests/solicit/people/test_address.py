from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import sign_in
from builders_people import (
    PASSWORD,
    credentials,
    is_signed_in,
    make_account,
    sign_in_with,
    without_token,
)

from solicit.access.models import SignIn
from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.people import service, tasks
from solicit.people.models import AddressChange, Person
from solicit.people.states import LinkPurpose

PAGE = "/en/account/address"
NEW = "new@example.org"


@pytest.fixture
def person(session):
    return make_account(session, email="old@example.org")


def ask(client, email=NEW, password=PASSWORD):
    return client.post(PAGE, data={"email": email, "present_password": password})


def write_letters(session) -> dict[str, OutboxMail]:
    """Do what the worker does, and return what is in the outbox by kind."""
    waiting = "DELETE FROM procrastinate_jobs WHERE task_name = 'people.write_address_letters' RETURNING args"
    jobs = session.scalars(sa.text(waiting)).all()
    session.commit()
    for arguments in jobs:
        tasks.write_address_letters(**arguments)
    return {mail.kind: mail for mail in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))}


@pytest.fixture
def link(client, session, person) -> str:
    """The path in the letter to the new address."""
    sign_in(client, session, person)
    ask(client)
    return write_letters(session)["confirm_new_address"].params["path"]


def address_of(session, person) -> str:
    return session.scalars(sa.select(Person.email).where(Person.id == person.id)).one()


def test_letters_go_to_both_addresses(client, session, person):
    sign_in(client, session, person)
    assert ask(client).location == f"{PAGE}/sent"
    assert client.get(f"{PAGE}/sent").status_code == 200
    letters = write_letters(session)
    assert {kind: mail.recipient for kind, mail in letters.items()} == {
        "confirm_new_address": NEW,
        "address_change_asked": "old@example.org",
    }
    assert client.get(letters["address_change_asked"].params["path"]).status_code == 200
    assert address_of(session, person) == "old@example.org"


def test_link_changes_the_address_by_its_button_only(app, client, session, person, link):
    elsewhere = app.test_client()
    sign_in(elsewhere, session, person)
    others = credentials().link_token(LinkPurpose.RESET, person.fs_uniquifier)
    for _ in range(2):
        page = client.get(link)
        assert page.status_code == 200 and NEW in page.text
        assert client.head(link).status_code == 200
    assert address_of(session, person) == "old@example.org"
    assert client.post(link).location == "/en/account"
    assert address_of(session, person) == NEW
    assert is_signed_in(client) and not is_signed_in(elsewhere)
    assert client.get(f"/en/account/reset/{others}").status_code == 410
    assert client.get(link).status_code == 410 and client.post(link).status_code == 410
    kept = {mail.kind: mail.recipient for mail in session.scalars(sa.select(OutboxMail))}
    assert kept["address_changed"] == "old@example.org"
    assert "change address" in session.scalars(sa.select(AuditEvent.act)).all()
    assert sign_in_with(elsewhere, "old@example.org").status_code == 422
    assert sign_in_with(elsewhere, NEW).status_code == 303


def test_link_in_another_browser_signs_nobody_in(app, session, person, link):
    other = app.test_client()
    assert other.post(link).location == "/en/sign-in"
    assert not is_signed_in(other)
    assert session.scalars(sa.select(SignIn.id)).all() == []


def test_link_works_for_a_day_and_is_bound_to_its_wish(session, person, link):
    token = link.rpartition("/")[2]
    given = dict(credentials=credentials(), token=token)
    almost, over = timedelta(hours=23, minutes=59), timedelta(hours=24, seconds=1)
    assert service.new_address_of_link(session, now=utcnow() + almost, **given) == NEW
    for use in (service.new_address_of_link, lambda *a, **k: service.confirm_new_address(*a, contact="", **k)):
        with pytest.raises(service.LinkUsedUp):
            use(session, now=utcnow() + over, **given)
    service.ask_for_address(session, person_id=person.id, email="third@example.org", locale="en", now=utcnow())
    with pytest.raises(service.LinkUsedUp):
        service.new_address_of_link(session, now=utcnow(), **given)


@pytest.mark.parametrize("purpose", [LinkPurpose.CONFIRM, LinkPurpose.RESET, LinkPurpose.SIGN_IN])
def test_links_for_other_purposes_change_no_address(client, session, person, link, purpose):
    nonce = session.scalars(sa.select(AddressChange.nonce)).one()
    token = credentials().link_token(purpose, nonce)
    assert client.post(f"{PAGE}/{token}").status_code == 410
    assert client.get(f"/en/sign-in/link/{link.rpartition('/')[2]}").status_code == 410


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "é", "x" * 4_000, "sent/x"])
def test_forged_link_is_used_up(client, session, person, token):
    assert client.get(f"{PAGE}/{token}").status_code in (404, 410)
    assert client.post(f"{PAGE}/{token}").status_code in (404, 410)


def test_taken_address_answers_alike_and_its_owner_is_told(client, session, person, count_statements):
    owner = make_account(session, email="taken@example.org")
    sign_in(client, session, person)
    answers, sent = [], []
    for email in (NEW, owner.email):
        count_statements.clear()
        answer = ask(client, email)
        sent.append([statement.partition(" ")[0] for statement in count_statements])
        answers.append((answer.status_code, answer.location, without_token(client.get(answer.location).text)))
    assert answers[0] == answers[1] and sent[0] == sent[1]
    letters = write_letters(session)
    assert {kind: mail.recipient for kind, mail in letters.items()} == {
        "address_taken": owner.email,
        "address_change_asked": person.email,
    }
    assert session.scalars(sa.select(Person.email).where(Person.id == owner.id)).one() == owner.email


def test_job_names_no_address(client, session, person):
    sign_in(client, session, person)
    ask(client)
    arguments = session.scalars(sa.text("SELECT args::text FROM procrastinate_jobs")).all()
    assert arguments and not any("@" in text for text in arguments)


def test_address_taken_in_the_meantime_is_a_used_link(client, session, person, link):
    make_account(session, email=NEW)
    assert client.post(link).status_code == 410
    assert address_of(session, person) == "old@example.org"


def test_new_password_ends_the_wish(client, session, person, link):
    client.post("/en/account/password", data={"present_password": PASSWORD, "password": "another fine password"})
    assert client.post(link).status_code == 410


def test_wish_of_a_closed_account_is_used_up(client, session, person, link):
    person.active = False
    assert client.post(link).status_code == 410


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [
        ("no address", PASSWORD, "Enter an e-mail address like"),
        ("nеw@example.org", PASSWORD, "Enter an e-mail address like"),
        ("new@exаmple.org\0", PASSWORD, "Enter an e-mail address like"),
        ("Old@Example.ORG", PASSWORD, "This is your address already"),
        (NEW, "wrong password here", "Enter your present password as it is"),
        (NEW, "", "Enter your present password"),
    ],
)
def test_bad_wish_is_refused_with_its_text(client, session, person, email, password, message):
    sign_in(client, session, person)
    answer = ask(client, email, password)
    assert answer.status_code == 422 and message in answer.text
    assert session.scalars(sa.select(AddressChange.person_id)).all() == []


def test_password_is_not_guessed_here(client, session, person):
    sign_in(client, session, person)
    assert [ask(client, password="wrong password here").status_code for _ in range(6)] == [422] * 5 + [429]


def test_person_without_a_password_needs_a_fresh_sign_in(client, session):
    person = make_account(session, password=None)
    sign_in(client, session, person)
    page = client.get(PAGE)
    assert page.status_code == 200 and "present_password" not in page.text
    session.execute(sa.update(SignIn).values(proved_at=utcnow() - timedelta(minutes=11)))
    assert client.post(PAGE, data={"email": NEW}).location == f"/en/account/prove?next={PAGE}"
    session.execute(sa.update(SignIn).values(proved_at=utcnow()))
    assert f'value="{NEW}"' in client.get(PAGE).text
    assert client.post(PAGE, data={"email": NEW}).location == f"{PAGE}/sent"


def test_at_most_five_changes_an_hour_write_letters(session, person, now):
    for n in range(7):
        service.ask_for_address(session, person_id=person.id, email=f"n{n}@example.org", locale="en", now=now)
        service.write_address_letters(session, credentials=credentials(), person_id=person.id, locale="en", now=now)
    count = sa.select(sa.func.count()).where(OutboxMail.kind == "confirm_new_address")
    assert session.scalar(count) == 5


def test_wishes_that_expired_are_forgotten(session, person):
    for age in (25, 23):
        service.ask_for_address(
            session, person_id=person.id, email=NEW, locale="en", now=utcnow() - timedelta(hours=age)
        )
        session.commit()
        tasks.forget(timestamp=0)
        left = session.scalars(sa.select(AddressChange.email)).all()
        assert left == ([] if age == 25 else [NEW])
