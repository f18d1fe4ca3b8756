"""Processor time and statements of every desk's pages, on a demonstration with many analysed questions.

Load and analyse it first: solicit demo --no-serve --questions 10000, then solicit analyse deep-space.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import click
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import BuildError

from benchmarks.site import Cost, cost_of, machine
from solicit import create_app
from solicit.access.guard import TOKEN_KEY
from solicit.access.service import open_sign_in
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.demo.content import sample_call, sample_people
from solicit.people.queries import person_id_of
from solicit.settings import Settings
from solicit.web.limits import limiter

MOST_MILLISECONDS, MOST_STATEMENTS = 10, 8

# The pages, and a statement that finds the last part of the address where one is needed.
PAGES = {
    "questions.screening": {},
    "questions.screen": {"question_id": "SELECT max(id) FROM question WHERE call_id = :call AND state = 'new'"},
    "questions.duplicates": {},
    "questions.pair": {
        "pair_id": "SELECT id FROM duplicate_pair WHERE call_id = :call AND verdict IS NULL"
        " ORDER BY probability DESC NULLS LAST, id LIMIT 1"
    },
    "questions.groups": {},
    "questions.group": {
        "group_id": "SELECT canonical_id FROM duplicate_group WHERE call_id = :call"
        " GROUP BY canonical_id ORDER BY count(*) DESC, canonical_id LIMIT 1"
    },
    "questions.identical": {},
    "questions.calibration": {},
    "questions.merges": {},
    "topics.desk": {},
    "topics.proposal": {"run_id": "SELECT max(id) FROM topic_run WHERE call_id = :call AND state = 'proposed'"},
    "topics.topic": {"topic_id": "SELECT max(id) FROM topic WHERE call_id = :call AND retired_at IS NULL"},
    "topics.coverage": {},
    "topics.index": {},
    "topics.points": {},
    "topics.page": {"topic_id": "SELECT max(id) FROM topic WHERE call_id = :call AND retired_at IS NULL"},
    "jobs.index": {},
    "jobs.page": {"job_id": "SELECT max(id) FROM job WHERE call_id = :call"},
    "reports.dashboard": {},
}


@click.command()
@click.option("--turns", default=50, show_default=True, help="How often each page is asked for.")
@click.option("--only", default="", help="Only endpoints whose name holds this.")
@click.option("--statements", "shows_statements", is_flag=True, help="Print the statements of each page.")
def main(turns: int, only: str, shows_statements: bool) -> None:
    """Print CPU milliseconds of application and database, and statements, for each page; organizers read them."""
    app = create_app(replace(Settings.from_env(), demo=True))  # which asks organizers for no second factor
    limiter.enabled = False
    with app.app_context():
        n = db.session.scalar(sa.text("SELECT count(*) FROM question"))
        print(f"{machine()}, {n:,} questions")
        print(f"{'page':24}{'application':>12}{'database':>10}{'together':>10}{'statements':>12}{'kB':>8}")
        client = _organizer(app)
        for endpoint, address in _addresses(app).items():
            if only in endpoint:
                _measure(client, endpoint, address, turns, shows_statements)


def _measure(client: FlaskClient, endpoint: str, address: str | None, turns: int, shows_statements: bool) -> None:
    if address is None:
        print(f"{endpoint:24}  nothing to show")
        return
    with _statements() as seen:
        answer = client.get(address)
    if answer.status_code != 200:
        print(f"{endpoint:24}  {answer.status_code} at {address}")
        return
    _show(endpoint, cost_of(partial(client.get, address), turns), len(seen), len(answer.data))
    if shows_statements:
        print("\n\n".join(seen))


def _organizer(app: Flask) -> FlaskClient:
    """A browser in which an organizer of the sample call is signed in."""
    client = app.test_client()
    with transaction() as session:
        person_id = person_id_of(session, email=sample_people().organizers[0].email)
        token = open_sign_in(session, person_id=person_id, now=utcnow())
    with client.session_transaction() as cookie:
        cookie[TOKEN_KEY] = token
    return client


def _addresses(app: Flask) -> dict[str, str | None]:
    """Where each page is; None for a page that has nothing to show."""
    slug, found = sample_call()["slug"], {}
    with transaction() as session:
        call_id = session.scalar(sa.text("SELECT id FROM call WHERE slug = :slug"), {"slug": slug})
        values = {
            endpoint: {name: session.scalar(sa.text(query), {"call": call_id}) for name, query in parts.items()}
            for endpoint, parts in PAGES.items()
        }
    with app.test_request_context():
        for endpoint, parts in values.items():
            try:
                found[endpoint] = None if None in parts.values() else _address(app, endpoint, slug, parts)
            except BuildError:
                found[endpoint] = None
    return found


def _address(app: Flask, endpoint: str, slug: str, parts: dict[str, int]) -> str:
    rule = next(iter(app.url_map.iter_rules(endpoint)), None)
    language = {"lang": "en"} if rule and "lang" in rule.arguments else {}
    return app.url_for(endpoint, call=slug, _external=False, **language, **parts)


@contextmanager
def _statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def remember(connection, cursor, statement, *_) -> None:
        seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", remember)
    yield seen
    sa.event.remove(db.engine, "before_cursor_execute", remember)


def _show(endpoint: str, cost: Cost, n_statements: int, size: int) -> None:
    figures = f"{cost.application:>12.1f}{cost.database:>10.1f}{cost.processors:>10.1f}"
    missed = cost.processors > MOST_MILLISECONDS or n_statements > MOST_STATEMENTS
    print(f"{endpoint:24}{figures}{n_statements:>12}{size / 1000:>8.0f}{'  MISSED' if missed else ''}")


if __name__ == "__main__":
    main()
