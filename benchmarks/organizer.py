"""Processor time, statements and memory of an organizer's pages and files, with five reviews of each question."""

import gc
import re
import tempfile
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
from solicit.reports.queries.exports import TABLES, Table, export_of
from solicit.reports.tables import FORMATS, Format

SIZES = (1_000, 10_000)
ORGANIZER = "organizer@example.org"
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
            _files(site, only)


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
        person = Person(email=ORGANIZER, fs_uniquifier="o" * 32, full_name="An Organizer")
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


def _files(site: Site, only: str) -> None:
    """Every table in every format, by the organizer who has a part in nothing."""
    print(f"\n{'file':24}{'application':>12}{'database':>10}{'seconds':>10}{'MB':>8}{'grew by MB':>12}")
    most = max(second for size, second in MOST_SECONDS.items() if size <= max(site.n_questions, min(MOST_SECONDS)))
    with transaction() as session:
        viewer_id = session.scalar(sa.select(Person.id).where(Person.email == ORGANIZER))
    for name, table in TABLES.items():
        for ending, chosen in FORMATS.items():
            if only in f"{name}.{ending}":
                _file(f"{name}.{ending}", partial(_written, table, chosen, site, viewer_id), most)


def _written(table: Table, chosen: Format, site: Site, viewer_id: int) -> int | None:
    """Write a table into a file that vanishes; its size in bytes, None where there is nothing to write."""
    export = export_of(db.session(), table, call=site.call, viewer_id=viewer_id)
    if export is None:
        return None
    with tempfile.TemporaryFile() as file:
        chosen.write(file, export)
        return file.tell()


def _file(name: str, write: Callable[[], int | None], most: float) -> None:
    """Print what a file costs the second time, when everything is imported, and by how much the process grows."""
    write()
    gc.collect()
    before = _resident()
    with Stopwatch() as spent:
        size = write()
    db.session.rollback()
    if size is None:
        print(f"{name:24}  nothing to write")
        return
    seconds = spent.application + spent.database
    figures = f"{spent.application:>12.2f}{spent.database:>10.2f}{seconds:>10.2f}{size / 1e6:>8.1f}"
    missed = "  MISSED" if seconds > most else ""
    print(f"{name:24}{figures}{max(_resident() - before, 0):>12.1f}{missed}", flush=True)


def _resident() -> float:
    """Megabytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096 / 1e6


if __name__ == "__main__":
    main()
