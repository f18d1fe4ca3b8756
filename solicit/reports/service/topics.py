"""What becomes of topics, standing and proposed, when the text of a person who leaves goes."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.questions.models import Question
from solicit.topics.models import ProposedMember, ProposedTopic, Topic, TopicMember

MEMBERS = (
    (Topic, TopicMember, TopicMember.topic_id),
    (ProposedTopic, ProposedMember, ProposedMember.proposed_topic_id),
)
NAMING_TOPICS = (
    ProposedTopic.continues_id, ProposedTopic.became_id, ProposedMember.previous_id, Topic.merged_into_id
)  # fmt: skip


def forget_words(session: Session, question_ids: Sequence[int]) -> None:
    """Take out of the names of topics the words that only these questions said; while they are still in them."""
    for topic, member, topic_id in MEMBERS:
        theirs = sa.select(topic_id).where(member.question_id.in_(question_ids))
        others = sa.func.string_agg(Question.title, "\n").filter(Question.id.not_in(question_ids))
        found = sa.select(topic.id, topic.terms, others).join(member, topic_id == topic.id)
        found = found.join(Question, Question.id == member.question_id).where(topic.id.in_(theirs)).group_by(topic.id)
        for id_, terms, titles in session.execute(found).all():
            said = (titles or "").casefold()
            kept = [term for term in terms if term.casefold() in said]
            if kept != terms:
                session.execute(sa.update(topic).where(topic.id == id_).values(terms=kept))


def leave_topics(session: Session, question_ids: Sequence[int]) -> None:
    """A topic whose middle goes takes another of its questions for it; one without any goes, too."""
    for topic, member, topic_id in MEMBERS:
        session.execute(sa.delete(member).where(member.question_id.in_(question_ids)))
        another = sa.select(sa.func.min(member.question_id)).where(topic_id == topic.id).scalar_subquery()
        lost = topic.medoid_id.in_(question_ids)
        emptied = session.scalars(sa.select(topic.id).where(lost, another.is_(None))).all()
        if topic is Topic:
            for naming in NAMING_TOPICS:
                session.execute(sa.update(naming.class_).where(naming.in_(emptied)).values({naming: None}))
        session.execute(sa.delete(topic).where(topic.id.in_(emptied)))
        session.execute(sa.update(topic).where(lost).values(medoid_id=another))
