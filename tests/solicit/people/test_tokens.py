"""Personal keys to the API: made with a fresh proof, shown once, revoked, and never more than their person."""

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_people import PASSWORD, credentials, make_account

from solicit.__main__ import cli
from solicit.access.models import ApiToken, SignIn
from solicit.access.service import forget_tokens, token_hash
from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.mail.letters import read_letter
from solicit.mail.models import OutboxMail
from solicit.people.states import LinkPurpose

TOKENS = "/en/account/tokens"
FORM = dict(name="statistics", scopes=["read:own", "read:public"], call="", days="30")


@pytest.fixture
def person(session, client):
    person = make_account(session)
    sign_in(client, session, person)
    return person


def made(client, **changes) -> str:
    answer = client.post(TOKENS, data=FORM | changes)
    assert answer.status_code == 200, answer.text
    return re.search(r"solicit_[\w-]{43}", answer.text)[0]


def asked(client, token: str, path: str):
    return client.get(path, headers={"Authorization": f"Bearer {token}"})


def test_token_is_shown_once_and_its_hash_is_kept(client, session, person):
    token = made(client)
    kept = session.scalars(sa.select(ApiToken)).one()
    assert (kept.token_hash, kept.scopes, kept.used_on) == (token_hash(token), FORM["scopes"], None)
    assert kept.expires_at - kept.created_at == timedelta(days=30)
    listed = client.get(TOKENS).text
    assert "statistics" in listed and "Not used yet." in listed and token not in listed
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert (mail.kind, mail.recipient, mail.params["name"]) == ("api_token_created", person.email, "statistics")
    assert session.scalars(sa.select(AuditEvent.act)).all() == ["create"]
    assert asked(client, token, "/api/v1/calls").status_code == 200
    assert "Last used on" in client.get(TOKENS).text


def test_form_is_refused_without_name_scope_or_end(client, session, person):
    for changes in ({"name": ""}, {"scopes": []}, {"days": "9999"}, {"scopes": ["write:desk"]}, {"call": "none"}):
        assert client.post(TOKENS, data=FORM | changes).status_code == 422
    assert session.scalar(sa.select(sa.func.count(ApiToken.id))) == 0


def test_token_that_takes_names_away_lives_a_week_at_most(app, client, session):
    organizer = make_organizer(session, make_call(session), email="ada@example.org")
    sign_in(client, session, organizer)
    naming = {"scopes": ["read:exports", "write:exports"]}
    answer = client.post(TOKENS, data=FORM | naming)
    assert answer.status_code == 422 and "lives at most 7 days" in answer.text
    asked = ["--name", "x", "--scope", "write:exports", "--days"]
    result = app.test_cli_runner().invoke(cli, ["token", "create", "ada@example.org", *asked, "30"])
    assert result.exit_code == 1 and "lives at most 7 days" in result.output
    assert session.scalar(sa.select(sa.func.count(ApiToken.id))) == 0
    made(client, **naming, days="7")


def test_old_proof_makes_no_token(client, session, person):
    session.execute(sa.update(SignIn).values(proved_at=utcnow() - timedelta(minutes=11)))
    assert client.get(TOKENS).location == f"/en/account/prove?next={TOKENS}"
    assert client.post(TOKENS, data=FORM).status_code == 303
    assert session.scalar(sa.select(sa.func.count(ApiToken.id))) == 0


def test_twenty_tokens_are_enough(client, session, person):
    session.add_all(
        ApiToken(
            person_id=person.id, name="x", scopes=["read:own"], token_hash=bytes([n]),
            created_at=utcnow(), expires_at=utcnow() + timedelta(days=7),
        )
        for n in range(20)
    )  # fmt: skip
    answer = client.post(TOKENS, data=FORM)
    assert answer.status_code == 422 and "You have 20 tokens already." in answer.text


def test_all_that_ends_a_token_is_answered_alike(client, session, person):
    path, token = "/api/v1/calls", made(client)
    kept = session.scalars(sa.select(ApiToken)).one()
    refused = {
        asked(client, f"solicit_{'x' * 43}", path).data,
        client.get(path, headers={"Authorization": "Basic eA=="}).data,
    }

    lives = {"expires_at": kept.expires_at, "revoked_at": None}
    for ended in ({"expires_at": utcnow()}, {"revoked_at": utcnow()}):
        session.execute(sa.update(ApiToken).values(lives | ended))
        assert asked(client, token, path).status_code == 401
        refused.add(asked(client, token, path).data)
    session.execute(sa.update(ApiToken).values(lives))
    person.active = False
    assert asked(client, token, path).headers["WWW-Authenticate"] == "Bearer realm=solicit"
    refused.add(asked(client, token, path).data)
    person.active = True
    assert asked(client, token, path).status_code == 200
    assert client.post(f"{TOKENS}/{kept.id}/revoke").status_code == 303
    refused.add(asked(client, token, path).data)
    assert len(refused) == 1
    assert client.post(f"{TOKENS}/{kept.id}/revoke").status_code == 404


def test_organizer_makes_a_token_with_a_second_factor_only(app, client, session, monkeypatch):
    organizer = make_organizer(session, make_call(session))
    sign_in(client, session, organizer)
    monkeypatch.setattr("solicit.access.guard.needs_second_factor", lambda grants: bool(grants))
    assert client.post(TOKENS, data=FORM).location == "/en/account/second-factor"
    organizer.totp_secret, organizer.totp_confirmed_at = "a secret", utcnow()
    made(client, scopes=["read:desk"])


def test_tokens_that_ended_are_forgotten(client, session, person):
    made(client)
    forget_tokens(session, over_before=utcnow() + timedelta(days=29))
    assert session.scalar(sa.select(sa.func.count(ApiToken.id))) == 1
    forget_tokens(session, over_before=utcnow() + timedelta(days=31))
    assert session.scalar(sa.select(sa.func.count(ApiToken.id))) == 0


def test_commands_make_list_and_revoke(app, session):
    person = make_account(session, email="ada@example.org")
    runner = app.test_cli_runner()

    def run(*words):
        return runner.invoke(cli, ["token", *words])

    told = run("create", "ada@example.org", "--name", "statistics", "--scope", "read:own", "--days", "7", "--json")
    token = json.loads(told.output)["token"]
    listed = json.loads(run("list", "ada@example.org", "--json").output)
    assert (listed["name"], listed["scopes"], listed["call"]) == ("statistics", ["read:own"], None)
    assert session.scalars(sa.select(ApiToken.token_hash)).one() == token_hash(token)
    assert run("list", person.email).output.startswith(f"{listed['id']}\tstatistics\tread:own\tall calls\t")
    assert run("revoke", person.email, str(listed["id"])).output == "The token is revoked.\n"
    assert run("revoke", person.email, str(listed["id"])).exit_code == 1
    assert run("create", person.email, "--name", "x", "--scope", "read:own", "--call", "none").exit_code == 1


def test_token_stands_in_no_log_and_no_outbox(client, session, person, caplog):
    with caplog.at_level("DEBUG"):
        token = made(client)
        assert asked(client, token, "/api/v1/calls").status_code == 200
        assert asked(client, token + "x", "/api/v1/calls").status_code == 401
    logged = [record.getMessage() + str(vars(record)) for record in caplog.records]
    assert logged and not any(token in line for line in logged)
    kept = session.scalars(sa.text("SELECT row_to_json(t)::text FROM outbox_mail t")).all()
    kept += session.scalars(sa.text("SELECT row_to_json(t)::text FROM audit_event t")).all()
    assert kept and not any(token in row for row in kept)


NEW_PASSWORD = "several words in a row"


def change_password(client, **choice):
    typed = {"present_password": PASSWORD, "password": NEW_PASSWORD}
    return client.post("/en/account/password", data=typed | choice, follow_redirects=True)


def test_new_password_revokes_tokens_and_says_so(client, session, person):
    token = made(client)
    assert "Keep my tokens" in client.get("/en/account/password").text
    assert "1 token was revoked." in change_password(client).text
    assert asked(client, token, "/api/v1/calls").status_code == 401
    mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "password_changed")).one()
    assert mail.params == {"path": "/en/account/reset", "n_tokens": 1}
    letter = read_letter(mail.kind, params=mail.params, locale="en").as_text()
    assert "1 token, with which a program spoke for you, was revoked, too." in letter
    details = session.scalars(sa.select(AuditEvent.details).where(AuditEvent.act == "set password")).one()
    assert details == {"n_tokens": 1}


def test_tokens_outlive_a_new_password_where_their_owner_says_so(client, session, person):
    token = made(client)
    assert "revoked" not in change_password(client, keeps_tokens="y").text
    assert asked(client, token, "/api/v1/calls").status_code == 200
    mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "password_changed")).one()
    assert "revoked" not in read_letter(mail.kind, params=mail.params, locale="en").as_text()


def test_nobody_is_asked_about_tokens_who_has_none(client, session, person):
    assert "Keep my tokens" not in client.get("/en/account/password").text
    assert "revoked" not in change_password(client).text


def test_reset_by_a_letter_revokes_every_token_and_says_so(app, client, session, person):
    tokens = [made(client), made(client)]
    link = credentials().link_token(LinkPurpose.RESET, person.fs_uniquifier)
    back = app.test_client()
    assert "every token" in back.get(f"/en/account/reset/{link}").text
    data = {"password": NEW_PASSWORD, "keeps_tokens": "y"}
    answer = back.post(f"/en/account/reset/{link}", data=data, follow_redirects=True)
    assert "2 tokens were revoked." in answer.text
    assert [asked(back, token, "/api/v1/calls").status_code for token in tokens] == [401, 401]
    mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "password_changed")).one()
    assert mail.params["n_tokens"] == 2
