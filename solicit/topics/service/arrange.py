"""What organizers do with topics by hand; later groupings leave it as it is."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.language.clustering import medoid
from ml.language.labels import topic_labels
from ml.language.word_vectors import word_vectors
from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, Refused
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import Aspect, QuestionState
from solicit.topics.models import Topic, TopicMember, TopicRun
from solicit.words import N_


def rename_topic(session: Session, *, topic_id: int, version: int, name: str, actor_id: int, now: datetime) -> None:
    """Give a topic a name of its own, which later groupings keep; an empty one takes it away.

    The audit, which nobody erases, does not hold the words.
    """
    topic = _locked(session, topic_id, version, now)
    _record(session, "rename", topic, actor_id, now)
    topic.name = name
    session.flush()


def pin_topic(session: Session, *, topic_id: int, version: int, is_pinned: bool, actor_id: int, now: datetime) -> None:
    """Keep a topic as it is: it is neither split nor ended, nobody leaves it, new questions may join.

    Letting it go lets every question of it go, too.
    """
    topic = _locked(session, topic_id, version, now)
    _check_no_part(session, actor_id, TopicMember.topic_id == topic_id)
    _record(session, "pin" if is_pinned else "unpin", topic, actor_id, now)
    topic.is_pinned = is_pinned
    if not is_pinned:
        _pin(session, TopicMember.topic_id == topic_id, False)
    session.flush()


def pin_questions(
    session: Session,
    *,
    topic_id: int,
    version: int,
    question_ids: Sequence[int],
    is_pinned: bool,
    actor_id: int,
    now: datetime,
) -> int:
    """Hold questions in their topic, or let them go; returns how many."""
    topic = _locked(session, topic_id, version, now)
    chosen = _members(topic_id, question_ids)
    _check_no_part(session, actor_id, chosen)
    act = "pin questions" if is_pinned else "unpin questions"
    _record(session, act, topic, actor_id, now, questions=_ids(session, chosen))
    return _pin(session, chosen, is_pinned)


def move_questions(
    session: Session,
    *,
    topic_id: int,
    version: int,
    question_ids: Sequence[int],
    to_id: int,
    actor_id: int,
    now: datetime,
) -> int:
    """Put questions of a topic into another one of its theme, for good; returns how many.

    The question in the middle of the other topic is held, too: it stands for what the topic was.
    """
    topic, target = _locked_pair(session, topic_id, version, to_id, now)
    chosen = _members(topic_id, question_ids)
    _check_no_part(session, actor_id, chosen)
    moved = _ids(session, chosen)
    n_moved = _place(session, chosen, target.id)
    if n_moved:
        _pin(session, _members(to_id, [target.medoid_id]), True)
        _record(session, "move questions", topic, actor_id, now, to=to_id, questions=moved)
        target.version += 1
        if not _find_middle(session, topic):
            # Its last question is gone: its address leads after it.
            topic.retired_at, topic.merged_into_id = now, to_id
    session.flush()
    return n_moved


def merge_topics(session: Session, *, topic_id: int, version: int, into_id: int, actor_id: int, now: datetime) -> None:
    """Let a topic's questions, and its address, lead to another one of its theme; all of both stay there."""
    topic, target = _locked_pair(session, topic_id, version, into_id, now)
    both = TopicMember.topic_id.in_((topic_id, into_id))
    _check_no_part(session, actor_id, both)
    _record(session, "merge", topic, actor_id, now, into=into_id)
    _place(session, both, into_id)
    topic.retired_at, topic.merged_into_id, topic.is_pinned = now, into_id, False
    led_here = sa.update(Topic).where(Topic.merged_into_id == topic_id).values(merged_into_id=into_id)
    session.execute(led_here.execution_options(synchronize_session="fetch"))
    target.version += 1
    _find_middle(session, target)
    session.flush()


def split_topic(
    session: Session,
    *,
    topic_id: int,
    version: int,
    question_ids: Sequence[int],
    name: str,
    actor_id: int,
    now: datetime,
) -> int:
    """Give some questions of a topic one of their own; both keep exactly these. Returns the new topic."""
    topic = _locked(session, topic_id, version, now)
    _check_no_part(session, actor_id, TopicMember.topic_id == topic_id)
    leaving = _members(topic_id, question_ids)
    n_leaving, ids = session.scalar(_counted(leaving)), _ids(session, leaving)
    if not 0 < n_leaving < session.scalar(_counted(TopicMember.topic_id == topic_id)):
        raise Refused(N_("Choose at least one question that leaves, and leave at least one."))
    new = Topic(
        call_id=topic.call_id,
        theme_id=topic.theme_id,
        terms=[],
        name=name,
        medoid_id=topic.medoid_id,
        run_id=topic.run_id,
        words_of=topic.words_of,
        created_at=now,
    )
    session.add(new)
    session.flush()
    _place(session, leaving, new.id)
    _pin(session, TopicMember.topic_id == topic_id, True)
    for each, other in ((topic, new), (new, topic)):
        _find_middle(session, each, apart_from=other)
    _record(session, "split", topic, actor_id, now, new=new.id, questions=ids)
    session.flush()
    return new.id


def _locked(session: Session, topic_id: int, version: int, now: datetime) -> Topic:
    """A standing topic as the organizer read it; whoever reads it next reads a later version."""
    wanted = sa.select(Topic).where(Topic.id == topic_id).with_for_update()
    topic = session.scalar(wanted.execution_options(populate_existing=True))
    if topic is None or topic.retired_at is not None:
        raise NotFound
    check_desk_is_open(session.get_one(Call, topic.call_id), now=now)
    if topic.version != version:
        raise Conflict(N_("This topic changed while you were looking at it. Look again, then decide."))
    topic.version += 1
    return topic


def _locked_pair(session: Session, topic_id: int, version: int, other_id: int, now: datetime) -> tuple[Topic, Topic]:
    """Two standing topics of one theme, locked in the order of their ids."""
    session.execute(
        sa.select(Topic.id).where(Topic.id.in_((topic_id, other_id))).order_by(Topic.id).with_for_update()
    ).all()
    topic = _locked(session, topic_id, version, now)
    other = session.get(Topic, other_id, populate_existing=True)
    if other is None or other.id == topic.id or other.theme_id != topic.theme_id or other.retired_at is not None:
        raise Refused(N_("Choose another topic of the same theme."))
    return topic, other


def _members(topic_id: int, question_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return sa.and_(TopicMember.topic_id == topic_id, TopicMember.question_id.in_(tuple(question_ids)))


def _ids(session: Session, chosen: sa.ColumnElement[bool]) -> list[int]:
    """The questions that an act touches, whatever was asked for."""
    return list(session.scalars(sa.select(TopicMember.question_id).where(chosen).order_by(TopicMember.question_id)))


def _counted(chosen: sa.ColumnElement[bool]) -> sa.Select:
    """How many of these questions are in scope."""
    in_scope = (Question.id == TopicMember.question_id) & (Question.state == QuestionState.IN_SCOPE)
    return sa.select(sa.func.count()).select_from(TopicMember).join(Question, in_scope).where(chosen)


def _check_no_part(session: Session, actor_id: int, chosen: sa.ColumnElement[bool]) -> None:
    if session.scalar(
        sa.select(TopicMember.question_id).where(chosen, is_involved(actor_id, TopicMember.question_id)).limit(1)
    ):
        raise Refused(N_("You have a part in a question that this would touch. Ask another organizer."))


def _pin(session: Session, chosen: sa.ColumnElement[bool], is_pinned: bool) -> int:
    changed = sa.update(TopicMember).where(chosen).values(is_pinned=is_pinned)
    return session.execute(changed.execution_options(synchronize_session=False)).rowcount


def _place(session: Session, chosen: sa.ColumnElement[bool], topic_id: int) -> int:
    """Put members into a topic by hand: pinned, and near to its middle because a person says so."""
    placed = dict(topic_id=topic_id, is_pinned=True, is_weak=False, came_later=False)
    changed = sa.update(TopicMember).where(chosen).values(**placed)
    return session.execute(changed.execution_options(synchronize_session=False)).rowcount


def _find_middle(session: Session, topic: Topic, *, apart_from: Topic | None = None) -> bool:
    """Find the middle of a topic that people changed; False if no question is left in it.

    With ``apart_from`` find its terms, too: what sets it apart from the topic that it was one with.
    """
    rows = _texts(session, topic)
    if not rows:
        return False
    topic.medoid_id = _middle(rows, topic.words_of).id
    if apart_from is not None:
        others = _texts(session, apart_from)
        sides = np.repeat([0, 1], [len(rows), len(others)])
        texts = [*rows, *others]
        found = topic_labels([row.title for row in texts], sides, [row.language for row in texts])
        topic.terms = list(found[0])
    return True


def _texts(session: Session, topic: Topic) -> Sequence[sa.Row]:
    """The questions of a topic with their vectors of the model that grouped it, in an order of their own."""
    model_id = sa.select(TopicRun.model_id).where(TopicRun.id == topic.run_id).scalar_subquery()
    found = (
        sa.select(Question.id, Question.title, Question.language, QuestionVector.vector)
        .join(TopicMember, TopicMember.question_id == Question.id)
        .outerjoin(
            QuestionVector,
            (QuestionVector.question_id == Question.id)
            & (QuestionVector.aspect == Aspect.TEXT)
            & (QuestionVector.model_id == model_id),
        )
        .where(TopicMember.topic_id == topic.id, Question.state == QuestionState.IN_SCOPE)
        .order_by(QuestionVector.digest, Question.id)
    )
    return session.execute(found).all()


def _middle(rows: Sequence[sa.Row], words_of: str | None) -> sa.Row:
    """The question nearest to all; its words are compared where the model reads none, or has not yet."""
    if words_of is not None or any(row.vector is None for row in rows):
        vectors = word_vectors([row.title for row in rows], [row.language for row in rows])
    else:
        vectors = np.array([row.vector for row in rows], dtype=np.float32)
    return rows[int(medoid(vectors, np.zeros(len(rows), dtype=np.int64))[0])]


def _record(session: Session, act: str, topic: Topic, actor_id: int, now: datetime, **details: object) -> None:
    record(
        session,
        act=act,
        subject="topic",
        subject_id=topic.id,
        call_id=topic.call_id,
        actor_id=actor_id,
        now=now,
        **details,
    )
