"""One world with one thing of every kind in two calls, and everybody who may knock at its doors."""

import csv
import hashlib
import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_panels import make_panel, seat
from flask import Flask, g
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from architecture.things import Cast, make_things
from solicit.access import service as access
from solicit.access.guard import TOKEN_KEY
from solicit.access.models import SignIn
from solicit.access.policy import Role
from solicit.access.scopes import SCOPES
from solicit.calls.queries import CallFacts
from solicit.clock import utcnow
from solicit.db import db
from solicit.web.limits import limiter

DOORS = Path(__file__).with_name("doors.csv")
SECRETS = ("one browser's own secret", "the secret of another browser")
COUNT = itertools.count()
SECURE = {"base_url": "https://localhost"}
# When a sign-in or a key was used may be remembered.
NOT_A_CHANGE = {
    "sign_in": "id, person_id, token_hash, created_at",
    "api_token": "id, person_id, name, scopes, call_id, token_hash, created_at, expires_at, revoked_at",
}
# The database counts what a transaction writes, so that not every row need be read before and after.
WRITTEN = """
SELECT sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
           + pg_stat_get_xact_tuples_deleted(oid))
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT IN :but
"""
API = "/api/"


@dataclass(frozen=True)
class ReviewedDoor:
    """One line of the reviewed table: who may open an endpoint, in the words of doors.csv."""

    endpoint: str
    methods: tuple[str, ...]
    permission: str
    expected: dict[str, str]

    def personas(self, *words: str) -> list[str]:
        return [persona for persona, word in self.expected.items() if word in words]

    @property
    def methods_and_head(self) -> tuple[str, ...]:
        return (*self.methods, "HEAD") if "GET" in self.methods else self.methods

    def asked_by(self, *, is_full: bool) -> list[str]:
        """Everybody in the full run; in others the first of all who are answered with the same word."""
        return (
            list(self.expected)
            if is_full
            else [self.personas(word)[0] for word in dict.fromkeys(self.expected.values())]
        )


def reviewed_doors() -> list[ReviewedDoor]:
    with DOORS.open(newline="") as file:
        return [
            ReviewedDoor(row.pop("endpoint"), tuple(row.pop("methods").split()), row.pop("permission"), row)
            for row in csv.DictReader(file)
        ]


PERSONAS = tuple(reviewed_doors()[0].expected)
ENDPOINTS = tuple(door.endpoint for door in reviewed_doors())


def is_tenth(endpoint: str) -> bool:
    """Whether a door is one of those at which every run tries what all doors answer by the same code."""
    return ENDPOINTS.index(endpoint) % 10 == 0


def each_tenth(endpoints: Iterable[str]) -> list:
    """Doors as parameters of a test: all of them in the full run, each tenth in others."""
    return [pytest.param(each, marks=() if is_tenth(each) else pytest.mark.full) for each in endpoints]


@dataclass(frozen=True)
class World:
    """A site in one transaction that is undone at the end; ``undone`` forgets what happens inside it."""

    app: Flask
    connection: sa.Connection
    call: CallFacts
    other_call: CallFacts
    things: dict[str, object]
    foreign: dict[str, object]
    people: dict[str, int]
    tokens: dict[str, str]
    keys: dict[str, str]

    def address(self, endpoint: str, **changes) -> str:
        """The address of an endpoint for this world's things, as changed; what it lacks goes to the query."""
        adapter = self.app.url_map.bind("localhost")
        values = {name: value for name, value in (self.things | changes).items() if self._is_used(endpoint, name)}
        return adapter.build(endpoint, values)

    def asks_for(self, endpoint: str) -> frozenset[str]:
        """The names of the things in an endpoint's address and query."""
        return frozenset(name for name in self.things if self._is_used(endpoint, name))

    def request(self, persona: str, method: str, address: str, **kwargs) -> TestResponse:
        """What a fresh browser of this person is answered; what the request leaves unsaved is lost."""
        headers = self.proof(persona, address) | kwargs.pop("headers", {})
        with self.afresh():
            return self.app.test_client(use_cookies=False).open(
                address, method=method, headers=headers, buffered=True, **kwargs
            )

    @contextmanager
    def afresh(self) -> Iterator[None]:
        """A request that no other one left anything for."""
        for name in list(g):
            g.pop(name)
        limiter.reset()  # so many requests as here nobody makes
        with self._savepoint():
            yield
            db.session.rollback()
            db.session.remove()

    def proof(self, persona: str, address: str) -> dict[str, str]:
        """By what somebody is known: the cookie of a browser, or the key of a program."""
        if not address.startswith(API):
            return {"Cookie": self.cookie(persona)}
        return {"Authorization": f"Bearer {self.keys[persona]}"} if persona in self.keys else {}

    def cookie(self, persona: str) -> str:
        content = {"csrf_token": hashlib.sha1(SECRETS[0].encode()).hexdigest()}
        if persona in self.tokens:
            content[TOKEN_KEY] = self.tokens[persona]
        signer = self.app.session_interface.get_signing_serializer(self.app)
        return f"{self.app.config['SESSION_COOKIE_NAME']}={signer.dumps(content)}"

    def csrf_token(self, *, of_another_browser: bool = False) -> str:
        signer = URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token")
        return signer.dumps(hashlib.sha1(SECRETS[of_another_browser].encode()).hexdigest())

    @contextmanager
    def undone(self) -> Iterator[None]:
        with self._savepoint() as name:
            try:
                yield
            finally:
                db.session.remove()
                self.connection.execute(sa.text(f"ROLLBACK TO SAVEPOINT {name}"))

    @contextmanager
    def _savepoint(self) -> Iterator[str]:
        """A savepoint that ends with all inside it: SQLAlchemy leaves those it rolls back open, each with a lock."""
        name = f"world_{next(COUNT)}"
        self.connection.execute(sa.text(f"SAVEPOINT {name}"))
        yield name
        self.connection.execute(sa.text(f"RELEASE SAVEPOINT {name}"))

    def written(self) -> tuple[int, str]:
        """How many rows this transaction has written so far, also by functions; of sign-ins, what they say."""
        db.session.remove()
        rest = sa.text(WRITTEN).bindparams(sa.bindparam("but", expanding=True))
        return self.connection.scalar(rest, {"but": list(NOT_A_CHANGE)}), self._digest_of(NOT_A_CHANGE)

    def digest(self) -> str:
        """One digest of every row of every table."""
        db.session.remove()
        names = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return self._digest_of(self.connection.scalars(names).all())

    def _digest_of(self, tables: Iterable[str]) -> str:
        parts = (
            f"SELECT '{table}' AS name, md5(string_agg(md5(row::text), '' ORDER BY row::text COLLATE \"C\")) AS rows"
            f" FROM (SELECT {NOT_A_CHANGE.get(table, '*')} FROM {table}) AS row"
            for table in tables
        )
        rows = self.connection.execute(sa.text(f"SELECT name, rows FROM ({' UNION ALL '.join(parts)}) x ORDER BY name"))
        return hashlib.sha256(repr(rows.all()).encode()).hexdigest()

    def _is_used(self, endpoint: str, name: str) -> bool:
        return self.app.url_map.is_endpoint_expecting(endpoint, name) or name in QUERIES.get(endpoint, ())


# What an endpoint takes from the query string, where it is missing without it.
QUERIES = {
    "invitations.compare": ("selection",),
    "people.sent": ("letter",),
    "questions.summary": ("of",),
    "reports.export": ("run",),
    "reports.candidates": ("selection",),
    "reports.comparison": ("selection",),
}


@contextmanager
def standing_world(app: Flask) -> Iterator[World]:
    """Build the world on a connection whose work is undone at the end."""
    with app.app_context():
        engine = db.engine
        with engine.connect() as connection:
            outer = connection.begin()
            # The world rests while tests run that do not ask it.
            connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            db.engines[None] = connection
            db.session.remove()
            db.session.configure(join_transaction_mode="create_savepoint")
            try:
                yield _build(app, connection)
            finally:
                db.session.remove()
                outer.rollback()
                db.engines[None] = engine


def _build(app: Flask, connection: sa.Connection) -> World:
    session = db.session()
    call, other_call = make_call(session), make_call(session)
    people = {persona: make_person(session, full_name=persona.title()) for persona in PERSONAS if persona != "visitor"}
    for persona, role_call in (
        ("organizer", call),
        ("conflicted_organizer", call),
        ("deactivated", call),
        ("other_organizer", other_call),
    ):
        access.grant_role(
            session, person_id=people[persona].id, role=Role.ORGANIZER, call_id=role_call.id, now=utcnow()
        )
    access.grant_role(session, person_id=people["administrator"].id, role=Role.ADMINISTRATOR, now=utcnow())
    seat(session, other_call, make_panel(session, other_call), person=people["other_panelist"])
    things = make_things(
        session, call, Cast(**{name: people[name] for name in Cast.__dataclass_fields__}), secret=app.secret_key
    )
    foreign = make_things(session, other_call, _strangers(session, other_call), secret=app.secret_key)
    tokens = {name: access.open_sign_in(session, person_id=p.id, now=utcnow()) for name, p in people.items()}
    keys = {name: make_key(session, person) for name, person in people.items()}
    people["deactivated"].active = False
    # Walking through every door may take longer than a proof lasts.
    session.execute(sa.update(SignIn).values(proved_at=utcnow() + timedelta(days=1)))
    ids = {name: person.id for name, person in people.items()}
    session.commit()
    return World(app, connection, call, other_call, things, foreign, ids, tokens, keys)


def make_key(session, person) -> str:
    """A key to the API for all that its person may do."""
    what = dict(name="all", scopes=tuple(SCOPES), call_id=None, days=365)
    return access.open_token(session, person_id=person.id, **what, now=utcnow())[1]


def _strangers(session, call) -> Cast:
    """People of the other call, whom nobody here knows."""
    names = set(Cast.__dataclass_fields__) - {"organizer"}
    return Cast(organizer=make_organizer(session, call), **{name: make_person(session) for name in names})
