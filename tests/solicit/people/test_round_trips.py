"""The road by mail, over a real mail server, with the worker's own task on a committed database."""

import re
import threading
from functools import partial

import pytest
import sqlalchemy as sa
from browser import Browser
from builders_mail import HEADERS, HOSTILE, listening
from builders_people import (
    PASSWORD,
    Mailbox,
    credentials,
    is_signed_in,
    make_account,
    make_second_factor,
    sign_in_with,
)

from solicit import create_app
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.jobs.tasks import run_worker
from solicit.mail.models import OutboxMail
from solicit.people import service
from solicit.people.models import AddressChange, FailedSignIn, Person
from solicit.people.states import LinkPurpose
from solicit.settings import Settings
from solicit.web.limits import limiter

PUBLIC_URL = "http://localhost"
# What arrives in a form is bytes.
HOSTILE_NAMES = HOSTILE | {"surrogate": b"Ada\xed\xa0\x80Bcc: evil@example.org"}


@pytest.fixture(scope="module")
def mailbox():
    return Mailbox()


@pytest.fixture(scope="module")
def site(make_database, tmp_path_factory, mailbox):
    """An application on a database of its own, whose mails go to a real server."""
    with listening(mailbox) as port:
        settings = Settings(
            instance_dir=tmp_path_factory.mktemp("people"),
            testing=True,
            public_url=PUBLIC_URL,
            mail_server="127.0.0.1",
            mail_port=port,
        )
        site = create_app(settings, make_database("solicit_people"))
        site.test_client_class = Browser
        site.config.update(WTF_CSRF_ENABLED=False)
        yield site
        with site.app_context():
            db.engine.dispose()


@pytest.fixture
def browser(site, mailbox):
    mailbox.envelopes.clear()
    with site.app_context():
        limiter.reset()
        yield site.test_client()
        db.session.remove()


def work_off_the_queue(site) -> None:
    # In a thread: where a browser test ran before, this one has an event loop already.
    work = partial(run_worker, site, database_url=site.config["SQLALCHEMY_DATABASE_URI"], wait=False)
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()


def link_in(text: str) -> str:
    """The path of the only link with a secret part in a mail."""
    (link,) = re.findall(rf"^{PUBLIC_URL}(/en/\S+/\S+/\S+)$", text.replace("=\r\n", ""), re.MULTILINE)
    return link


def person_of(email: str) -> Person:
    db.session.expire_all()
    return db.session.scalars(sa.select(Person).where(Person.email == email)).one()


def test_register_confirm_sign_in(site, browser, mailbox):
    email = "wanjiru@example.org"
    browser.post("/en/register", data={"full_name": "Wanjiru", "email": email, "password": PASSWORD})
    work_off_the_queue(site)
    (envelope,) = mailbox.envelopes
    assert envelope.rcpt_tos == [email]
    assert sorted(mailbox.headers(0)) == sorted(HEADERS)
    link = link_in(mailbox.body(0).replace("\r\n", "\n"))
    for _ in range(2):
        assert browser.get(link).status_code == 200
    assert person_of(email).confirmed_at is None
    assert sign_in_with(browser, email).status_code == 403
    assert browser.post(link).status_code == 303
    assert sign_in_with(browser, email).status_code == 303
    assert is_signed_in(browser)
    assert browser.get(link).status_code == 410


def test_reset_and_magic_link(site, browser, mailbox):
    person = make_account(db.session())
    browser.post("/en/account/reset", data={"email": person.email}, headers={"Host": "localhost"})
    work_off_the_queue(site)
    link = link_in(mailbox.body(0).replace("\r\n", "\n"))
    before = person_of(person.email).password
    assert browser.get(link).status_code == 200 and person_of(person.email).password == before
    assert browser.post(link, data={"password": "another fine password"}).status_code == 303
    assert sign_in_with(browser, person.email).status_code == 422
    browser.post("/en/sign-in/link", data={"email": person.email})
    work_off_the_queue(site)
    assert len(mailbox.envelopes) == 3
    assert browser.post(link_in(mailbox.body(2).replace("\r\n", "\n"))).status_code == 303
    assert is_signed_in(browser)


def test_address_changes_by_mail_and_both_addresses_know(site, browser, mailbox):
    person = make_account(db.session())
    old, new = person.email, "moved@example.org"
    sign_in_with(browser, old)
    browser.post("/en/account/address", data={"email": new, "present_password": PASSWORD})
    work_off_the_queue(site)
    bodies = {envelope.rcpt_tos[0]: n for n, envelope in enumerate(mailbox.envelopes)}
    assert set(bodies) == {old, new}
    assert browser.post(link_in(mailbox.body(bodies[new]).replace("\r\n", "\n"))).status_code == 303
    assert person_of(new).id == person.id
    work_off_the_queue(site)
    assert mailbox.envelopes[-1].rcpt_tos == [old] and "has a new address" in mailbox.envelopes[-1].content.decode()


def test_erased_person_gets_one_last_letter(site, browser, mailbox):
    person = make_account(db.session())
    email, person_id = person.email, person.id
    sign_in_with(browser, email)
    assert browser.post("/en/account/erase", data={"email": email}).status_code == 303
    work_off_the_queue(site)
    (envelope,) = mailbox.envelopes
    assert envelope.rcpt_tos == [email] and b"Your account is erased" in envelope.content
    assert not db.session.get(Person, person_id, populate_existing=True).active


def test_owner_is_told_of_a_second_factor(site, browser, mailbox):
    person = make_account(db.session())
    with transaction() as session:
        for act in ("set second factor", "remove second factor"):
            service.second_factor._tell(session, act, session.merge(person), utcnow())
    work_off_the_queue(site)
    subjects = sorted(re.search(rb"Subject: (.*)\r", envelope.content)[1].decode() for envelope in mailbox.envelopes)
    assert subjects == ["Your second factor is set up", "Your second factor was removed"]


def test_evil_host_sends_no_mail(site, browser, mailbox):
    person = make_account(db.session())
    answer = browser.post("/en/account/reset", data={"email": person.email}, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    work_off_the_queue(site)
    assert mailbox.envelopes == []


def test_hostile_names_never_add_a_header(site, browser, mailbox):
    statuses = {}
    for number, (kind, name) in enumerate(HOSTILE_NAMES.items()):
        form = {"full_name": name, "email": f"hostile{number}@example.org", "password": PASSWORD}
        with site.app_context():
            limiter.reset()
        statuses[kind] = browser.post("/en/register", data=form).status_code
    refused = {kind for kind, status in statuses.items() if status == 422}
    assert refused == {"NUL", "VT", "FF", "NEL", "long"}
    assert set(statuses.values()) == {303, 422}
    work_off_the_queue(site)
    assert len(mailbox.envelopes) == len(HOSTILE_NAMES) - len(refused)
    for number, envelope in enumerate(mailbox.envelopes):
        assert len(envelope.rcpt_tos) == 1 and envelope.rcpt_tos[0].startswith("hostile")
        assert sorted(mailbox.headers(number)) == sorted(HEADERS)
        assert b"evil" not in envelope.content


def test_every_letter_is_sent_in_plain_words(site, browser, mailbox):
    now = utcnow()
    person = make_account(db.session())
    with transaction() as session:
        for letter in service.links.Letter:
            service.write_letter(
                session, credentials=credentials(), letter=letter, email=person.email, locale="en", now=now
            )
        service.passwords._set_password(
            session, credentials(), session.merge(person), "another fine password", "en", now
        )
    work_off_the_queue(site)
    subjects = sorted(
        re.search(rb"^Subject: (.*)$", envelope.content, re.MULTILINE)[1].decode().strip()
        for envelope in mailbox.envelopes
    )
    assert subjects == [
        "Choose a new password",
        "You have an account already",
        "Your link to sign in",
        "Your password was changed",
    ]
    for number in range(len(mailbox.envelopes)):
        assert "http://localhost/en/" in mailbox.body(number) and "You get this mail because" in mailbox.body(number)
    left = sa.select(OutboxMail.state).where(OutboxMail.person_id == person.id)
    assert {state.value for state in db.session.scalars(left)} == {"sent"}


def all_at_once(site, work, n: int) -> list:
    """What ``n`` threads with connections of their own got out of ``work``."""
    results, start = [], threading.Barrier(n)

    def run() -> None:
        with site.app_context():
            start.wait()
            try:
                with transaction() as session:
                    results.append(work(session))
            except (service.TooManyTries, service.LinkUsedUp, service.WrongCode) as error:
                results.append(type(error))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_twelve_wrong_passwords_at_once_are_five(site, browser):
    now, keys = utcnow(), credentials()

    def attempt(session):
        return service.begin_attempt(session, credentials=keys, email="race@example.org", now=now)

    results = all_at_once(site, attempt, 12)
    assert results.count(None) == 5 and results.count(service.TooManyTries) == 7
    kept = sa.select(sa.func.count()).where(FailedSignIn.email_hash == keys.address_hash("race@example.org"))
    assert db.session.scalar(kept) == 5


def test_one_code_used_by_six_at_once_counts_once(site, browser):
    person, keys, now = make_account(db.session()), credentials(), utcnow()
    phone = make_second_factor(db.session(), person)
    for code in (phone.code(), phone.recovery_codes[0]):

        def use(session, code=code):
            service.check_second_factor(session, credentials=keys, person_id=person.id, code=code, now=now)

        results = all_at_once(site, use, 6)
        assert results.count(None) == 1 and results.count(service.WrongCode) == 5


def test_one_new_address_confirmed_by_six_at_once_changes_once(site, browser):
    person, keys, now = make_account(db.session()), credentials(), utcnow()
    with transaction() as session:
        service.ask_for_address(session, person_id=person.id, email="race2@example.org", locale="en", now=now)
    nonce = db.session.scalars(sa.select(AddressChange.nonce).where(AddressChange.person_id == person.id)).one()
    token = keys.link_token(LinkPurpose.NEW_ADDRESS, nonce)

    def use(session):
        return service.confirm_new_address(session, credentials=keys, token=token, contact="", now=now)

    results = all_at_once(site, use, 6)
    assert results.count(person.id) == 1 and results.count(service.LinkUsedUp) == 5


def test_one_link_used_by_eight_at_once_works_once(site, browser):
    person, keys, now = make_account(db.session()), credentials(), utcnow()
    token = keys.link_token(LinkPurpose.SIGN_IN, person.fs_uniquifier)

    def use(session):
        return service.use_magic_link(session, credentials=keys, token=token, now=now)

    results = all_at_once(site, use, 8)
    assert results.count(person.id) == 1 and results.count(service.LinkUsedUp) == 7


def test_one_address_registered_by_eight_at_once_is_one_account(site, browser):
    keys, now = credentials(), utcnow()

    def register(session):
        return service.register(
            session,
            credentials=keys,
            email="twins@example.org",
            full_name="Twin",
            password=PASSWORD,
            locale="en",
            now=now,
        )

    assert all_at_once(site, register, 8) == [None] * 8
    assert person_of("twins@example.org").full_name == "Twin"
