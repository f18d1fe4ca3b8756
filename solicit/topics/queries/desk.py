"""What organizers see of topics to arrange them: questions with their pins, weak ones, and where those may go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session, aliased

from solicit.calls.queries import CallFacts, ThemeView
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import Aspect, QuestionState, question_label
from solicit.topics.models import Topic, TopicMember, TopicRun
from solicit.topics.queries.topics import TopicView, stands_for_question, topic_name
from solicit.web.pagination import Window

NEAREST = 2
# A topic of more questions is split page by page: by moving them.
LONGEST_SPLIT = 500
NUMBER = (Question.kind, Question.number)


@dataclass(frozen=True)
class TopicChoice:
    """A topic that a question may be moved to."""

    id: int
    name: str


@dataclass(frozen=True)
class DeskMember:
    """One question of a topic, as organizers arrange it.

    Of one in which the viewer has a part, ``is_own``, nothing is said but that it is there.
    """

    id: int
    label: str
    title: str
    language: str
    is_weak: bool
    is_pinned: bool
    came_later: bool
    is_own: bool
    topic_id: int
    topic_name: str
    topic_version: int
    theme: ThemeView | None


def members_of_topic(
    session: Session, *, call: CallFacts, viewer_id: int, topic: TopicView, window: Window
) -> tuple[DeskMember, ...]:
    """One page of a topic's questions, those to look at first; one statement."""
    rows = (
        _members(call, viewer_id)
        .where(Topic.id == topic.id)
        .order_by(sa.and_(TopicMember.is_weak, ~is_involved(viewer_id, Question.id)).desc(), *NUMBER)
        .offset(window.offset)
        .limit(window.size)
    )
    return tuple(_member(call, row) for row in session.execute(rows))


def weak_questions(
    session: Session, *, call: CallFacts, viewer_id: int, theme: ThemeView | None, window: Window
) -> tuple[DeskMember, ...]:
    """Questions far from the middle of their topic, without those in which the viewer has a part; one statement."""
    rows = (
        _members(call, viewer_id)
        .where(TopicMember.is_weak, ~is_involved(viewer_id, Question.id))
        .order_by(Question.theme_id, Topic.id, *NUMBER)
        .offset(window.offset)
        .limit(window.size)
    )
    if theme is not None:
        rows = rows.where(Question.theme_id == theme.id)
    return tuple(_member(call, row) for row in session.execute(rows))


def weak_per_theme(session: Session, *, call: CallFacts, viewer_id: int) -> Mapping[int, int]:
    """How many weak questions each theme has; one statement."""
    counted = (
        _standing(sa.select(Question.theme_id, sa.func.count()), call)
        .where(TopicMember.is_weak, ~is_involved(viewer_id, Question.id))
        .group_by(Question.theme_id)
    )
    return dict(session.execute(counted).all())


def topics_of_theme(session: Session, *, call: CallFacts, topic: TopicView) -> tuple[TopicChoice, ...]:
    """The other standing topics of a topic's theme, by name; one statement."""
    others = sa.select(Topic.id, Topic.name, Topic.terms).where(
        Topic.call_id == call.id,
        Topic.theme_id == topic.theme.id,
        Topic.retired_at.is_(None),
        Topic.id != topic.id,
    )
    choices = (TopicChoice(row.id, topic_name(*row)) for row in session.execute(others))
    return tuple(sorted(choices, key=lambda choice: (choice.name.casefold(), choice.id)))


def nearest_topics(
    session: Session, *, call: CallFacts, questions: Sequence[DeskMember]
) -> Mapping[int, tuple[TopicChoice, ...]]:
    """The two other topics whose middles are nearest to each of these weak questions; one statement.

    The middle is the mean of a topic's vectors, of the model that its grouping read.
    """
    own = {question.id: question.topic_id for question in questions if question.is_weak}
    if not own:
        return {}
    asked, asked_topic = aliased(QuestionVector), aliased(Topic)
    asked_member, asked_run = aliased(TopicMember), aliased(TopicRun)
    centre = _centres(call, {question.theme.id for question in questions})
    nearest = (
        sa.select(centre.c.topic_id, centre.c.name, centre.c.terms)
        .where(centre.c.topic_id != asked_member.topic_id, centre.c.theme_id == asked_topic.theme_id)
        .order_by(centre.c.middle.op("<=>")(asked.vector), centre.c.topic_id)
        .limit(NEAREST)
        .lateral()
    )
    rows = session.execute(
        sa.select(asked.question_id, *nearest.c)
        .select_from(asked_member)
        .join(asked_topic, asked_topic.id == asked_member.topic_id)
        .join(asked_run, asked_run.id == asked_topic.run_id)
        .join(
            asked,
            (asked.question_id == asked_member.question_id)
            & (asked.model_id == asked_run.model_id)
            & (asked.aspect == Aspect.TEXT),
        )
        .join(nearest, sa.true())
        .where(asked_member.question_id.in_(own), asked_topic.words_of.is_(None))
    )
    found: dict[int, tuple[TopicChoice, ...]] = {}
    for question_id, topic_id, name, terms in rows:
        found[question_id] = (*found.get(question_id, ()), TopicChoice(topic_id, topic_name(topic_id, name, terms)))
    return found


def vectors_of_topic(session: Session, *, topic: TopicView) -> tuple[list[int], NDArray[np.float32]]:
    """The questions that a topic's model read and their vectors, in an order of their own; one statement."""
    wanted = (
        sa.select(Question.id, QuestionVector.vector)
        .select_from(TopicMember)
        .join(Topic, Topic.id == TopicMember.topic_id)
        .join(TopicRun, TopicRun.id == Topic.run_id)
        .join(Question, Question.id == TopicMember.question_id)
        .join(QuestionVector, QuestionVector.question_id == Question.id)
        .where(
            Topic.id == topic.id,
            Question.state == QuestionState.IN_SCOPE,
            QuestionVector.model_id == TopicRun.model_id,
            QuestionVector.aspect == Aspect.TEXT,
        )
        .order_by(QuestionVector.digest, Question.id)
    )
    rows = session.execute(wanted).all()
    return [row.id for row in rows], np.array([row.vector for row in rows], dtype=np.float32)


def _centres(call: CallFacts, theme_ids: set[int]) -> sa.Subquery:
    middle = sa.func.avg(QuestionVector.vector)
    return (
        sa.select(Topic.id.label("topic_id"), Topic.theme_id, Topic.name, Topic.terms, middle.label("middle"))
        .join(TopicRun, TopicRun.id == Topic.run_id)
        .join(TopicMember, TopicMember.topic_id == Topic.id)
        .join(
            QuestionVector,
            (QuestionVector.question_id == TopicMember.question_id)
            & (QuestionVector.model_id == TopicRun.model_id)
            & (QuestionVector.aspect == Aspect.TEXT),
        )
        .where(
            Topic.call_id == call.id,
            Topic.theme_id.in_(theme_ids),
            Topic.retired_at.is_(None),
            Topic.words_of.is_(None),
        )
        .group_by(Topic.id)
        .cte("centre")
    )


def _members(call: CallFacts, viewer_id: int) -> sa.Select:
    return _standing(
        sa.select(
            Question.id,
            Question.kind,
            Question.number,
            Question.title,
            Question.language,
            Question.theme_id,
            TopicMember.is_weak,
            TopicMember.is_pinned,
            TopicMember.came_later,
            is_involved(viewer_id, Question.id).label("is_own"),
            Topic.id.label("topic_id"),
            Topic.name,
            Topic.terms,
            Topic.version,
        ),
        call,
    )


def _standing(wanted: sa.Select, call: CallFacts) -> sa.Select:
    """Questions in scope in a standing topic of their theme."""
    return (
        wanted.select_from(Question)
        .join(TopicMember, TopicMember.question_id == Question.id)
        .join(Topic, (Topic.id == TopicMember.topic_id) & stands_for_question())
        .where(Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE)
    )


def _member(call: CallFacts, row: sa.Row) -> DeskMember:
    return DeskMember(
        id=row.id,
        label=question_label(row.kind, row.number),
        title=row.title,
        language=row.language,
        is_weak=row.is_weak and not row.is_own,
        is_pinned=row.is_pinned and not row.is_own,
        came_later=row.came_later and not row.is_own,
        is_own=row.is_own,
        topic_id=row.topic_id,
        topic_name=topic_name(row.topic_id, row.name, row.terms),
        topic_version=row.version,
        theme=call.theme_by_id(row.theme_id),
    )
