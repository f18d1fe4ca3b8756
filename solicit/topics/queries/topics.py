"""Topics by name and size, theme by theme."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import QuestionState
from solicit.topics.models import Topic, TopicMember

Medoid = aliased(Question)


@dataclass(frozen=True)
class TopicView:
    """One topic. Its sentence is the question in its middle, if that is still part of the call."""

    id: int
    name: str
    given_name: str
    sentence: str | None
    sentence_language: str | None
    n_questions: int
    n_weak: int
    theme: ThemeView | None
    version: int
    is_pinned: bool
    # The language whose words it was grouped by; none if the language model read its questions.
    words_of: str | None


@dataclass(frozen=True)
class ThemeTopics:
    """The topics of one theme, the largest first."""

    theme: ThemeView
    topics: tuple[TopicView, ...]


def stands_for_question() -> sa.ColumnElement[bool]:
    """Whether a topic that a question is a member of is its topic: it stands, and in the question's theme."""
    return sa.and_(Topic.theme_id == Question.theme_id, Topic.retired_at.is_(None))


def topic_subject(session: Session, *, call: CallFacts, topic_id: int, **_) -> Subject | None:
    """Facts for the policy: a topic belongs to its call, while it stands or leads to one that does."""
    found = sa.select(Topic.id).where(
        Topic.id == topic_id,
        Topic.call_id == call.id,
        sa.or_(Topic.retired_at.is_(None), Topic.merged_into_id.is_not(None)),
    )
    return Subject(call_id=call.id) if session.scalar(found) else None


def merged_into(session: Session, *, call: CallFacts, topic_id: int) -> int | None:
    """The standing topic that people merged this one into, even by detour; one statement."""
    start = sa.select(Topic.merged_into_id.label("id")).where(Topic.id == topic_id, Topic.call_id == call.id)
    chain = start.cte("chain", recursive=True)
    chain = chain.union(sa.select(Topic.merged_into_id).join(chain, Topic.id == chain.c.id))
    return session.scalar(sa.select(Topic.id).join(chain, Topic.id == chain.c.id).where(Topic.retired_at.is_(None)))


def topic_name(topic_id: int, name: str, terms: Sequence[str]) -> str:
    """What a topic is called: the name that people gave it, else the words found in its texts."""
    return name or ", ".join(terms) or f"T-{topic_id}"


def topics_of_call(session: Session, *, call: CallFacts, viewer_id: int) -> tuple[ThemeTopics, ...]:
    """The standing topics with questions in them, theme by theme; one statement.

    ``n_weak`` leaves out questions in which the viewer has a part.
    """
    rows = session.execute(_topics(call, viewer_id).order_by(sa.desc("n_questions"), Topic.id))
    views = [_topic_view(call, row) for row in rows]
    grouped = ((theme, tuple(view for view in views if view.theme == theme)) for theme in call.themes)
    return tuple(ThemeTopics(theme, topics) for theme, topics in grouped if topics)


def topic_view(session: Session, *, call: CallFacts, viewer_id: int, topic_id: int) -> TopicView | None:
    """A standing topic with questions in it; one statement."""
    row = session.execute(_topics(call, viewer_id).where(Topic.id == topic_id)).one_or_none()
    return _topic_view(call, row) if row else None


def _counted(theme_id: int | sa.ColumnElement[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """A question counts for its topic while it is in scope and still under the topic's theme."""
    return Question.state == QuestionState.IN_SCOPE, Question.theme_id == theme_id


def _topics(call: CallFacts, viewer_id: int) -> sa.Select:
    is_weak = sa.and_(TopicMember.is_weak, ~is_involved(viewer_id, Question.id))
    return (
        sa.select(
            Topic,
            Medoid,
            sa.func.count(Question.id).label("n_questions"),
            sa.func.count(Question.id).filter(is_weak).label("n_weak"),
        )
        .join(TopicMember, TopicMember.topic_id == Topic.id)
        .join(Question, (Question.id == TopicMember.question_id) & sa.and_(*_counted(Topic.theme_id)))
        .outerjoin(Medoid, (Medoid.id == Topic.medoid_id) & (Medoid.state == QuestionState.IN_SCOPE))
        .where(Topic.call_id == call.id, Topic.retired_at.is_(None))
        .group_by(Topic.id, Medoid.id)
    )


def _topic_view(call: CallFacts, row: sa.Row) -> TopicView:
    topic, medoid, n_questions, n_weak = row
    return TopicView(
        id=topic.id,
        name=topic_name(topic.id, topic.name, topic.terms),
        given_name=topic.name,
        sentence=medoid.title if medoid else None,
        sentence_language=medoid.language if medoid else None,
        n_questions=n_questions,
        n_weak=n_weak,
        theme=call.theme_by_id(topic.theme_id),
        version=topic.version,
        is_pinned=topic.is_pinned,
        words_of=topic.words_of,
    )
