"""What an export is: a named table with its dictionary, and its rows for one reader."""

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved
from solicit.reports.queries.columns import Column
from solicit.reports.queries.search import QuestionFilter
from solicit.web.csv import Cell

# Rows that are in memory at once: the rest waits in the database.
BATCH = 500


class Door(enum.Enum):
    """What it takes to read a table, beside being an organizer of the call."""

    OPEN = "open"
    # These name people: they want a fresh proof of who asks, and who takes them is noted, so a page asks by POST.
    PERSONAL = "personal"
    NOTED = "noted"  # values by panelist, noted for each round
    CANDIDATES = "candidates"  # names of candidates and costs


@dataclass(frozen=True)
class Chosen:
    """Which rows somebody wants: those of the questions that a search finds, of one run or selection.

    Without a number the latest run is meant.
    """

    found: QuestionFilter | None = None
    number: int | None = None

    def finds(self, question_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        if self.found is None:
            return sa.true()
        return question_id.in_(sa.select(Question.id).where(self.found.condition).correlate(None))

    def as_json(self) -> dict:
        """What was chosen, for a file to say."""
        return {"search": self.found.text} if self.found else {}


EVERYTHING = Chosen()


@dataclass(frozen=True)
class Table:
    """One table of a call. ``rows(session, call=, viewer_id=, chosen=)`` yields its rows in an order that stays.

    Without a viewer somebody at the command line asks, who has a part in nothing. ``count(call=, viewer_id=, chosen=)``
    is a statement of how many there are. ``more_columns(session, call=)`` are those that a call's own criteria make;
    ``facts(session, call=, viewer_id=, chosen=)`` is what else a file says of itself, None where nothing is there.
    ``number_of`` is what ``Chosen.number`` is the number of, where a call has several such tables.
    """

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[..., Iterator[Sequence[Cell]]]
    count: Callable[..., sa.Select] | None = None
    door: Door = Door.OPEN
    more_columns: Callable[..., tuple[Column, ...]] | None = None
    facts: Callable[..., dict | None] | None = None
    number_of: str | None = None


@dataclass(frozen=True)
class Export:
    """A table on its way into a file, with what the file says of itself."""

    name: str
    title: str
    columns: tuple[Column, ...]
    number: int | None
    about: Mapping[str, object]
    rows: Iterator[Sequence[Cell]] = iter(())


def selected(statement: Callable[..., sa.Select]) -> dict[str, Callable]:
    """Rows and count of a table that is one statement: ``statement(call, viewer_id, chosen)``."""

    def rows(session: Session, *, call: CallFacts, viewer_id: int | None, chosen: Chosen) -> Iterator[Sequence[Cell]]:
        return read(session, statement(call, viewer_id, chosen))

    def count(*, call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
        wanted = statement(call, viewer_id, chosen).order_by(None)
        return sa.select(sa.func.count()).select_from(wanted.subquery())

    return {"rows": rows, "count": count}


def read(session: Session, statement: sa.Select) -> Iterator[Sequence[Cell]]:
    """The rows of a statement, a batch at a time, as the database gives them: plain values, no objects."""
    yield from session.connection().execute(statement, execution_options={"yield_per": BATCH})


def export_of(
    session: Session, table: Table, *, call: CallFacts, viewer_id: int | None, chosen: Chosen = EVERYTHING
) -> Export | None:
    """A table for one reader, None where nothing is there; its rows are read when they are asked for."""
    reader = dict(call=call, viewer_id=viewer_id, chosen=chosen)
    facts = table.facts(session, **reader) if table.facts else {}
    if facts is None:
        return None
    return replace(
        description_of(session, table, call=call, chosen=chosen, **facts), rows=table.rows(session, **reader)
    )


def description_of(session: Session, table: Table, *, call: CallFacts, chosen: Chosen, **facts: object) -> Export:
    """What a table is, without its rows."""
    more = table.more_columns(session, call=call) if table.more_columns else ()
    about = {"format": f"solicit {table.name} 1", "call": call.slug, "title": call.title, "holds": table.about}
    return Export(
        name=table.name,
        title=table.title,
        columns=table.columns + more,
        number=chosen.number,
        about=about | {"filter": chosen.as_json()} | facts,
    )


def is_shown(question_id: sa.ColumnElement[int], viewer_id: int | None, chosen: Chosen) -> sa.ColumnElement[bool]:
    """Whether a reader gets what is said of a question: they have no part in it, and asked for it."""
    return sa.and_(is_foreign(question_id, viewer_id), chosen.finds(question_id))


def is_foreign(question_id: sa.ColumnElement[int], viewer_id: int | None) -> sa.ColumnElement[bool]:
    """Whether a reader has no part in a question."""
    return sa.true() if viewer_id is None else ~is_involved(viewer_id, question_id)
