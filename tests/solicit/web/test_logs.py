"""What is written into the log, and that nothing of people is (TRUST, T15)."""

import json
import logging

import pytest
from builders import make_call, sign_in
from builders_people import PASSWORD, make_account
from sqlalchemy.exc import IntegrityError

from solicit import create_app
from solicit.access.models import SignIn
from solicit.clock import utcnow
from solicit.mail.service import Recipient, enqueue
from solicit.postgres import DatabaseUrls
from solicit.settings import Settings
from solicit.web.logs import JsonLines, PlainLines

CANARY = "canary7f3k"


def record_of(error: BaseException, name: str = "solicit.web.errors") -> logging.LogRecord:
    try:
        raise error
    except type(error):
        import sys

        return logging.LogRecord(name, logging.ERROR, __file__, 1, "Unexpected error, %s", ("a1b2",), sys.exc_info())


def test_error_is_told_by_kind_and_place_and_not_by_its_words():
    event = json.loads(JsonLines().format(record_of(ValueError(CANARY))))
    assert (event["error"], event["event"], event["level"]) == ("ValueError", "Unexpected error, a1b2", "error")
    assert event["places"][-1].startswith("tests/solicit/web/test_logs.py:")
    assert CANARY not in json.dumps(event)
    plain = PlainLines().format(record_of(ValueError(CANARY)))
    assert "error=ValueError" in plain and CANARY not in plain


def test_refusal_of_the_database_names_the_constraint_and_no_value(session):
    session.add(SignIn(person_id=None, token_hash=CANARY.encode(), created_at=utcnow()))
    with pytest.raises(IntegrityError) as refused:
        session.flush()
    line = JsonLines().format(record_of(refused.value))
    assert "IntegrityError" in line and CANARY not in line


def test_queue_tells_task_and_number_and_no_argument():
    record = logging.LogRecord("procrastinate.worker", logging.INFO, __file__, 1, f"Starting ({CANARY})", (), None)
    record.action, record.job = "start_job", {"task_name": "mail.send", "id": 7, "task_kwargs": {"to": CANARY}}
    event = json.loads(JsonLines().format(record))
    assert event["event"] == "start_job mail.send 7"
    assert CANARY not in json.dumps(event)


@pytest.fixture
def lines(caplog):
    """What the handlers of a site would have written, at the most talkative level."""
    caplog.set_level(logging.DEBUG)
    return lambda: [JsonLines().format(record) for record in caplog.records]


def test_log_of_a_day_names_endpoints_and_nobody(app, session, client, lines):
    call = make_call(session)
    person = make_account(session, email=f"{CANARY}@example.org", full_name=f"Zoe {CANARY}")
    enqueue(session, to=Recipient(person.email, "en"), kind="magic_link", params={"path": f"/{CANARY}"}, now=utcnow())
    client.post("/en/sign-in", data={"email": f"{CANARY}@example.org", "password": f"wrong {CANARY}"})
    client.post("/en/sign-in", data={"email": f"{CANARY}@example.org", "password": PASSWORD})
    sign_in(client, session, person)
    client.get(f"/en/{call.slug}/questions?q={CANARY}")
    client.get(f"/en/{CANARY}/confirm/{CANARY}")
    assert [line for line in lines() if CANARY in line] == []


def test_each_request_is_one_line_with_its_endpoint(tmp_path, capsys):
    nobody = "postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=2"
    settings = Settings(instance_dir=tmp_path, log_format="json")
    before = logging.getLogger().handlers[:]
    try:
        client = create_app(settings, DatabaseUrls(nobody, nobody)).test_client()
        client.get(f"/health?q={CANARY}")
    finally:
        logging.getLogger().handlers[:] = before
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines() if '"request"' in line]
    assert {key: line[key] for key in ("logger", "endpoint", "method", "status")} == {
        "logger": "solicit.requests",
        "endpoint": "operating.health",
        "method": "GET",
        "status": 200,
    }
    assert line["ms"] >= 0 and CANARY not in json.dumps(line)
