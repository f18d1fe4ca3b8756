"""Who took part, as anybody below an organizer learns it: people, in bands, told once.

Authors of questions in which an organizer has a part are not counted: organizers read exact numbers without their own,
and would learn from the difference of whom they must not know.
Numbers can be calculated where two ways of telling them are held side by side. So every reader gets the same words:
the report and the results read them here, and what was published first stays what is said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.queries import organizers_of
from solicit.calls.queries import CallFacts
from solicit.questions.queries.involvement import questions_of_people, submissions_behind
from solicit.reports.models import Publication
from solicit.reports.queries.columns import Column
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE
from solicit.web.csv import Cell

# The least number of each band; a group below the second is “fewer than 3”.
BANDS = (1, 3, 10, 30, 100, 300, 1_000, 3_000)
COUNTRY, CAREER, LANGUAGE = "country", "career", "language"
# What stays open, at least, of the number of all people when two ways of counting them are held side by side: more
# than the second band is wide, so that whoever sees that a way is not told does not learn the number from that.
ROOM = 8

PARTICIPATION = (
    Column("group", "text", "Authors by country, by career or by the languages they wrote in"),
    Column("value", "text", "Code of the country (ISO 3166-1), career, or language tag; empty if not said"),
    Column("from", "integer", "Least number of people"),
    Column("to", "integer", "Greatest number of people; empty for no bound"),
)


@dataclass(frozen=True)
class Group:
    """How many people there are of one value, as the band from ``least`` to ``most``."""

    group: str
    value: str | None
    least: int
    most: int | None

    @property
    def is_small(self) -> bool:
        return self.most == BANDS[1] - 1


def participation(session: Session, *, call: CallFacts) -> tuple[Group, ...]:
    """Authors by country, career and language, the largest bands first; one statement.

    Inside a band the order is that of the values: it says nothing of the numbers. Once published they stay: counted
    anew for a correction, a group that has left its band for another one would tell its number.
    """
    first = sa.select(Publication.contents["participation"].label("kept"))
    first = first.where(Publication.call_id == call.id).order_by(Publication.number).limit(1).subquery()
    counted = sa.union_all(*counts_of_people(call)).subquery()
    both = sa.outerjoin(first, counted, sa.true(), full=True)
    rows = session.execute(sa.select(first.c.kept, *counted.c).select_from(both)).all()
    if rows and rows[0].kept is not None:
        return tuple(map(group_of, rows[0].kept))
    return told_apart(row[1:] for row in rows)


def counts_of_people(call: CallFacts) -> tuple[sa.Select, ...]:
    """(group, value, n) of every way of counting people."""
    career = sa.cast(Authorship.career, sa.Text)
    ways = ((COUNTRY, Authorship.country), (CAREER, career), (LANGUAGE, Submission.language))
    return tuple(_people(call, name, value) for name, value in ways)


def told_of_people(call_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Of which submissions everybody may learn what people they come from."""
    hidden = submissions_behind(questions_of_people(organizers_of(call_id)))
    return Submission.call_id == call_id, Submission.state.in_(LIVE), Submission.id.not_in(hidden)


def told_apart(counted: Iterable[tuple[str, str | None, int]]) -> tuple[Group, ...]:
    """The bands of numbers of people in each group, without the ways of counting that would say more than bands.

    All ways count the same people. If there are at least 30 by country and at most 30 by career, there are 30, and
    each group has its least or its greatest number: so a way that leaves no room is not told at all.
    """
    by_way: dict[str, list[Group]] = {COUNTRY: [], CAREER: [], LANGUAGE: []}
    for name, value, n in counted:
        by_way[name].append(Group(name, value, *_band(n)))
    told: list[list[Group]] = []
    for groups in by_way.values():
        if all(_leave_room(groups, others) and _leave_room(others, groups) for others in told):
            told.append(sorted(groups, key=lambda each: (-each.least, each.value or "~")))
    return tuple(group for groups in told for group in groups)


def participation_rows(session: Session, call: CallFacts) -> Iterator[tuple[Cell, ...]]:
    for each in participation(session, call=call):
        yield each.group, each.value, each.least, each.most


def group_of(kept: dict) -> Group:
    """A group as a publication keeps it."""
    return Group(kept["group"], kept["value"], kept["from"], kept["to"])


def _people(call: CallFacts, name: str, value: sa.ColumnElement) -> sa.Select:
    people = sa.func.count(sa.distinct(Authorship.person_id))
    authors = sa.select(sa.literal(name).label("group"), value.label("value"), people.label("n"))
    authors = authors.join(Submission, Submission.id == Authorship.submission_id)
    return authors.where(*told_of_people(call.id)).group_by(value)


def _leave_room(least: list[Group], most: list[Group]) -> bool:
    """Whether there may be more people by the bands of the one than there are by those of the other."""
    if any(each.most is None for each in most):
        return True
    return sum(each.most for each in most) - sum(each.least for each in least) >= ROOM


def _band(n: int) -> tuple[int, int | None]:
    place = sum(least <= n for least in BANDS)
    return BANDS[place - 1], BANDS[place] - 1 if place < len(BANDS) else None
