"""Deciding on a proposal: taking it, leaving it, or going back to the one before."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.jobs.service import defer_all
from solicit.questions.models import Question
from solicit.questions.states import QuestionState
from solicit.topics.models import ProposedMember, ProposedTopic, Topic, TopicMember, TopicRun
from solicit.topics.queries.topics import stands_for_question
from solicit.topics.service.join import PLACE
from solicit.topics.service.layout import draw_if_grown
from solicit.topics.states import MOVES, RunState
from solicit.words import N_


@dataclass(frozen=True)
class Accepted:
    """How many questions are in a topic now, and what the proposal could not do any more."""

    n_placed: int
    n_left: int
    n_held: int


def accept_run(session: Session, *, run_id: int, actor_id: int | None, now: datetime) -> Accepted:
    """Make a proposal the topics of the call: known ones keep id and name, those without questions retire.

    What changed since it was made is left as it is: questions that left the call or their theme, and questions
    that people put into a topic.
    """
    run = _locked(session, run_id, RunState.ACCEPTED, now)
    n_proposed = session.scalar(_count(run_id))
    n_fit = session.scalar(_count(run_id).where(_fits()))
    free = sa.and_(_fits(), ~_is_held())
    n_held = session.scalar(_count(run_id).where(_fits(), _is_held(elsewhere=True)))
    kept = _carry_on(session, run, free, now)
    _move_members(session, run_id, free)
    _retire_others(session, run, kept, now)
    run.state, run.decided_at, run.decided_by_id = RunState.ACCEPTED, now, actor_id
    accepted = Accepted(n_placed=n_fit - n_held, n_left=n_proposed - n_fit, n_held=n_held)
    draw_if_grown(session, call_id=run.call_id, started_by_id=actor_id, now=now)
    _record(session, "accept", run, actor_id, now, placed=accepted.n_placed, left=accepted.n_left, held=n_held)
    return accepted


def discard_run(session: Session, *, run_id: int, actor_id: int | None, now: datetime) -> None:
    """Leave the topics as they are; the proposal stays on record."""
    run = _locked(session, run_id, RunState.DISCARDED, now)
    run.state, run.decided_at, run.decided_by_id = RunState.DISCARDED, now, actor_id
    _record(session, "discard", run, actor_id, now)


def propose_again(session: Session, *, run_id: int, actor_id: int, now: datetime) -> int:
    """Propose what an accepted run found, as it was; nothing is computed. Raises Conflict while a proposal waits."""
    old = session.get(TopicRun, run_id)
    if old is None:
        raise NotFound
    if old.state is not RunState.ACCEPTED:
        raise Refused(N_("Only a grouping that was accepted can be proposed again."))
    check_desk_is_open(session.get_one(Call, old.call_id), now=now)
    if undecided_run(session, call_id=old.call_id) is not None:
        raise Conflict(N_("A proposal waits for a decision. Accept or discard it first."))
    run = TopicRun(
        **{name: getattr(old, name) for name in ("call_id", "model_id", "seed", "versions", "n_questions")},
        parameters=old.parameters | {"goes_back_to": old.id},
        input_digest=old.input_digest,
        result_digest=old.result_digest,
        state=RunState.PROPOSED,
        run_at=now,
        run_by_id=actor_id,
    )
    session.add(run)
    session.flush()
    _copy_proposal(session, old.id, run.id)
    _record(session, "propose again", run, actor_id, now, earlier=old.id)
    return run.id


def undecided_run(session: Session, *, call_id: int) -> TopicRun | None:
    """The run of a call that is being made or waits for a decision; there is at most one."""
    undecided = sa.select(TopicRun).where(
        TopicRun.call_id == call_id, TopicRun.state.in_((RunState.RUNNING, RunState.PROPOSED))
    )
    return session.scalar(undecided)


def _locked(session: Session, run_id: int, to: RunState, now: datetime) -> TopicRun:
    run = session.scalar(sa.select(TopicRun).where(TopicRun.id == run_id).with_for_update())
    if run is None:
        raise NotFound
    check_desk_is_open(session.get_one(Call, run.call_id), now=now)
    if run.state not in (RunState.RUNNING, RunState.PROPOSED):
        raise Conflict(N_("Somebody has decided on this proposal in the meantime."))
    check_move(MOVES, run.state, to)
    return run


def _count(run_id: int) -> sa.Select:
    return (
        sa.select(sa.func.count())
        .select_from(ProposedMember)
        .join(ProposedTopic, ProposedTopic.id == ProposedMember.proposed_topic_id)
        .join(Question, Question.id == ProposedMember.question_id)
        .where(ProposedMember.run_id == run_id)
    )


def _fits() -> sa.ColumnElement[bool]:
    return sa.and_(Question.state == QuestionState.IN_SCOPE, Question.theme_id == ProposedTopic.theme_id)


def _is_held(*, elsewhere: bool = False) -> sa.ColumnElement[bool]:
    """Whether people hold the question in a standing topic of its theme; ``elsewhere`` than proposed."""
    held = (
        sa.select(TopicMember.question_id)
        .join(Topic, Topic.id == TopicMember.topic_id)
        .where(
            TopicMember.question_id == Question.id,
            sa.or_(TopicMember.is_pinned, Topic.is_pinned),
            stands_for_question(),
        )
    )
    if elsewhere:
        held = held.where(Topic.id.is_distinct_from(ProposedTopic.continues_id))
    return held.exists()


def _carry_on(session: Session, run: TopicRun, free: sa.ColumnElement[bool], now: datetime) -> set[int]:
    """Give every proposed topic that still gets questions its topic; return the ids of all that stand for it."""
    filled = set(session.scalars(_count(run.id).with_only_columns(ProposedTopic.id).where(free).distinct()))
    proposed = session.scalars(
        sa.select(ProposedTopic).where(ProposedTopic.run_id == run.id).order_by(ProposedTopic.id)
    ).all()
    known = {topic.id: topic for topic in session.scalars(_topics_of(run.call_id).with_for_update())}
    kept = set()
    for found in proposed:
        topic = known.get(found.continues_id)
        if topic is not None and topic.merged_into_id:
            # People merged it since: its questions follow, the words of the other topic stay.
            topic = known[topic.merged_into_id]
        elif topic is None or topic.retired_at:
            topic = _word(topic or _new_topic(session, run, found, now), found, run) if found.id in filled else None
        else:
            _word(topic, found, run)
        session.flush()
        if topic is not None:
            found.became_id = topic.id
            kept.add(topic.id)
    session.flush()
    return kept


def _new_topic(session: Session, run: TopicRun, found: ProposedTopic, now: datetime) -> Topic:
    topic = Topic(call_id=run.call_id, theme_id=found.theme_id, created_at=now, terms=[], version=0)
    session.add(topic)
    return topic


def _word(topic: Topic, found: ProposedTopic, run: TopicRun) -> Topic:
    """Let a topic say what was found; one that had ended stands again. Its name stays."""
    topic.terms = found.terms or topic.terms
    topic.medoid_id, topic.run_id, topic.words_of = found.medoid_id, run.id, found.words_of
    topic.retired_at = None
    topic.version += 1
    return topic


def _topics_of(call_id: int) -> sa.Select:
    return sa.select(Topic).where(Topic.call_id == call_id).order_by(Topic.id)


def _move_members(session: Session, run_id: int, free: sa.ColumnElement[bool]) -> None:
    ungrouped = sa.select(ProposedMember.question_id).where(
        ProposedMember.run_id == run_id, ProposedMember.proposed_topic_id.is_(None)
    )
    session.execute(
        sa.delete(TopicMember)
        .where(TopicMember.question_id.in_(ungrouped), ~TopicMember.is_pinned)
        .execution_options(synchronize_session=False)
    )
    placed = _count(run_id).with_only_columns(
        ProposedMember.question_id, ProposedTopic.became_id, ProposedMember.is_weak, sa.false(), sa.false()
    )
    columns = ["question_id", "topic_id", "is_weak", "is_pinned", "came_later"]
    rows = insert(TopicMember).from_select(columns, placed.where(free))
    changed = {name: rows.excluded[name] for name in columns[1:]}
    session.execute(rows.on_conflict_do_update(index_elements=["question_id"], set_=changed))


def _retire_others(session: Session, run: TopicRun, kept: set[int], now: datetime) -> None:
    """End the topics that nothing carries on and nobody holds; their late questions look for a new place."""
    held = sa.select(TopicMember.topic_id).where(TopicMember.is_pinned)
    others = sa.and_(
        Topic.call_id == run.call_id,
        Topic.id.not_in(kept),
        Topic.retired_at.is_(None),
        ~Topic.is_pinned,
        Topic.id.not_in(held),
    )
    ended = session.scalars(
        sa.update(Topic)
        .where(others)
        .values(retired_at=now, version=Topic.version + 1)
        .returning(Topic.id)
        .execution_options(synchronize_session=False)
    ).all()
    homeless = session.scalars(
        sa.delete(TopicMember)
        .where(TopicMember.topic_id.in_(ended))
        .returning(TopicMember.question_id)
        .execution_options(synchronize_session=False)
    ).all()
    defer_all(session, PLACE, [dict(question_id=question_id) for question_id in sorted(homeless)])
    session.expire_all()


def _copy_proposal(session: Session, old_id: int, new_id: int) -> None:
    copied = ("theme_id", "position", "terms", "medoid_id", "words_of")
    session.execute(
        insert(ProposedTopic).from_select(
            ["run_id", "continues_id", *copied],
            sa.select(
                sa.literal(new_id), ProposedTopic.became_id, *(getattr(ProposedTopic, name) for name in copied)
            ).where(ProposedTopic.run_id == old_id),
        )
    )
    new = aliased(ProposedTopic)
    members = (
        sa.select(
            sa.literal(new_id),
            ProposedMember.question_id,
            new.id,
            ProposedMember.is_weak,
            TopicMember.topic_id,
            sa.func.coalesce(TopicMember.is_pinned, sa.false()),
            sa.false(),
        )
        .join(ProposedTopic, ProposedTopic.id == ProposedMember.proposed_topic_id)
        .join(
            new,
            (new.run_id == new_id)
            & (new.theme_id == ProposedTopic.theme_id)
            & (new.position == ProposedTopic.position),
        )
        .outerjoin(TopicMember, TopicMember.question_id == ProposedMember.question_id)
        .where(ProposedMember.run_id == old_id)
    )
    columns = ["run_id", "question_id", "proposed_topic_id", "is_weak", "previous_id", "was_fixed", "was_middle"]
    session.execute(insert(ProposedMember).from_select(columns, members))


def _record(session: Session, act: str, run: TopicRun, actor_id: int | None, now: datetime, **details: object) -> None:
    record(
        session,
        act=act,
        subject="topic run",
        subject_id=run.id,
        call_id=run.call_id,
        actor_id=actor_id,
        now=now,
        **details,
    )
