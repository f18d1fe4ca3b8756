"""The topic that a question has, by its name. Topics build on questions: only the columns read here are known."""

from typing import Any

import sqlalchemy as sa

from solicit.questions.models import Question

topic = sa.table("topic", *map(sa.column, ("id", "theme_id", "name", "terms", "retired_at")))
topic_member = sa.table("topic_member", sa.column("question_id"), sa.column("topic_id"))


def name_of_topic(of: Any) -> sa.ColumnElement[str]:
    """What organizers called a topic, else its words, else its number; NULL where there is no topic."""
    words = sa.func.array_to_string(of.terms, ", ")
    number = sa.literal("T-").concat(sa.cast(of.id, sa.Text))
    return sa.func.coalesce(sa.func.nullif(of.name, ""), sa.func.nullif(words, ""), number)


TOPIC_NAME = name_of_topic(topic.c)


def with_topic(select: sa.Select) -> sa.Select:
    """A statement about questions, with the topic of each. A question has one while it is under the topic's theme."""
    stands = sa.and_(
        topic.c.id == topic_member.c.topic_id,
        topic.c.theme_id == Question.theme_id,
        topic.c.retired_at.is_(None),
    )
    return select.outerjoin(topic_member, topic_member.c.question_id == Question.id).outerjoin(topic, stands)
