"""The questions in scope that are in no topic of their theme."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import QuestionState, question_label
from solicit.topics.models import Topic, TopicMember
from solicit.topics.queries.desk import TopicChoice
from solicit.topics.queries.topics import stands_for_question, topic_name
from solicit.web.pagination import Window


@dataclass(frozen=True)
class UngroupedQuestion:
    """One question that waits for a topic."""

    id: int
    label: str
    title: str
    language: str


def ungrouped_questions(
    session: Session, *, call: CallFacts, viewer_id: int, theme: ThemeView, window: Window
) -> tuple[UngroupedQuestion, ...]:
    """One page of a theme's questions without a topic; one statement."""
    rows = (
        sa.select(Question.id, Question.kind, Question.number, Question.title, Question.language)
        .where(is_ungrouped(call, viewer_id), Question.theme_id == theme.id)
        .order_by(Question.language, Question.kind, Question.number)
        .offset(window.offset)
        .limit(window.size)
    )
    return tuple(
        UngroupedQuestion(row.id, question_label(row.kind, row.number), row.title, row.language)
        for row in session.execute(rows)
    )


def ungrouped_per_theme(session: Session, *, call: CallFacts, viewer_id: int) -> Mapping[int, int]:
    """How many questions without a topic each theme has for this viewer; one statement."""
    counted = (
        sa.select(Question.theme_id, sa.func.count()).where(is_ungrouped(call, viewer_id)).group_by(Question.theme_id)
    )
    return dict(session.execute(counted).all())


def standing_topics(session: Session, *, call: CallFacts, theme: ThemeView) -> tuple[TopicChoice, ...]:
    """The topics of a theme that questions may be put into, by name; one statement."""
    standing = sa.select(Topic.id, Topic.name, Topic.terms).where(
        Topic.call_id == call.id, Topic.theme_id == theme.id, Topic.retired_at.is_(None)
    )
    choices = (TopicChoice(row.id, topic_name(*row)) for row in session.execute(standing))
    return tuple(sorted(choices, key=lambda choice: (choice.name.casefold(), choice.id)))


def is_ungrouped(call: CallFacts, viewer_id: int) -> sa.ColumnElement[bool]:
    """Whether a question is in scope and in no standing topic of its theme, and the viewer has no part in it."""
    has_topic = (
        sa.exists()
        .where(TopicMember.question_id == Question.id)
        .where(TopicMember.topic_id == Topic.id, stands_for_question())
    )
    in_scope = sa.and_(Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE)
    return sa.and_(in_scope, ~has_topic, ~is_involved(viewer_id, Question.id))
