"""Putting questions that no grouping found a topic for into one by hand."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, Refused
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import QuestionState
from solicit.topics.models import Topic, TopicMember
from solicit.words import N_


def seat_questions(
    session: Session, *, call_id: int, topic_id: int, question_ids: Sequence[int], actor_id: int, now: datetime
) -> int:
    """Put questions without a topic into one of their theme, for good; returns how many.

    The question in the middle of the topic is held, too: it stands for what the topic was.
    """
    check_desk_is_open(session.get_one(Call, call_id), now=now)
    wanted = sa.select(Topic).where(Topic.id == topic_id, Topic.call_id == call_id, Topic.retired_at.is_(None))
    topic = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if topic is None:
        raise Refused(N_("Choose another topic of the same theme."))
    placed = session.scalars(_homeless(topic, question_ids).with_for_update()).all()
    if len(placed) < len(set(question_ids)):
        raise Conflict(N_("Some of these questions cannot go there any more. Look again, then decide."))
    own = sa.select(Question.id).where(Question.id.in_(placed), is_involved(actor_id, Question.id))
    if session.scalar(own.limit(1)):
        raise Refused(N_("You have a part in a question that this would touch. Ask another organizer."))
    _seat(session, topic, placed)
    topic.version += 1
    facts = dict(subject="topic", subject_id=topic.id, call_id=call_id, actor_id=actor_id, now=now)
    record(session, act="seat questions", questions=sorted(placed), **facts)
    session.flush()
    return len(placed)


def _homeless(topic: Topic, question_ids: Sequence[int]) -> sa.Select:
    """Those of the questions that may be placed: in scope, of the topic's theme, and in no standing topic of it."""
    seated = (
        sa.exists()
        .where(TopicMember.question_id == Question.id, TopicMember.topic_id == Topic.id)
        .where(Topic.theme_id == Question.theme_id, Topic.retired_at.is_(None))
    )
    return (
        sa.select(Question.id)
        .where(Question.id.in_(tuple(question_ids)), Question.call_id == topic.call_id)
        .where(Question.theme_id == topic.theme_id, Question.state == QuestionState.IN_SCOPE, ~seated)
        .order_by(Question.id)
    )


def _seat(session: Session, topic: Topic, question_ids: Sequence[int]) -> None:
    held = dict(topic_id=topic.id, is_pinned=True, is_weak=False, came_later=False)
    seats = insert(TopicMember).values([dict(question_id=question_id, **held) for question_id in question_ids])
    session.execute(seats.on_conflict_do_update(index_elements=["question_id"], set_=held))
    middle = sa.update(TopicMember).where(TopicMember.topic_id == topic.id, TopicMember.question_id == topic.medoid_id)
    session.execute(middle.values(is_pinned=True).execution_options(synchronize_session=False))
    session.expire_all()
