"""Two web processes and two workers on one PostgreSQL server: slow clients hang nobody, and no death loses anything."""

import os
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_people import make_account
from clients import PASSWORD, Client, acknowledged_by, check_submissions, working
from journeys.test_analysis_crash import PATIENCE, load_questions
from sqlalchemy.orm import Session

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.topics.commands.analyse import ANALYSES

N_SLOW = 60
N_CLIENTS = 6
WORK_FOR = 6.0
ANSWERS_WITHIN = 5


@pytest.mark.full
def test_death_of_a_web_process_loses_nothing_while_slow_clients_hang_on(make_site, in_site, exported_model):
    site = make_site(model=exported_model)
    with in_site(site) as session:
        call = make_call(session, slug="deep-space")
        emails = [f"client{n}@example.org" for n in range(N_CLIENTS)]
        for email in emails:
            make_account(session, password=PASSWORD, email=email)
        session.commit()
    (first_url, first), (second_url, _second) = site.start_web(), site.start_web()
    clients = [Client((first_url, second_url), call.slug, email) for email in emails]
    with slow_clients(first_url), slow_clients(second_url):
        assert max(seconds_to_answer(url) for url in (first_url, second_url) for _ in range(5)) < ANSWERS_WITHIN
        with working(clients):
            time.sleep(WORK_FOR)
            os.killpg(first.pid, 9)
            before = len(acknowledged_by(clients))
            time.sleep(WORK_FOR)
    site.kill()
    acknowledged = acknowledged_by(clients)
    assert len(acknowledged) > before > 0
    with in_site(site) as session:
        check_submissions(session, acknowledged)


@contextmanager
def slow_clients(url: str) -> Iterator[None]:
    """Connections that have begun a request and never end it: half of them in the headers, half in the body."""
    host, port = url.removeprefix("http://").split(":")
    sockets = [socket.create_connection((host, int(port)), timeout=10) for _ in range(N_SLOW)]
    head = f"Host: {host}:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    for number, connection in enumerate(sockets):
        if number % 2:
            connection.sendall(f"GET /en/ HTTP/1.1\r\n{head}X-Slow: ".encode())
        else:
            connection.sendall(f"POST /en/sign-in HTTP/1.1\r\n{head}Content-Length: 1000\r\n\r\nemail=".encode())
    try:
        yield
    finally:
        for connection in sockets:
            connection.close()


def seconds_to_answer(url: str) -> float:
    began = time.monotonic()
    with urllib.request.urlopen(url + "/en/", timeout=30) as answer:
        assert answer.status == 200
    return time.monotonic() - began


@pytest.mark.full
def test_job_of_a_dead_worker_moves_to_the_other(make_site, in_site, exported_model):
    site = make_site(model=exported_model)
    with in_site(site) as session:
        call = load_questions(session)
        analysis = ANALYSES[0]
        with transaction():
            job_id = analysis.start(session, now=utcnow(), call_id=call.id, started_by_id=None, result_path="")
        first = site.start_worker(until_idle=False)
        wait_for(session, "SELECT step FROM job WHERE id = :id AND state = 'running'", id=job_id)
        site.start_worker(until_idle=False)
        os.killpg(first.pid, 9)
        first.wait()
        site.rescue()
        done = wait_for(session, "SELECT problem FROM job WHERE id = :id AND finished_at IS NOT NULL", id=job_id)
        assert done == ""
    site.kill()


def wait_for(session: Session, query: str, **values: object) -> object:
    """The first value that a query finds, asked until it finds something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = session.execute(sa.text(query), values).scalar()
        session.rollback()
        if found is not None:
            return found
        time.sleep(0.02)
    raise AssertionError(f"Nothing within {PATIENCE} s: {query}")
