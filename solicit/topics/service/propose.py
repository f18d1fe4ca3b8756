"""Keeping what a grouping finds, theme by theme, until it is a proposal."""

import importlib.metadata
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.language.clustering import UNKNOWN
from solicit.errors import check_move
from solicit.topics.models import ProposedMember, ProposedTopic, TopicRun
from solicit.topics.service.group import FoundTopic, result_digest
from solicit.topics.service.read import Parameters, ThemeInput, input_digest
from solicit.topics.states import MOVES, RunState

LIBRARIES = ("graspologic-native", "numpy", "scipy", "scikit-learn", "jieba")


def begin_run(
    session: Session,
    *,
    call_id: int,
    model_id: int,
    themes: Sequence[ThemeInput],
    parameters: Parameters,
    run_by_id: int | None,
    now: datetime,
) -> int:
    """The run that a job works on: the one it began before it was interrupted, if that would read the same."""
    digest = input_digest(themes, parameters)
    begun = sa.select(TopicRun).where(TopicRun.call_id == call_id, TopicRun.state == RunState.RUNNING)
    run = session.scalar(begun.with_for_update())
    if run is not None and run.input_digest == digest and run.model_id == model_id:
        return run.id
    if run is not None:
        run.state, run.decided_at = RunState.DISCARDED, now
        session.flush()
    run = TopicRun(
        call_id=call_id,
        model_id=model_id,
        seed=parameters.seed,
        parameters=asdict(parameters),
        versions=library_versions(),
        input_digest=digest,
        n_questions=sum(len(theme.question_ids) for theme in themes),
        run_at=now,
        run_by_id=run_by_id,
    )
    session.add(run)
    session.flush()
    return run.id


def is_stored(session: Session, *, run_id: int, theme: ThemeInput) -> bool:
    """Whether the run has this theme behind it."""
    return session.get(ProposedMember, (run_id, theme.question_ids[0])) is not None


def store_theme(session: Session, *, run_id: int, theme: ThemeInput, topics: Sequence[FoundTopic]) -> None:
    """Keep the topics that a run found in one theme, and what it read there."""
    rows = [
        ProposedTopic(
            run_id=run_id,
            theme_id=topic.theme_id,
            position=position,
            continues_id=topic.continues,
            terms=list(topic.terms),
            medoid_id=topic.medoid_id,
            words_of=topic.words_of,
        )
        for position, topic in enumerate(topics)
    ]
    session.add_all(rows)
    session.flush()
    places = {
        id_: (row.id, id_ in topic.weak_ids)
        for row, topic in zip(rows, topics, strict=True)
        for id_ in topic.member_ids
    }
    members = [
        dict(
            run_id=run_id,
            question_id=question_id,
            proposed_topic_id=places.get(question_id, (None, False))[0],
            is_weak=places.get(question_id, (None, False))[1],
            previous_id=None if previous == UNKNOWN else previous,
            was_fixed=fixed,
            was_middle=middle,
        )
        for question_id, previous, fixed, middle in zip(
            theme.question_ids, theme.previous.tolist(), theme.fixed.tolist(), theme.middle.tolist(), strict=True
        )
    ]
    session.execute(sa.insert(ProposedMember), members)


def finish_run(session: Session, *, run_id: int, themes: Sequence[ThemeInput]) -> None:
    """Every theme is stored: the run is a proposal now."""
    run = session.get_one(TopicRun, run_id, with_for_update=True)
    check_move(MOVES, run.state, RunState.PROPOSED)
    run.state = RunState.PROPOSED
    run.result_digest = result_digest(stored_topics(session, run_id=run_id), digests_of(themes))
    session.flush()


def stored_topics(session: Session, *, run_id: int) -> tuple[FoundTopic, ...]:
    """What a run found, as it is kept, theme by theme."""
    topics = session.scalars(
        sa.select(ProposedTopic)
        .where(ProposedTopic.run_id == run_id)
        .order_by(ProposedTopic.theme_id, ProposedTopic.position)
    ).all()
    members: dict[int, dict[int, bool]] = {topic.id: {} for topic in topics}
    placed = sa.select(ProposedMember.proposed_topic_id, ProposedMember.question_id, ProposedMember.is_weak)
    for topic_id, question_id, is_weak in session.execute(placed.where(ProposedMember.run_id == run_id)):
        if topic_id is not None:
            members[topic_id][question_id] = is_weak
    return tuple(
        FoundTopic(
            theme_id=topic.theme_id,
            continues=topic.continues_id,
            words_of=topic.words_of,
            terms=tuple(topic.terms),
            medoid_id=topic.medoid_id,
            member_ids=tuple(members[topic.id]),
            weak_ids=frozenset(id_ for id_, is_weak in members[topic.id].items() if is_weak),
        )
        for topic in topics
    )


def digests_of(themes: Sequence[ThemeInput]) -> dict[int, bytes]:
    """The digest of every question's text."""
    return {
        question_id: digest
        for theme in themes
        for question_id, digest in zip(theme.question_ids, theme.digests, strict=True)
    }


def library_versions() -> dict[str, str]:
    """The versions of what the result depends on."""
    return {name: importlib.metadata.version(name) for name in LIBRARIES}
