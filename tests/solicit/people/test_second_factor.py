import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_people import (
    PASSWORD,
    credentials,
    is_signed_in,
    make_account,
    make_second_factor,
    sign_in_with,
)

from solicit.access import service as access
from solicit.access.models import SignIn
from solicit.access.policy import Role
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.people import service
from solicit.people.models import AddressChange, Person, RecoveryCode
from solicit.people.states import LinkPurpose
from solicit.settings import BadSettings, Settings

CODE_PAGE = "/en/sign-in/code"


@pytest.fixture
def required(app):
    """The site asks organizers and administrators for a second factor."""
    own = app.extensions["settings"]
    app.extensions["settings"] = replace(own, second_factor="required")
    yield lambda **values: app.extensions.update(settings=replace(own, second_factor="required", **values))
    app.extensions["settings"] = own


@pytest.fixture
def person(session):
    return make_account(session)


@pytest.fixture
def phone(session, person):
    return make_second_factor(session, person)


def give(client, code: str, **query):
    return client.post(CODE_PAGE, data={"code": code}, query_string=query)


def test_production_insists_on_second_factors():
    with pytest.raises(BadSettings, match="SOLICIT_SECOND_FACTOR must be required"):
        Settings(environment="production", second_factor="optional").checked()
    with pytest.raises(BadSettings, match="required or optional"):
        Settings(second_factor="sometimes").checked()
    assert Settings().second_factor == "required"


def test_password_opens_half_and_the_code_the_rest(client, session, person, phone):
    answer = sign_in_with(client, person.email, next="/en/account?x=1")
    assert answer.location == f"{CODE_PAGE}?next=/en/account?x%3D1"
    assert not is_signed_in(client)
    assert client.get(CODE_PAGE).status_code == 200
    answer = give(client, phone.code(), next="/en/account?x=1")
    assert (answer.status_code, answer.location) == (303, "/en/account?x=1")
    assert is_signed_in(client)
    assert session.scalars(sa.select(SignIn.is_pending)).all() == [False]


def test_mailed_link_and_reset_do_not_pass_it_by(app, client, session, person, phone):
    link = credentials().link_token(LinkPurpose.SIGN_IN, person.fs_uniquifier)
    assert client.post(f"/en/sign-in/link/{link}").location.startswith(CODE_PAGE)
    assert not is_signed_in(client)
    session.refresh(person)
    link = credentials().link_token(LinkPurpose.RESET, person.fs_uniquifier)
    new = "another fine password"
    assert client.post(f"/en/account/reset/{link}", data={"password": new}).location == "/en/sign-in"
    assert sign_in_with(client, person.email, new).location.startswith(CODE_PAGE)
    assert not is_signed_in(client)


def test_pending_sign_in_opens_no_door(app, client, session, person, phone):
    sign_in_with(client, person.email)
    with client.session_transaction() as cookie:
        pending = cookie["pending_sign_in"]
        assert "sign_in" not in cookie
    forged = app.test_client()
    with forged.session_transaction() as cookie:
        cookie["sign_in"] = pending
    assert not is_signed_in(forged)


def test_whole_sign_in_has_a_token_of_its_own(client, person, phone):
    sign_in_with(client, person.email)
    with client.session_transaction() as cookie:
        pending = cookie["pending_sign_in"]
    give(client, phone.code())
    with client.session_transaction() as cookie:
        assert cookie["sign_in"] != pending and "pending_sign_in" not in cookie


def test_pending_sign_in_lives_ten_minutes(client, session, person, phone):
    sign_in_with(client, person.email)
    session.execute(sa.update(SignIn).values(created_at=utcnow() - timedelta(minutes=10, seconds=1)))
    assert give(client, phone.code()).location.startswith("/en/sign-in?next=")
    assert not is_signed_in(client)


def test_signing_out_ends_a_pending_sign_in(client, session, person, phone):
    sign_in_with(client, person.email)
    client.post("/en/sign-out")
    assert session.scalars(sa.select(SignIn.id)).all() == []


@pytest.mark.parametrize("code", ["000000", "12345", "", "x" * 500, "१२३४५६", "0" * 6 + "\0", "aaaa-aaaa-aaaa"])
def test_wrong_code_is_refused(client, person, phone, code):
    sign_in_with(client, person.email)
    answer = give(client, code)
    assert answer.status_code == 422 and "Error:" in answer.text
    assert not is_signed_in(client)


def test_sixth_wrong_code_in_a_minute_waits(app, client, session, person, phone):
    sign_in_with(client, person.email)
    assert [give(client, "000000").status_code for _ in range(6)] == [422] * 5 + [429]
    other = app.test_client()
    sign_in_with(other, person.email)
    assert give(other, phone.code()).status_code == 429


def test_code_of_one_step_counts_once(app, client, person, phone):
    code = phone.code()
    sign_in_with(client, person.email)
    assert give(client, code).status_code == 303
    other = app.test_client()
    sign_in_with(other, person.email)
    assert give(other, code).status_code == 422
    assert give(other, phone.code(steps=-1)).status_code == 422
    assert give(other, phone.code(steps=1)).status_code == 303


def test_clock_may_be_one_step_off(client, person, phone):
    sign_in_with(client, person.email)
    assert give(client, phone.code(steps=3)).status_code == 422
    assert give(client, phone.code(steps=-1)).status_code == 303


def test_recovery_code_works_once_however_it_is_typed(app, client, session, person, phone):
    assert len(set(phone.recovery_codes)) == 10
    sign_in_with(client, person.email)
    assert give(client, phone.recovery_codes[3].replace("-", " ").upper()).status_code == 303
    other = app.test_client()
    sign_in_with(other, person.email)
    assert give(other, phone.recovery_codes[3]).status_code == 422
    kept = session.scalars(sa.select(RecoveryCode.code_hash)).all()
    plain = phone.recovery_codes[0].replace("-", "").encode()
    assert len(kept) == 10 and all(plain not in hashed for hashed in kept)


def test_code_of_another_person_opens_nothing(client, session, person, phone):
    other = make_account(session)
    theirs = make_second_factor(session, other)
    sign_in_with(client, person.email)
    for code in (theirs.code(), theirs.recovery_codes[0]):
        assert give(client, code).status_code == 422


def test_secret_is_encrypted_with_a_key_of_the_site(session, person):
    service.begin_setup(session, credentials=credentials(), person_id=person.id)
    setup = service.setup_of(session, credentials=credentials(), person_id=person.id)
    assert setup.secret.replace(" ", "") in setup.address
    assert setup.secret.replace(" ", "") not in person.totp_secret
    foreign = credentials().totp.using(secrets={"1": "another key of another site"})
    assert foreign.from_source(person.totp_secret).pretty_key(sep=" ") != setup.secret


def test_set_up_by_picture_or_key_and_one_code(app, client, session, person):
    sign_in(client, session, person)
    elsewhere = app.test_client()
    sign_in(elsewhere, session, person)
    before = client.get("/en/account/second-factor")
    assert "<svg" not in before.text.partition("<main")[2] and session.get(Person, person.id).totp_secret is None
    assert client.post("/en/account/second-factor/begin").status_code == 303
    page = client.get("/en/account/second-factor").text
    assert 'class="qr"' in page and "style=" not in page
    key = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    totp = credentials().totp(key=key)
    confirm = "/en/account/second-factor/confirm"
    assert client.post(confirm, data={"code": "000000"}).status_code == 422
    assert is_signed_in(elsewhere)
    page = client.post(confirm, data={"code": totp.generate(time=utcnow()).token}).text
    codes = re.findall(r"<code>([a-z0-9-]{14})</code>", page)
    assert len(codes) == 10
    assert is_signed_in(client) and not is_signed_in(elsewhere)
    shown = client.get("/en/account/second-factor").text
    assert key not in shown and not any(code in shown for code in codes)
    assert session.scalars(sa.select(OutboxMail.kind)).all() == ["second_factor_changed"]


def test_new_recovery_codes_end_the_old_ones(app, client, session, person, phone):
    sign_in(client, session, person)
    page = client.post("/en/account/second-factor/codes").text
    codes = re.findall(r"<code>([a-z0-9-]{14})</code>", page)
    other = app.test_client()
    sign_in_with(other, person.email)
    assert give(other, phone.recovery_codes[0]).status_code == 422
    assert give(other, codes[0]).status_code == 303


def test_removed_second_factor_is_asked_for_no_more(client, session, person, phone):
    sign_in(client, session, person)
    assert client.post("/en/account/second-factor/begin").status_code == 409
    client.post("/en/account/second-factor/remove")
    client.post("/en/sign-out")
    assert sign_in_with(client, person.email).location == "/en/"
    assert session.scalars(sa.select(RecoveryCode.id)).all() == []
    assert session.scalars(sa.select(OutboxMail.kind)).all() == ["second_factor_changed"]


def test_organizer_without_one_is_led_to_set_it_up(required, client, session):
    call = make_call(session)
    organizer = make_organizer(session, call, password=credentials().hashed(PASSWORD))
    session.commit()
    doors = [f"/{call.slug}/organize", f"/{call.slug}/organize/panels", f"/{call.slug}/organize/export"]
    assert sign_in_with(client, organizer.email, next=doors[0]).location == "/en/account/second-factor"
    assert {client.get(door).location for door in doors} == {"/en/account/second-factor"}
    assert client.post(f"/{call.slug}/organize/panels", data={"name": "x"}).location == "/en/account/second-factor"
    assert "Your role opens names and texts" in client.get("/en/account/second-factor").text
    assert client.get("/en/account").status_code == 200
    make_second_factor(session, organizer)
    assert client.get(doors[0]).status_code in (200, 303)
    client.post("/en/sign-out")
    assert sign_in_with(client, organizer.email, next=doors[0]).location.startswith(CODE_PAGE)


def test_administrator_needs_one_and_submitter_does_not(required, client, session):
    person = make_account(session)
    assert sign_in_with(client, person.email).location == "/en/"
    access.grant_role(session, person_id=person.id, role=Role.ADMINISTRATOR, now=utcnow())
    client.post("/en/sign-out")
    assert sign_in_with(client, person.email).location == "/en/account/second-factor"


def test_role_without_its_second_factor_hides_foreign_doors_alike(required, client, session):
    call, other = make_call(session), make_call(session)
    organizer = make_organizer(session, call)
    sign_in(client, session, organizer)
    assert client.get(f"/{other.slug}/organize").status_code == 403
    assert client.get(f"/{call.slug}/organize/questions/999999").status_code in (404, 303)


def test_demonstration_asks_nobody(required, client, session):
    required(demo=True)
    call = make_call(session)
    organizer = make_organizer(session, call, password=credentials().hashed(PASSWORD))
    session.commit()
    sign_in_with(client, organizer.email)
    assert client.get(f"/{call.slug}/organize").status_code == 200


def test_signing_in_with_a_code_costs_few_statements(client, session, person, phone, count_statements):
    sign_in_with(client, person.email)
    count_statements.clear()
    client.get(CODE_PAGE)
    assert len(count_statements) <= 4
    count_statements.clear()
    sign_in(client, session, person)
    count_statements.clear()
    client.get("/en/account/second-factor")
    assert len(count_statements) <= 8


def test_password_and_mail_are_no_proof_for_who_has_a_second_factor(client, session, person, phone):
    """Whoever finds an open browser and a password would else remove the second factor, or take the data."""
    sign_in(client, session, person)
    session.execute(sa.update(SignIn).values(proved_at=utcnow() - timedelta(minutes=11)))
    new = {"present_password": PASSWORD, "password": "another fine password"}
    assert client.post("/en/account/password", data=new).status_code == 303
    assert is_signed_in(client)
    asked = client.post("/en/account/second-factor/remove")
    assert asked.location.startswith("/en/account/prove")
    wish = {"email": "new@example.org", "present_password": new["password"]}
    assert client.post("/en/account/address", data=wish).status_code == 303
    nonce = session.scalars(sa.select(AddressChange.nonce)).one()
    link = credentials().link_token(LinkPurpose.NEW_ADDRESS, nonce)
    assert client.post(f"/en/account/address/{link}").location == "/en/account"
    asked = client.post("/en/account/second-factor/remove")
    assert asked.location.startswith("/en/account/prove")
    assert session.scalars(sa.select(Person.totp_confirmed_at).where(Person.id == person.id)).one() is not None


def test_new_password_keeps_a_proof_that_was_given(client, session, person, phone):
    sign_in(client, session, person)
    client.post("/en/account/password", data={"present_password": PASSWORD, "password": "another fine password"})
    assert client.get("/en/account/second-factor").status_code == 200
