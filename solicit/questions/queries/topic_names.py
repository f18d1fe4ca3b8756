"""The topic that a question has, by its name. Topics build on questions: only the columns read here are known."""

import sqlalchemy as sa

from solicit.questions.models import Question

topic = sa.table("topic", *map(sa.column, ("id", "theme_id", "name", "terms", "retired_at")))
topic_member = sa.table("topic_member", sa.column("question_id"), sa.column("topic_id"))
TOPIC_NAME = sa.func.coalesce(
    sa.func.nullif(topic.c.name, ""),
    sa.func.nullif(sa.func.array_to_string(topic.c.terms, ", "), ""),
    sa.func.concat("T-", topic.c.id),
)


def with_topic(select: sa.Select) -> sa.Select:
    """A statement about questions, with the topic of each. A question has one while it is under the topic's theme."""
    stands = sa.and_(
        topic.c.id == topic_member.c.topic_id,
        topic.c.theme_id == Question.theme_id,
        topic.c.retired_at.is_(None),
    )
    return select.outerjoin(topic_member, topic_member.c.question_id == Question.id).outerjoin(topic, stands)
