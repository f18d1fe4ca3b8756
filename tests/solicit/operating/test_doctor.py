"""What the doctor finds, part by part, and what it tells an operator to do."""

import json
import socket
from datetime import timedelta

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from solicit.clock import utcnow
from solicit.jobs.service import defer
from solicit.operating.commands import doctor
from solicit.operating.queries import checks
from solicit.operating.states import Finding, Health
from solicit.settings import Settings
from solicit.web.commands import wanted_revision
from solicit.web.output import Speaking


@pytest.fixture
def connection(session):
    return session.connection()


@pytest.fixture
def run(app, session):
    """Run the command under a root that gives it ``--json``, as ``solicit`` does."""
    session.commit()
    root = Speaking("solicit")
    root.add_command(doctor)
    return lambda *arguments: app.test_cli_runner().invoke(root, ["doctor", *arguments])


def healths(findings: list[Finding]) -> dict[str, Health]:
    return {finding.part: finding.health for finding in findings}


def test_database_that_fits_is_well(connection):
    found = checks.database_findings(connection, head=wanted_revision(), now=utcnow())
    assert healths(found) == dict.fromkeys(("database", "tables", "clock"), Health.WELL)


def test_old_tables_and_a_wrong_clock_are_faults_with_a_remedy(connection):
    found = checks.database_findings(connection, head="9999_later", now=utcnow() + timedelta(hours=1))
    assert healths(found) == {"database": Health.WELL, "tables": Health.FAULT, "clock": Health.FAULT}
    assert [finding.remedy for finding in found[1:]] == [
        "Run: solicit db upgrade",
        "Let both keep time by NTP: closing times depend on it.",
    ]


def test_worker_is_alive_while_it_is_heard_of(connection):
    now = utcnow()
    assert healths(checks.worker_findings(connection, now=now)) == {"worker": Health.FAULT, "queue": Health.WELL}
    heard = sa.text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (:at)")
    connection.execute(heard, {"at": now - timedelta(seconds=61)})
    assert healths(checks.worker_findings(connection, now=now))["worker"] is Health.FAULT
    connection.execute(heard, {"at": now - timedelta(seconds=5)})
    assert healths(checks.worker_findings(connection, now=now))["worker"] is Health.WELL


def test_queue_that_stands_still_is_noticed(session, connection):
    defer(session, "nobody.does_this")
    now = utcnow() + timedelta(minutes=11)
    queue = checks.worker_findings(connection, now=now)[1]
    assert (queue.health, queue.found) == (Health.WARNING, "The oldest job has waited for 11 minutes.")


def test_mail_server_is_asked_and_nothing_is_sent(tmp_path):
    sent = []

    class Keeper:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
            sent.append(envelope)
            return "250 OK"

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(Keeper(), hostname="127.0.0.1", port=port)
    controller.start()
    settings = Settings(instance_dir=tmp_path, mail_server="127.0.0.1", mail_port=port)
    assert checks.mail_finding(settings).health is Health.WELL
    controller.stop()
    assert checks.mail_finding(settings).health is Health.FAULT
    assert checks.mail_finding(Settings(instance_dir=tmp_path)).health is Health.WARNING
    assert sent == []


def test_a_full_disk_is_a_fault(tmp_path, monkeypatch):
    assert checks.disk_finding(tmp_path / "not there yet").part == "disk"
    monkeypatch.setattr(checks, "LEAST_SPACE", 10**18)
    assert checks.disk_finding(tmp_path).health is Health.FAULT


def test_command_says_what_to_do_and_ends_with_one(run):
    told = run()
    assert told.exit_code == 1
    assert "FAULT worker    No worker was heard of in the last minute." in told.output
    assert "Run: solicit worker" in told.output


def test_command_speaks_json(run):
    told = run("--json")
    findings = [json.loads(line) for line in told.output.splitlines()]
    assert told.exit_code == 1
    assert {finding["part"]: finding["health"] for finding in findings if finding["health"] == "fault"} == {
        "worker": "fault"
    }
    assert all(set(finding) == {"part", "health", "found", "remedy"} for finding in findings)
