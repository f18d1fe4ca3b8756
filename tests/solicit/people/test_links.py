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
    written_letters,
)

from solicit.access.models import SignIn
from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.people import service
from solicit.people.models import Person
from solicit.people.states import LINK_LIFE, Letter, LinkPurpose

PATHS = {
    LinkPurpose.CONFIRM: "/en/account/confirm/",
    LinkPurpose.RESET: "/en/account/reset/",
    LinkPurpose.SIGN_IN: "/en/sign-in/link/",
}
ASK = {
    LinkPurpose.CONFIRM: "/en/account/confirm",
    LinkPurpose.RESET: "/en/account/reset",
    LinkPurpose.SIGN_IN: "/en/sign-in/link",
}
NEW_PASSWORD = "another fine password"


def link(person, purpose: LinkPurpose) -> str:
    return credentials().link_token(purpose, person.fs_uniquifier)


def use(client, purpose: LinkPurpose, token: str):
    return client.post(PATHS[purpose] + token, data={"password": NEW_PASSWORD})


@pytest.fixture(params=PATHS)
def purpose(request):
    return request.param


def test_lives_are_those_of_the_catalogue():
    minutes = {purpose: life.total_seconds() / 60 for purpose, life in LINK_LIFE.items()}
    assert minutes == {
        LinkPurpose.CONFIRM: 24 * 60,
        LinkPurpose.RESET: 30,
        LinkPurpose.SIGN_IN: 10,
        LinkPurpose.NEW_ADDRESS: 24 * 60,
    }


def test_link_works_once(client, session, purpose):
    token = link(make_account(session), purpose)
    assert client.get(PATHS[purpose] + token).status_code == 200
    assert use(client, purpose, token).status_code == 303
    for answer in (client.get(PATHS[purpose] + token), use(client, purpose, token)):
        assert answer.status_code == 410
        assert f'href="{ASK[purpose]}"' in answer.text


def test_link_is_bound_to_its_purpose(client, session, purpose):
    person = make_account(session)
    for other in set(PATHS) - {purpose}:
        assert client.get(PATHS[purpose] + link(person, other)).status_code == 410
        assert use(client, purpose, link(person, other)).status_code == 410


def test_link_expires(session, purpose):
    person = make_account(session)
    token = link(person, purpose)
    given = dict(credentials=credentials(), purpose=purpose, token=token)
    almost, over = LINK_LIFE[purpose] - timedelta(seconds=5), LINK_LIFE[purpose] + timedelta(seconds=1)
    assert service.owner_of_link(session, **given, now=utcnow() + almost) == person.full_name
    with pytest.raises(service.LinkUsedUp):
        service.owner_of_link(session, **given, now=utcnow() + over)
    with pytest.raises(service.LinkUsedUp):
        service.links.use_link(session, **given, now=utcnow() + over)


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "é", "x" * 4_000, "..%2f..%2fx", "bnVsbA.aaaa.bbbb"])
def test_forged_link_is_used_up(client, session, purpose, token):
    assert client.get(PATHS[purpose] + token).status_code in (404, 410)
    assert use(client, purpose, token).status_code in (404, 410)


def test_link_that_carries_no_text_is_used_up(client, session, purpose):
    make_account(session)
    for payload in (None, 7, ["x"], {"a": 1}):
        token = credentials().signers[purpose].dumps(payload)
        assert client.get(PATHS[purpose] + token).status_code == 410


def test_link_of_another_installation_is_used_up(client, session, purpose):
    person = make_account(session)
    signer = type(credentials().signers[purpose])("another secret", salt=credentials().signers[purpose].salt)
    assert client.get(PATHS[purpose] + signer.dumps(person.fs_uniquifier)).status_code == 410


def test_link_of_a_closed_account_is_used_up(client, session, purpose):
    person = make_account(session, active=False)
    assert use(client, purpose, link(person, purpose)).status_code == 410


def test_using_one_link_ends_the_others(client, session, purpose):
    person = make_account(session)
    others = {other: link(person, other) for other in PATHS}
    use(client, purpose, others[purpose])
    assert {use(client, other, token).status_code for other, token in others.items()} == {410}


def test_new_password_ends_links(app, client, session):
    person = make_account(session)
    token = link(person, LinkPurpose.SIGN_IN)
    sign_in(client, session, person)
    client.post("/en/account/password", data={"present_password": PASSWORD, "password": NEW_PASSWORD})
    assert use(app.test_client(), LinkPurpose.SIGN_IN, token).status_code == 410


def test_reset_sets_the_password_and_ends_sign_ins(app, client, session):
    person = make_account(session)
    sign_in(client, session, person)
    answer = use(app.test_client(), LinkPurpose.RESET, link(person, LinkPurpose.RESET))
    assert answer.location == "/en/sign-in"
    assert not is_signed_in(client)
    assert session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 0
    assert sign_in_with(client, person.email).status_code == 422
    assert sign_in_with(client, person.email, NEW_PASSWORD).status_code == 303
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.kind, mail.recipient) == ("password_changed", person.email)
    assert client.get(mail.params["path"]).status_code == 200
    assert "set password" in session.scalars(sa.select(AuditEvent.act)).all()


def test_weak_new_password_leaves_the_link_alive(client, session):
    person = make_account(session)
    token = link(person, LinkPurpose.RESET)
    before = person.password
    answer = client.post(PATHS[LinkPurpose.RESET] + token, data={"password": "qwerty123456"})
    assert answer.status_code == 422 and "harder to guess" in answer.text
    assert client.post(PATHS[LinkPurpose.RESET] + token, data={}).status_code == 422
    session.expire_all()
    assert session.scalars(sa.select(Person.password)).one() == before
    assert use(client, LinkPurpose.RESET, token).status_code == 303


def test_reset_proves_the_address(client, session):
    person = make_account(session, confirmed_at=None)
    use(client, LinkPurpose.RESET, link(person, LinkPurpose.RESET))
    assert sign_in_with(client, person.email, NEW_PASSWORD).status_code == 303


def test_unconfirmed_address_gets_no_sign_in_link(client, session):
    """Somebody else may have chosen the account's password before its owner proves the address."""
    person = make_account(session, confirmed_at=None)
    client.post(ASK[LinkPurpose.SIGN_IN], data={"email": person.email})
    letter = written_letters(session)[-1]
    assert letter.kind == "reset_password"
    assert client.post(letter.params["path"], data={"password": NEW_PASSWORD}).status_code == 303
    assert sign_in_with(client, person.email, PASSWORD).status_code == 422
    assert sign_in_with(client, person.email, NEW_PASSWORD).status_code == 303


@pytest.mark.parametrize("email", ["nobody@example.org", "closed@example.org"])
def test_nobody_gets_a_letter(client, session, email):
    make_account(session, email="closed@example.org", active=False)
    for path in ASK.values():
        client.post(path, data={"email": email})
    assert written_letters(session) == []


@pytest.mark.parametrize("path", ASK.values())
def test_bad_address_is_refused(client, session, path):
    assert client.get(path).status_code == 200
    answer = client.post(path, data={"email": "no address"})
    assert answer.status_code == 422 and 'value="no address"' in answer.text


def test_at_most_five_letters_an_hour(session, now):
    person = make_account(session)
    given = dict(credentials=credentials(), letter=Letter.RESET_PASSWORD, email=person.email, locale="en")
    for _ in range(7):
        service.write_letter(session, **given, now=now)
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 5
    service.write_letter(session, **given, now=now + timedelta(hours=1))
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 6


def test_letter_is_in_the_language_of_its_owner(session, now):
    person = make_account(session, locale="ar")
    service.write_letter(
        session, credentials=credentials(), letter=Letter.MAGIC_LINK, email=person.email, locale="en", now=now
    )
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert mail.locale == "ar" and mail.params["path"].startswith("/en/")
