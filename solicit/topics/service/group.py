"""Grouping a call's questions into topics, theme by theme; a run can be repeated exactly."""

import hashlib
import importlib.metadata
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from ml.language.clustering import UNKNOWN, cluster, match_topics, medoid, weak_members
from ml.language.labels import topic_labels
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.neighbours import is_read_by_model
from solicit.questions.states import Aspect, QuestionState
from solicit.topics.models import Topic, TopicMember, TopicRun
from solicit.topics.states import Detail, RunState

# Fewer questions than this are one topic: their neighbour graph says nothing about parts.
LEAST_TO_SPLIT = 8
N_NEIGHBOURS = 15
N_TERMS = 3
FIRST_RESOLUTION = 1.0
STEP = {Detail.FEWER: 1 / 1.5, Detail.SAME: 1.0, Detail.MORE: 1.5}
COARSEST, FINEST = 0.2, 8.0
LIBRARIES = ("graspologic-native", "numpy", "scipy", "jieba")


@dataclass(frozen=True)
class Parameters:
    """What a run depends on besides its input."""

    seed: int
    resolution: float
    keeps_previous: bool
    n_neighbours: int = N_NEIGHBOURS
    least_to_split: int = LEAST_TO_SPLIT
    n_terms: int = N_TERMS


@dataclass(frozen=True, eq=False)
class ThemeInput:
    """The questions of one theme in an order of their own (by digest), with the topic each is in now."""

    theme_id: int
    question_ids: tuple[int, ...]
    digests: tuple[bytes, ...]
    titles: tuple[str, ...]
    languages: tuple[str, ...]
    vectors: NDArray[np.float32]
    previous: NDArray[np.int64]


@dataclass(frozen=True)
class FoundTopic:
    """One topic of a theme; ``continues`` is the id of the earlier topic it carries on."""

    theme_id: int
    continues: int | None
    terms: tuple[str, ...]
    medoid_id: int
    member_ids: tuple[int, ...]
    weak_ids: frozenset[int]


def next_parameters(session: Session, *, call_id: int, detail: Detail, seed: int) -> Parameters:
    """The parameters of the next run, from those of the last one and what the organizer wants."""
    last = sa.select(TopicRun.parameters).where(TopicRun.call_id == call_id).order_by(TopicRun.id.desc()).limit(1)
    before = (session.scalar(last) or {}).get("resolution", FIRST_RESOLUTION)
    resolution = round(min(max(before * STEP[detail], COARSEST), FINEST), 6)
    return Parameters(seed=seed, resolution=resolution, keeps_previous=detail is Detail.SAME)


def load_themes(session: Session, *, call_id: int, model_id: int) -> tuple[ThemeInput, ...]:
    """The questions in scope that have a meaningful vector, one input per theme."""
    rows = session.execute(
        sa.select(
            Question.id,
            Question.theme_id,
            Question.title,
            Question.language,
            QuestionVector.digest,
            QuestionVector.vector,
            Topic.id.label("topic_id"),
        )
        .join(QuestionVector, QuestionVector.question_id == Question.id)
        .outerjoin(TopicMember, TopicMember.question_id == Question.id)
        .outerjoin(Topic, (Topic.id == TopicMember.topic_id) & (Topic.theme_id == Question.theme_id))
        .where(
            Question.call_id == call_id,
            Question.state == QuestionState.IN_SCOPE,
            QuestionVector.model_id == model_id,
            QuestionVector.aspect == Aspect.TEXT,
            is_read_by_model(Question.language, model_id),
        )
    ).all()
    themes = sorted({row.theme_id for row in rows})
    return tuple(_theme_input(theme_id, [row for row in rows if row.theme_id == theme_id]) for theme_id in themes)


def group_theme(theme: ThemeInput, parameters: Parameters) -> tuple[FoundTopic, ...]:
    """The topics of one theme, the largest first; the same input and parameters give the same topics."""
    labels = _labels(theme, parameters)
    continues = match_topics(theme.previous, labels)
    middle = medoid(theme.vectors, labels)
    weak = weak_members(theme.vectors, labels)
    terms = topic_labels(theme.titles, labels, theme.languages, n_terms=parameters.n_terms)
    ids = np.array(theme.question_ids, dtype=np.int64)
    return tuple(
        FoundTopic(
            theme_id=theme.theme_id,
            continues=None if continues[each] == UNKNOWN else int(continues[each]),
            terms=terms[each],
            medoid_id=int(ids[middle[each]]),
            member_ids=tuple(ids[labels == each].tolist()),
            weak_ids=frozenset(ids[(labels == each) & weak].tolist()),
        )
        for each in range(len(terms))
    )


def input_digest(themes: Sequence[ThemeInput], parameters: Parameters) -> bytes:
    """SHA-256 of everything that a run reads: texts, vectors, earlier topics, parameters."""
    digest = hashlib.sha256(json.dumps(asdict(parameters), sort_keys=True).encode())
    for theme in themes:
        digest.update(json.dumps([theme.theme_id, theme.previous.tolist(), theme.languages]).encode())
        digest.update(b"".join(theme.digests))
        digest.update(np.round(theme.vectors, 6).tobytes())
    return digest.digest()


def store_run(
    session: Session,
    *,
    call_id: int,
    model_id: int,
    themes: Sequence[ThemeInput],
    parameters: Parameters,
    topics: Sequence[FoundTopic],
    run_by_id: int | None,
    now: datetime,
) -> int:
    """Make these the topics of the call: known ones keep id and name, those without questions retire."""
    run = TopicRun(
        call_id=call_id,
        model_id=model_id,
        seed=parameters.seed,
        parameters=asdict(parameters),
        versions={name: importlib.metadata.version(name) for name in LIBRARIES},
        input_digest=input_digest(themes, parameters),
        n_questions=sum(len(theme.question_ids) for theme in themes),
        run_at=now,
        run_by_id=run_by_id,
        state=RunState.ACCEPTED,
        decided_at=now,
        decided_by_id=run_by_id,
    )
    session.add(run)
    session.flush()
    standing = sa.select(Topic).where(Topic.call_id == call_id, Topic.retired_at.is_(None)).order_by(Topic.id)
    earlier = {topic.id: topic for topic in session.scalars(standing.with_for_update())}
    _forget_members(session, call_id)
    kept = {_store_topic(session, found, earlier, run, now) for found in topics}
    for topic in earlier.values():
        if topic.id not in kept:
            topic.retired_at = now
    session.flush()
    return run.id


def _theme_input(theme_id: int, rows: Sequence[sa.Row]) -> ThemeInput:
    rows = sorted(rows, key=lambda row: (row.digest, row.title, row.id))
    vectors = np.array([row.vector for row in rows], dtype=np.float32)
    return ThemeInput(
        theme_id=theme_id,
        question_ids=tuple(row.id for row in rows),
        digests=tuple(row.digest for row in rows),
        titles=tuple(row.title for row in rows),
        languages=tuple(row.language for row in rows),
        vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        previous=np.array([row.topic_id or UNKNOWN for row in rows], dtype=np.int64),
    )


def _labels(theme: ThemeInput, parameters: Parameters) -> NDArray[np.int64]:
    if len(theme.question_ids) < parameters.least_to_split:
        return np.zeros(len(theme.question_ids), dtype=np.int64)
    starts_there = parameters.keeps_previous and bool((theme.previous != UNKNOWN).any())
    return cluster(
        theme.vectors,
        n_neighbours=parameters.n_neighbours,
        resolution=parameters.resolution,
        seed=parameters.seed,
        previous=theme.previous if starts_there else None,
    )


def _forget_members(session: Session, call_id: int) -> None:
    topics = sa.select(Topic.id).where(Topic.call_id == call_id)
    forgotten = sa.delete(TopicMember).where(TopicMember.topic_id.in_(topics))
    session.execute(forgotten.execution_options(synchronize_session=False))


def _store_topic(session: Session, found: FoundTopic, earlier: dict[int, Topic], run: TopicRun, now: datetime) -> int:
    topic = earlier.get(found.continues)
    if topic is None:
        topic = Topic(call_id=run.call_id, theme_id=found.theme_id, created_at=now)
        session.add(topic)
    topic.terms, topic.medoid_id, topic.run_id = list(found.terms), found.medoid_id, run.id
    session.flush()
    members = [dict(question_id=id_, topic_id=topic.id, is_weak=id_ in found.weak_ids) for id_ in found.member_ids]
    session.execute(sa.insert(TopicMember), members)
    return topic.id
