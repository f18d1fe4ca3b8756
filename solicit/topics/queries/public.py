"""Topics as everybody reads them: all of them on one page, and each with those nearest to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import Kind
from solicit.questions.models import Question, QuestionVector
from solicit.questions.states import Aspect, QuestionState, question_label
from solicit.topics.models import MapLayout, MapPoint, Topic, TopicMember, TopicRun
from solicit.topics.queries.topics import stands_for_question, topic_name
from solicit.topics.states import RunState
from solicit.web.scatter import Point

NEW_DAYS = 7
NEAREST_SHOWN = 5

Medoid, MedoidVector = aliased(Question), aliased(QuestionVector)


@dataclass(frozen=True)
class PublicTopic:
    """One topic. Its sentence is the question in its middle, if that is still part of the call; so is its place.

    ``nearness`` is the cosine to the topic whose page it is, None elsewhere or where it is not known.
    """

    id: int
    name: str
    theme: ThemeView
    sentence: str | None
    sentence_language: str | None
    sentence_label: str | None
    n_questions: int
    n_plans: int
    n_new: int
    place: Point | None
    nearness: float | None = None

    @property
    def n(self) -> int:
        return self.n_questions + self.n_plans


@dataclass(frozen=True)
class Grouping:
    """When the questions of a call were grouped, and how many there are to group, by theme."""

    grouped_at: datetime | None
    has_map: bool
    per_theme: Mapping[ThemeView, int]

    @property
    def n(self) -> int:
        return sum(self.per_theme.values())


@dataclass(frozen=True)
class TopicSurroundings:
    """A topic among all others of its call, and the few that are most like it."""

    topic: PublicTopic
    all: tuple[PublicTopic, ...]
    nearest: tuple[PublicTopic, ...]


def public_topics(session: Session, *, call: CallFacts, now: datetime) -> tuple[PublicTopic, ...]:
    """The standing topics with questions in them, the largest first; one statement."""
    return tuple(_view(call, row) for row in session.execute(_topics(call, now)))


def topic_surroundings(session: Session, *, call: CallFacts, topic_id: int, now: datetime) -> TopicSurroundings | None:
    """A standing topic with questions in it, and the others around it; one statement."""
    own = sa.select(MedoidVector.vector).join(Topic, Topic.medoid_id == MedoidVector.question_id)
    own = own.join(TopicRun, TopicRun.id == Topic.run_id).where(Topic.id == topic_id, *_is_read())
    nearness = 1 - MedoidVector.vector.cosine_distance(own.correlate(None).scalar_subquery())
    rows = (
        _topics(call, now)
        .join(TopicRun, TopicRun.id == Topic.run_id)
        .outerjoin(MedoidVector, sa.and_(MedoidVector.question_id == Topic.medoid_id, *_is_read()))
        .add_columns(nearness.label("nearness"))
    )
    views = tuple(_view(call, row) for row in session.execute(rows))
    found = next((view for view in views if view.id == topic_id), None)
    return found and TopicSurroundings(found, views, _nearest(views, found))


def grouping_of(session: Session, *, call: CallFacts) -> Grouping:
    """When the call was last grouped, whether it has a map, and its questions by theme; one statement."""
    accepted = (TopicRun.call_id == call.id, TopicRun.state == RunState.ACCEPTED)
    grouped_at = sa.select(sa.func.max(TopicRun.run_at)).where(*accepted).scalar_subquery()
    has_map = sa.exists().where(MapLayout.call_id == call.id)
    n_of = (
        sa.select(Question.theme_id, sa.func.count().label("n"))
        .where(Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE)
        .group_by(Question.theme_id)
        .subquery()
    )
    facts = sa.select(grouped_at.label("grouped_at"), has_map.label("has_map")).subquery()
    rows = session.execute(sa.select(facts, n_of).select_from(sa.outerjoin(facts, n_of, sa.true()))).all()
    counts = {row.theme_id: row.n for row in rows}
    return Grouping(rows[0].grouped_at, rows[0].has_map, {theme: counts.get(theme.id, 0) for theme in call.themes})


def _topics(call: CallFacts, now: datetime) -> sa.Select:
    counted = _counted(call, now)
    return (
        sa.select(
            Topic.id,
            Topic.theme_id,
            Topic.name,
            Topic.terms,
            *(counted.c[name] for name in ("n_questions", "n_plans", "n_new")),
            Medoid.title,
            Medoid.language,
            Medoid.kind,
            Medoid.number,
            MapPoint.x,
            MapPoint.y,
        )
        .select_from(counted)
        .join(Topic, Topic.id == counted.c.topic_id)
        .outerjoin(Medoid, (Medoid.id == Topic.medoid_id) & (Medoid.state == QuestionState.IN_SCOPE))
        .outerjoin(MapPoint, MapPoint.question_id == Medoid.id)
        .order_by((counted.c.n_questions + counted.c.n_plans).desc(), Topic.id)
    )


def _counted(call: CallFacts, now: datetime) -> sa.Subquery:
    """Questions per topic; one counts while it is in scope and still under the topic's theme."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    n = sa.func.count()
    return (
        sa.select(
            TopicMember.topic_id,
            n.filter(Question.kind == Kind.QUESTION).label("n_questions"),
            n.filter(Question.kind == Kind.PLAN).label("n_plans"),
            n.filter(Question.created_at >= today - timedelta(days=NEW_DAYS - 1)).label("n_new"),
        )
        .join(Question, Question.id == TopicMember.question_id)
        .join(Topic, (Topic.id == TopicMember.topic_id) & stands_for_question())
        .where(Topic.call_id == call.id, Question.state == QuestionState.IN_SCOPE)
        .group_by(TopicMember.topic_id)
        .subquery()
    )


def _is_read() -> tuple[sa.ColumnElement[bool], ...]:
    """A vector says something of a topic whose questions the language model reads."""
    is_text = (MedoidVector.aspect == Aspect.TEXT, MedoidVector.model_id == TopicRun.model_id)
    return *is_text, Topic.words_of.is_(None)


def _nearest(views: Sequence[PublicTopic], found: PublicTopic) -> tuple[PublicTopic, ...]:
    others = [view for view in views if view is not found and view.nearness is not None]
    return tuple(sorted(others, key=lambda view: -view.nearness)[:NEAREST_SHOWN])


def _view(call: CallFacts, row: sa.Row) -> PublicTopic:
    return PublicTopic(
        id=row.id,
        name=topic_name(row.id, row.name, row.terms),
        theme=call.theme_by_id(row.theme_id),
        sentence=row.title,
        sentence_language=row.language,
        sentence_label=question_label(row.kind, row.number) if row.title else None,
        n_questions=row.n_questions,
        n_plans=row.n_plans,
        n_new=row.n_new,
        place=None if row.x is None else (row.x, row.y),
        nearness=getattr(row, "nearness", None),
    )
