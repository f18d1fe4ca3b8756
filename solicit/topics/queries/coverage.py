"""How widely the questions of a call are carried, for its organizers: distinct people, never shown to the public.

An organizer's own questions, and those they judge or are in conflict with, are left out before anything is counted.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import Kind
from solicit.people.states import Career
from solicit.questions.models import Question, QuestionSource
from solicit.questions.queries.involvement import is_involved
from solicit.questions.queries.topic_names import TOPIC_NAME, topic, with_topic
from solicit.questions.states import QuestionState
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE
from solicit.topics.models import MapLayout, MapPoint
from solicit.words import N_

# Of what is ranked at most every third has a place, so a theme needs three times its places.
RANKED_PER_PLACE = 3
# A theme with less than this part of an even share is thin.
THIN = 0.5


class Sort(enum.Enum):
    QUESTIONS = "questions"
    NAME = "name"
    PEOPLE = "people"
    COUNTRIES = "countries"
    INSTITUTIONS = "institutions"


class Gap(enum.Enum):
    """What a topic lacks."""

    NO_PLAN = "no plan"
    ONE_COUNTRY = "one country"
    ONE_INSTITUTION = "one institution"


GAP_WORDS = {
    Gap.NO_PLAN: N_("No exploration plan"),
    Gap.ONE_COUNTRY: N_("One country"),
    Gap.ONE_INSTITUTION: N_("One institution"),
}


@dataclass(frozen=True)
class Breadth:
    """From how many distinct people, countries, institutions and careers something comes."""

    n_questions: int
    n_plans: int
    n_people: int
    n_countries: int
    n_institutions: int
    careers: Mapping[Career, int]

    @property
    def n(self) -> int:
        return self.n_questions + self.n_plans


@dataclass(frozen=True)
class TopicBreadth:
    """One topic, or, without id, what has no topic in a theme."""

    id: int | None
    name: str
    theme: ThemeView
    breadth: Breadth

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What a topic lacks; one person alone is not yet a country or an institution."""
        has = self.breadth
        lacks = {
            Gap.NO_PLAN: has.n_plans == 0,
            Gap.ONE_COUNTRY: has.n_people > 1 and has.n_countries == 1,
            Gap.ONE_INSTITUTION: has.n_people > 1 and has.n_institutions == 1,
        }
        return tuple(gap for gap, is_so in lacks.items() if is_so and self.id)


@dataclass(frozen=True)
class ThemeBreadth:
    """One theme: its part of all, against an even split, and how many questions its places still need."""

    theme: ThemeView
    breadth: Breadth
    share: float
    even_share: float
    n_missing: int

    @property
    def is_thin(self) -> bool:
        return self.n_missing > 0 or self.share < THIN * self.even_share


@dataclass(frozen=True)
class Coverage:
    topics: tuple[TopicBreadth, ...]
    themes: tuple[ThemeBreadth, ...]
    whole: Breadth


@dataclass(frozen=True)
class MapFacts:
    """When the map was drawn, of how many questions, and how many came later."""

    laid_out_at: datetime | None
    n_drawn: int
    n_later: int


def coverage(session: Session, *, call: CallFacts, viewer_id: int) -> Coverage:
    """Every topic and theme of a call in which this organizer has no part; one statement."""
    rows = session.execute(_broken_down(call, viewer_id)).all()
    whole = next(_breadth(row) for row in rows if row.of == "call")
    per_theme = {row.theme_id: _breadth(row) for row in rows if row.of == "theme"}
    topics = tuple(
        TopicBreadth(row.topic_id, row.name if row.topic_id else "", call.theme_by_id(row.theme_id), _breadth(row))
        for row in rows
        if row.of == "topic"
    )
    return Coverage(topics, _themes(call, per_theme, whole), whole)


def map_facts(session: Session, *, call: CallFacts) -> MapFacts:
    """The last drawing of a call; one statement."""
    later = (
        sa.select(sa.func.count())
        .where(MapPoint.layout_id == MapLayout.id, MapPoint.came_later)
        .correlate(MapLayout)
        .scalar_subquery()
    )
    last = sa.select(MapLayout.laid_out_at, MapLayout.n_questions, later).where(MapLayout.call_id == call.id)
    row = session.execute(last.order_by(MapLayout.id.desc()).limit(1)).one_or_none()
    return MapFacts(*row) if row else MapFacts(None, 0, 0)


def sorted_topics(topics: Iterable[TopicBreadth], *, sort: Sort, theme: ThemeView | None) -> tuple[TopicBreadth, ...]:
    """The topics of a theme, or of all; by name, or the narrowest first, except that the most questions lead."""
    keys = {
        Sort.NAME: lambda each: each.name.casefold(),
        Sort.QUESTIONS: lambda each: -each.breadth.n,
        Sort.PEOPLE: lambda each: each.breadth.n_people,
        Sort.COUNTRIES: lambda each: each.breadth.n_countries,
        Sort.INSTITUTIONS: lambda each: each.breadth.n_institutions,
    }
    chosen = [each for each in topics if theme in (None, each.theme)]
    return tuple(sorted(chosen, key=lambda each: (each.id is None, keys[sort](each), each.id or 0)))


def _broken_down(call: CallFacts, viewer_id: int) -> sa.Select:
    """Distinct counts per topic, per theme and for the call, told apart by the column ``of``."""
    written = _written(call, viewer_id).cte("written")
    question, person = written.c.question_id, written.c.person_id

    def distinct(column: sa.ColumnElement, *where: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        n = sa.func.count(sa.distinct(column))
        return n.filter(*where) if where else n

    level = sa.func.grouping(written.c.theme_id, written.c.topic_id)
    counted = (
        sa.select(
            sa.case((level == 0, "topic"), (level == 1, "theme"), else_="call").label("of"),
            written.c.theme_id,
            written.c.topic_id,
            distinct(question, written.c.kind == Kind.QUESTION).label("n_questions"),
            distinct(question, written.c.kind == Kind.PLAN).label("n_plans"),
            distinct(person).label("n_people"),
            distinct(written.c.country).label("n_countries"),
            distinct(written.c.institution).label("n_institutions"),
            *(distinct(person, written.c.career == career).label(career.value) for career in Career),
        )
        .group_by(
            sa.func.grouping_sets(sa.tuple_(written.c.theme_id, written.c.topic_id), written.c.theme_id, sa.text("()"))
        )
        .subquery()
    )
    return sa.select(counted, TOPIC_NAME.label("name")).outerjoin(topic, topic.c.id == counted.c.topic_id)


def _written(call: CallFacts, viewer_id: int) -> sa.Select:
    """One row for every question and author of it."""
    institution = sa.func.nullif(sa.func.lower(sa.func.btrim(Authorship.affiliation)), "")
    rows = sa.select(
        Question.id.label("question_id"),
        Question.kind,
        Question.theme_id,
        topic.c.id.label("topic_id"),
        Authorship.person_id,
        Authorship.country,
        sa.func.coalesce(Authorship.ror, institution).label("institution"),
        Authorship.career,
    ).select_from(Question)
    speaks = (Submission.id == QuestionSource.submission_id) & Submission.state.in_(LIVE)
    rows = (
        rows.outerjoin(QuestionSource, QuestionSource.question_id == Question.id)
        .outerjoin(Submission, speaks)
        .outerjoin(Authorship, Authorship.submission_id == Submission.id)
    )
    return with_topic(rows).where(
        Question.call_id == call.id,
        Question.state == QuestionState.IN_SCOPE,
        Question.theme_id.is_not(None),
        ~is_involved(viewer_id, Question.id),
    )


def _themes(call: CallFacts, per_theme: Mapping[int, Breadth], whole: Breadth) -> tuple[ThemeBreadth, ...]:
    nothing = Breadth(0, 0, 0, 0, 0, {})
    return tuple(
        ThemeBreadth(
            theme,
            breadth := per_theme.get(theme.id, nothing),
            share=breadth.n / max(whole.n, 1),
            even_share=1 / len(call.themes),
            n_missing=max(RANKED_PER_PLACE * call.n_places - breadth.n_questions, 0),
        )
        for theme in call.themes
    )


def _breadth(row: sa.Row) -> Breadth:
    return Breadth(
        row.n_questions,
        row.n_plans,
        row.n_people,
        row.n_countries,
        row.n_institutions,
        {career: getattr(row, career.value) for career in Career},
    )
