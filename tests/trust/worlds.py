"""The world of all doors with a canary in every hidden field, more people who knock, and the states it goes through."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from architecture.world import World, standing_world
from flask import Flask

from solicit import clock
from solicit.db import db
from trust.canaries import Canary
from trust.people import seat_people
from trust.plant import Hidden, plant

WHO_SEES = Path(__file__).with_name("who_sees.csv")
RULES = ("never", "may", "must")

# What is said of the call, its rounds and its rankings in each phase; every round with votes follows.
PHASES = {
    "draft": ("draft", "draft", "frozen"),
    "open": ("open", "open", "frozen"),
    "closed": ("closed", "closed", "frozen"),
    "frozen": ("closed", "frozen", "frozen"),
    "published": ("published", "frozen", "published"),
}


@dataclass(frozen=True)
class Rule:
    """One cell of the reviewed table: what may be seen of a field by a person in a phase."""

    field: str
    persona: str
    phase: str
    word: str


def rules() -> list[Rule]:
    """The reviewed table who_sees.csv, by field, person and phase."""
    with WHO_SEES.open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        field, phases = row.pop("field"), row.pop("phases")
        named = tuple(PHASES) if phases == "any" else phases.split()
        found += [Rule(field, persona, phase, word) for phase in named for persona, word in row.items()]
    return found


FIELDS = tuple(dict.fromkeys(rule.field for rule in rules()))
PERSONAS = tuple(dict.fromkeys(rule.persona for rule in rules()))
CANARIES = {field: Canary(field) for field in FIELDS}


@dataclass(frozen=True)
class Planted:
    """The world of all doors with what is hidden in it."""

    world: World
    hidden: Hidden

    def request(self, persona: str, method: str, address: str, **kwargs):
        return self.world.request(persona, method, address, **kwargs)

    def undone(self):
        return self.world.undone()

    def execute(self, statement: str, **values) -> sa.CursorResult:
        return self.world.connection.execute(sa.text(statement), values)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """The world in another state of its call, rounds and rankings."""
        call_state, round_state, run_state = PHASES[name]
        with self.undone():
            call = self.world.call.id
            if call_state in ("closed", "published"):
                past = "opens_at = opens_at - interval '1 year', closes_at = closes_at - interval '1 year'"
                closed = f"state = :state, {past}, closed_at = closes_at - interval '1 year'"
                self.execute(f"UPDATE call SET {closed} WHERE id = :call", state=call_state, call=call)
            else:
                self.execute("UPDATE call SET state = :state WHERE id = :call", state=call_state, call=call)
            self.execute("UPDATE round SET state = :state WHERE call_id = :call", state=round_state, call=call)
            # A panel talks about what it scored once it has scored it.
            talk = {"open": "draft", "closed": "open"}.get(round_state, round_state)
            discussion = self.hidden.rounds["discussion"]
            self.execute("UPDATE round SET state = :state WHERE id = :id", state=talk, id=discussion)
            if run_state == "published":
                self.execute(
                    "UPDATE ranking_run SET state = 'published', published_at = coalesce(published_at, frozen_at)"
                    " WHERE call_id = :call",
                    call=call,
                )
            yield


def dump(planted: Planted) -> str:
    """Every row of every table, of those of jobs, letters and acts, too."""
    tables = planted.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars().all()
    rows = [planted.execute(f"SELECT row_to_json(t)::text FROM {table} t").scalars() for table in tables]
    return "\n".join(text for texts in rows for text in texts)


class _StillClock(datetime):
    """A clock that shows one moment."""

    moment: datetime

    @classmethod
    def now(cls, tz=None) -> datetime:
        return cls.moment


@contextmanager
def planted_world(app: Flask) -> Iterator[Planted]:
    """The world with its canaries; its clock stands still, so that two answers differ only by what they tell."""
    _StillClock.moment = clock.utcnow()
    with pytest.MonkeyPatch.context() as patch, standing_world(app) as world:
        patch.setattr(clock, "datetime", _StillClock)
        session = db.session()
        people = seat_people(session, world, CANARIES)
        hidden = plant(session, world, people, CANARIES)
        session.commit()
        yield Planted(world, hidden)
