"""Who took part, in bands: no group can be told from another by taking numbers from a sum."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.reports.queries.columns import Column
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE
from solicit.web.csv import Cell

# The least number of each band; a group below the second is “fewer than 3”.
BANDS = (1, 3, 10, 30, 100, 300, 1_000, 3_000)
COUNTRY, CAREER, LANGUAGE = "country", "career", "language"

PARTICIPATION = (
    Column("group", "text", "country (of authors), career (of authors) or language (of submissions)"),
    Column("value", "text", "Code of the country (ISO 3166-1), career, or language tag; empty if not said"),
    Column("from", "integer", "Least number of people, or of submissions for a language"),
    Column("to", "integer", "Greatest number; empty for no bound"),
)


@dataclass(frozen=True)
class Group:
    """How many people, or submissions, there are of one value, as the band from ``least`` to ``most``."""

    group: str
    value: str | None
    least: int
    most: int | None

    @property
    def is_small(self) -> bool:
        return self.most == BANDS[1] - 1


def participation(session: Session, *, call: CallFacts) -> tuple[Group, ...]:
    """Authors by country and career, submissions by language, the largest bands first; one statement.

    Inside a band the order is that of the values: it says nothing of the numbers.
    """
    counted = sa.union_all(
        _authors(call, COUNTRY, Authorship.country),
        _authors(call, CAREER, sa.cast(Authorship.career, sa.Text)),
        _submissions(call),
    ).subquery()
    groups = [Group(name, value, *_band(n)) for name, value, n in session.execute(sa.select(*counted.c))]
    order = {name: place for place, name in enumerate((COUNTRY, CAREER, LANGUAGE))}
    return tuple(sorted(groups, key=lambda each: (order[each.group], -each.least, each.value or "~")))


def participation_rows(session: Session, call: CallFacts) -> Iterator[tuple[Cell, ...]]:
    for each in participation(session, call=call):
        yield each.group, each.value, each.least, each.most


def _authors(call: CallFacts, name: str, value: sa.ColumnElement) -> sa.Select:
    people = sa.func.count(sa.distinct(Authorship.person_id))
    authors = sa.select(sa.literal(name).label("group"), value.label("value"), people.label("n"))
    authors = authors.join(Submission, Submission.id == Authorship.submission_id)
    return authors.where(*_is_live(call)).group_by(value)


def _submissions(call: CallFacts) -> sa.Select:
    counted = sa.select(sa.literal(LANGUAGE), Submission.language, sa.func.count())
    return counted.where(*_is_live(call)).group_by(Submission.language)


def _is_live(call: CallFacts) -> tuple[sa.ColumnElement[bool], ...]:
    return Submission.call_id == call.id, Submission.state.in_(LIVE)


def _band(n: int) -> tuple[int, int | None]:
    place = sum(least <= n for least in BANDS)
    return BANDS[place - 1], BANDS[place] - 1 if place < len(BANDS) else None
