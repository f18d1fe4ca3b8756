"""What is around the rankings of a call: who took part, from where, when, and the topics."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.people.queries import subregion_of
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved, questions_of, submissions_behind
from solicit.questions.states import QuestionState
from solicit.reports.queries.plots.arrivals import days_of, shares_of
from solicit.reports.queries.publication.participation import COUNTRY, Group, counts_of_people, told_apart
from solicit.reports.queries.report.model import Audience, Country, Participation, Region, Topic
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE
from solicit.topics import models as grouped
from solicit.topics.queries.topics import stands_for_question, topic_name


@dataclass(frozen=True)
class Around:
    participation: Participation
    topics: Mapping[int, tuple[Topic, ...]]


def around(
    session: Session,
    *,
    call: CallFacts,
    audience: Audience,
    viewer_id: int | None,
    told: tuple[Group, ...] | None,
    now: datetime,
) -> Around:
    """Submissions by day and theme, who sent them, and the questions of each topic; one statement.

    Organizers read numbers by country, without what they have a part in; everybody else people in bands, those that
    were ``told`` before, if there are any.
    """
    tallies: dict[str, list[sa.Row]] = defaultdict(list)
    is_desk = audience is Audience.ORGANIZER
    without_id = viewer_id if is_desk else None
    people = () if is_desk or told is not None else _people(call)
    for row in session.execute(sa.union_all(*_submissions(call, without_id), _topics(call, without_id), *people)):
        tallies[row.what].append(row)
    if people:
        told = told_apart((row.kind, row.text, row.n) for row in tallies["people"])
    return Around(_participation(call, tallies, told, now), _named_topics(tallies["topic"]))


def _people(call: CallFacts) -> tuple[sa.Select, ...]:
    counted = (each.subquery() for each in counts_of_people(call))
    return tuple(_tally("people", each.c.n, kind=each.c.group, text=each.c.value) for each in counted)


def _submissions(call: CallFacts, viewer_id: int | None) -> tuple[sa.Select, ...]:
    """How many submissions were sent and not withdrawn: by day (UTC), by theme, and by country."""
    live = (Submission.call_id == call.id, Submission.state.in_(LIVE))
    if viewer_id is not None:
        live = (*live, Submission.id.not_in(submissions_behind(questions_of(viewer_id))))
    day = sa.cast(sa.func.timezone("UTC", Submission.sent_at), sa.Date)
    first = sa.select(Authorship.country).where(Authorship.submission_id == Submission.id)
    country = first.order_by(Authorship.position).limit(1).correlate(Submission).scalar_subquery()
    of_each = sa.select(country.label("country")).where(*live).subquery()
    return (
        _tally("day", sa.func.count(), text=sa.cast(day, sa.Text)).where(*live).group_by(day),
        _tally("theme", sa.func.count(), number=Submission.theme_id).where(*live).group_by(Submission.theme_id),
        _tally("country", sa.func.count(), text=of_each.c.country).group_by(of_each.c.country),
    )


def _topics(call: CallFacts, viewer_id: int | None) -> sa.Select:
    """The standing topics; a question counts for its topic while it is in scope and still under its theme."""
    topic, member = grouped.Topic, grouped.TopicMember
    named = dict(number=topic.theme_id, id_=topic.id, text=topic.name, terms=topic.terms)
    seen = () if viewer_id is None else (~is_involved(viewer_id, Question.id),)
    return (
        _tally("topic", sa.func.count(), **named)
        .join(member, member.topic_id == topic.id)
        .join(Question, (Question.id == member.question_id) & stands_for_question())
        .where(topic.call_id == call.id, Question.state == QuestionState.IN_SCOPE, *seen)
        .group_by(topic.id)
    )


def _tally(
    what: str, n: sa.ColumnElement[int], *, number=None, id_=None, kind=None, text=None, terms=None
) -> sa.Select:
    """One row per thing counted, in the same columns for all of them."""
    empty = sa.null()
    return sa.select(
        sa.literal(what).label("what"),
        sa.cast(empty if number is None else number, sa.BigInteger).label("number"),
        sa.cast(empty if id_ is None else id_, sa.BigInteger).label("id"),
        sa.cast(empty if kind is None else kind, sa.Text).label("kind"),
        sa.cast(empty if text is None else text, sa.Text).label("text"),
        sa.cast(empty if terms is None else terms, sa.ARRAY(sa.Text)).label("terms"),
        n.label("n"),
    )


def _participation(call: CallFacts, tallies: Mapping, bands: tuple[Group, ...] | None, now: datetime) -> Participation:
    countries = {row.text or "": row.n for row in tallies["country"]}
    named = countries if bands is None else [each.value for each in bands if each.group == COUNTRY]
    days = {date.fromisoformat(row.text): row.n for row in tallies["day"]}
    return Participation(
        n_submissions=sum(days.values()),
        n_countries=sum(map(bool, named)),
        regions=_regions(countries) if bands is None else (),
        bands=bands,
        shares=shares_of(call, {row.number: row.n for row in tallies["theme"]}),
        days=days_of(call, days, now.date()),
    )


def _regions(countries: Mapping[str, int]) -> tuple[Region, ...]:
    """The regions and their countries, the largest first."""
    by_region: dict[str, list[Country]] = defaultdict(list)
    for code, n in sorted(countries.items(), key=lambda each: (-each[1], each[0])):
        by_region[subregion_of(code) if code else ""].append(Country(code, n))
    found = (Region(name, sum(each.n for each in of), tuple(of)) for name, of in by_region.items())
    return tuple(sorted(found, key=lambda region: (-region.n, region.name)))


def _named_topics(rows: list[sa.Row]) -> Mapping[int, tuple[Topic, ...]]:
    """The topics of each theme, the largest first."""
    found: dict[int, list[Topic]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (-row.n, row.id)):
        found[row.number].append(Topic(topic_name(row.id, row.text, row.terms), row.n))
    return {theme_id: tuple(topics) for theme_id, topics in found.items()}
