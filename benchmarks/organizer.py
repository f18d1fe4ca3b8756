"""Processor time, statements and memory of an organizer's pages and files, with five reviews of each question."""

import gc
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import sqlalchemy as sa
from flask.testing import FlaskClient

from benchmarks.reviews import judge
from benchmarks.site import Site, Stopwatch, bench_site, cost_of, machine
from solicit.access.guard import TOKEN_KEY
from solicit.access.policy import Role
from solicit.access.service import grant_role, open_sign_in
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.people.models import Person

SIZES = (1_000, 10_000)
MOST_MILLISECONDS, MOST_STATEMENTS = 10, 8
# Seconds that the file of so many questions may take.
MOST_SECONDS = {1_000: 0.3, 10_000: 3.0}

PAGES = {
    "dashboard": "",
    "all plots": "/plots",
    "screening": "/questions",
    "screening, all": "/questions?state=all",
    "one question": "/questions/{question_id}",
    "duplicates": "/duplicates",
    "ranking": "/ranking/{run_id}",
    "mail": "/mail",
    "panels": "/panels",
}


@click.command()
@click.option("--size", "sizes", multiple=True, type=int, default=SIZES, show_default=True)
@click.option("--turns", default=40, show_default=True, help="How often each page is asked for.")
@click.option("--only", default="", help="Only what has this in its name.")
@click.option("--explain", is_flag=True, help="Print the plan of every statement of a page.")
def main(sizes: tuple[int, ...], turns: int, only: str, explain: bool) -> None:
    """Print CPU milliseconds of application and database, statements and kB of each page; seconds and MB of files."""
    for size in sizes:
        with bench_site() as site:
            site.grow_to(size)
            judge(site)
            print(f"\n{machine()}, {size:,} questions, five reviews each")
            _pages(site, turns, only, explain)
            _files(site, size, only)


def _pages(site: Site, turns: int, only: str, explain: bool) -> None:
    print(f"{'page':24}{'application':>12}{'database':>10}{'together':>10}{'statements':>12}{'kB':>8}")
    client, found = _organizer(site), _found(site)
    for name, path in PAGES.items():
        if only in name:
            address = f"/{site.call.slug}/organize{path.format(**found)}"
            _page(client, name, address, turns, explain)


def _page(client: FlaskClient, name: str, address: str, turns: int, explain: bool) -> None:
    with _statements() as seen:
        answer = client.get(address)
    if answer.status_code != 200:
        print(f"{name:24}  {answer.status_code} at {address}")
        return
    cost = cost_of(partial(client.get, address), turns)
    missed = cost.processors > MOST_MILLISECONDS or len(seen) > MOST_STATEMENTS
    figures = f"{cost.application:>12.1f}{cost.database:>10.1f}{cost.processors:>10.1f}"
    kilobytes = len(answer.data) / 1_000
    print(f"{name:24}{figures}{len(seen):>12}{kilobytes:>8.0f}{'  MISSED' if missed else ''}", flush=True)
    if explain:
        for statement, given in seen:
            _explain(statement, given)


def _explain(statement: str, given: dict) -> None:
    if not re.match(r"\s*(SELECT|WITH)", statement):
        return
    cursor = db.session.connection().connection.driver_connection.cursor()
    plan = cursor.execute(f"EXPLAIN (ANALYZE, COSTS off) {statement}", given)
    print("\n".join(line for (line,) in plan), end="\n\n")
    db.session.rollback()


def _organizer(site: Site) -> FlaskClient:
    """A browser in which an organizer who has a part in nothing is signed in."""
    client, now = site.app.test_client(), utcnow()
    with transaction() as session:
        person = Person(email="organizer@example.org", fs_uniquifier="o" * 32, full_name="An Organizer")
        person.confirmed_at = person.created_at = now
        session.add(person)
        session.flush()
        grant_role(session, person_id=person.id, role=Role.ORGANIZER, call_id=site.call.id, now=now)
        token = open_sign_in(session, person_id=person.id, now=now)
    with client.session_transaction() as cookie:
        cookie[TOKEN_KEY] = token
    return client


def _found(site: Site) -> dict[str, int]:
    queries = {
        "question_id": "SELECT max(id) FROM question WHERE state = 'new'",
        "run_id": "SELECT max(id) FROM ranking_run",
    }
    found = {name: db.session.scalar(sa.text(query)) for name, query in queries.items()}
    db.session.rollback()
    return found


@contextmanager
def _statements() -> Iterator[list[tuple[str, dict]]]:
    seen: list[tuple[str, dict]] = []

    def remember(connection, cursor, statement, given, *_) -> None:
        seen.append((statement, given))

    sa.event.listen(db.engine, "before_cursor_execute", remember)
    yield seen
    sa.event.remove(db.engine, "before_cursor_execute", remember)


def _files(site: Site, size: int, only: str) -> None:
    """One file of each table and format."""


def _file(name: str, write: Callable, most: float, only: str) -> None:
    """Write a file once to warm up and once to measure."""
    with tempfile.TemporaryFile() as file:
        write(file)
    gc.collect()
    before, began = _resident(), time.perf_counter()
    with tempfile.TemporaryFile() as file, Stopwatch() as spent:
        write(file)
        size = file.tell()
    db.session.rollback()
    seconds = spent.application + spent.database
    grown = _resident() - before
    print(f"{name:32}{spent.application:>12.2f}{spent.database:>10.2f}{seconds:>10.2f}{size / 1e6:>8.1f}{grown:>8.1f}"
          f"{time.perf_counter() - began:>8.2f}{'  MISSED' if seconds > most else ''}", flush=True)  # fmt: skip


def _resident() -> float:
    """Megabytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096 / 1e6


if __name__ == "__main__":
    main()
