"""A question that comes after a grouping joins the topic of its nearest neighbours."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from solicit.calls.models import Call
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.neighbours import is_read_by_model
from solicit.questions.states import Aspect, QuestionState
from solicit.topics.models import Topic, TopicMember

PLACE = "topics.place"
N_VOTERS = 15

Own, Other = aliased(QuestionVector), aliased(QuestionVector)
Asking = aliased(Question)


def join_by_vote(session: Session, *, question_id: int) -> int | None:
    """Put a question in scope that has no topic where most of its neighbours are; return the topic, if any.

    The vote weighs by cosine. It is marked as having come later, and the next grouping is free to move it.
    """
    chosen = session.scalar(_vote(question_id))
    if chosen is None:
        return None
    row = insert(TopicMember).values(question_id=question_id, topic_id=chosen, came_later=True)
    replaced = dict(topic_id=chosen, came_later=True, is_weak=False, is_pinned=False)
    session.execute(row.on_conflict_do_update(index_elements=["question_id"], set_=replaced))
    return chosen


def _vote(question_id: int) -> sa.Select:
    nearest = _nearest(question_id).subquery()
    return (
        sa.select(nearest.c.topic_id)
        .where(nearest.c.cosine > 0)
        .group_by(nearest.c.topic_id)
        .order_by(sa.func.sum(nearest.c.cosine).desc(), nearest.c.topic_id)
        .limit(1)
    )


def _nearest(question_id: int) -> sa.Select:
    """The topics of the nearest questions of its theme, with their cosines; none for a question that has a topic."""
    same_index = (Other.call_id == Own.call_id) & (Other.theme_id == Asking.theme_id) & (Other.model_id == Own.model_id)
    return (
        sa.select(TopicMember.topic_id, (1 - Own.vector.cosine_distance(Other.vector)).label("cosine"))
        .select_from(Asking)
        .join(Call, Call.id == Asking.call_id)
        .join(Own, (Own.question_id == Asking.id) & (Own.aspect == Aspect.TEXT) & (Own.model_id == Call.model_id))
        .join(Other, same_index & (Other.aspect == Aspect.TEXT) & (Other.question_id != Asking.id))
        .join(TopicMember, TopicMember.question_id == Other.question_id)
        .join(Topic, Topic.id == TopicMember.topic_id)
        .join(Question, Question.id == Other.question_id)
        .where(
            Asking.id == question_id,
            Asking.state == QuestionState.IN_SCOPE,
            ~_has_topic(),
            Topic.retired_at.is_(None),
            Topic.theme_id == Asking.theme_id,
            Topic.words_of.is_(None),
            Question.state == QuestionState.IN_SCOPE,
            is_read_by_model(Asking.language, Own.model_id),
            is_read_by_model(Question.language, Own.model_id),
        )
        .order_by(Own.vector.cosine_distance(Other.vector), Other.question_id)
        .limit(N_VOTERS)
    )


def _has_topic() -> sa.ColumnElement[bool]:
    own_topic, own_member = aliased(Topic), aliased(TopicMember)
    return (
        sa.select(own_member.question_id)
        .join(own_topic, own_topic.id == own_member.topic_id)
        .where(
            own_member.question_id == Asking.id,
            own_topic.retired_at.is_(None),
            own_topic.theme_id == Asking.theme_id,
        )
        .correlate(Asking)
        .exists()
    )
