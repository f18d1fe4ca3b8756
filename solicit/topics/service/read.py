"""What a grouping reads: the questions of a call, theme by theme, and the topics they are in."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from ml.language.clustering import UNKNOWN
from ml.language.words import base
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.neighbours import is_read_by_model
from solicit.questions.states import Aspect, QuestionState
from solicit.topics.models import ProposedMember, Topic, TopicMember, TopicRun
from solicit.topics.queries.topics import stands_for_question
from solicit.topics.states import RESOLUTIONS, Detail, RunState

# Fewer questions than this are one topic: their neighbour graph says nothing about parts.
LEAST_TO_SPLIT = 8
# Fewer texts of a language than this are left alone: their words hardly meet.
LEAST_BY_WORDS = 8
N_NEIGHBOURS = 15
# A small theme compares each question with a sixth of the others, or it falls into single questions.
LEAST_NEIGHBOURS = 5
SHARE_OF_NEIGHBOURS = 6
N_TERMS = 3


@dataclass(frozen=True)
class Parameters:
    """What a run depends on besides its input."""

    seed: int
    resolution: float
    keeps_previous: bool
    n_neighbours: int = N_NEIGHBOURS
    least_neighbours: int = LEAST_NEIGHBOURS
    share_of_neighbours: int = SHARE_OF_NEIGHBOURS
    least_to_split: int = LEAST_TO_SPLIT
    least_by_words: int = LEAST_BY_WORDS
    n_terms: int = N_TERMS


@dataclass(frozen=True, eq=False)
class ThemeInput:
    """The questions of one theme in an order of their own (by digest), with the topic each is in now.

    ``homes`` says by which language's words each is grouped, none if the model reads it; ``fixed`` are
    questions that stay in their topic, and ``middle`` are those that stand for it.
    """

    theme_id: int
    question_ids: tuple[int, ...]
    digests: tuple[bytes, ...]
    titles: tuple[str, ...]
    goals: tuple[str, ...]
    languages: tuple[str, ...]
    homes: tuple[str | None, ...]
    vectors: NDArray[np.float32]
    previous: NDArray[np.int64]
    fixed: NDArray[np.bool_]
    middle: NDArray[np.bool_]


def next_parameters(session: Session, *, call_id: int, detail: Detail, seed: int) -> Parameters:
    """The parameters of the next run: as fine as before, it starts from the topics that stand."""
    accepted = sa.select(TopicRun.parameters).where(TopicRun.call_id == call_id, TopicRun.state == RunState.ACCEPTED)
    last = session.scalar(accepted.order_by(TopicRun.decided_at.desc(), TopicRun.id.desc()).limit(1))
    resolution = RESOLUTIONS[detail]
    return Parameters(seed=seed, resolution=resolution, keeps_previous=(last or {}).get("resolution") == resolution)


def load_themes(session: Session, *, call_id: int, model_id: int) -> tuple[ThemeInput, ...]:
    """The questions in scope that have a vector, one input per theme, as they are now."""
    rows = (
        _questions(model_id, Topic.id, sa.or_(TopicMember.is_pinned, Topic.is_pinned), Topic.medoid_id == Question.id)
        .outerjoin(TopicMember, TopicMember.question_id == Question.id)
        .outerjoin(Topic, (Topic.id == TopicMember.topic_id) & stands_for_question())
        .where(Question.call_id == call_id, Question.state == QuestionState.IN_SCOPE)
    )
    return _themes(session.execute(rows).all())


def load_themes_of_run(session: Session, *, run: TopicRun) -> tuple[ThemeInput, ...]:
    """The same questions, with the topics that they were in when the run read them."""
    rows = (
        _questions(run.model_id, ProposedMember.previous_id, ProposedMember.was_fixed, ProposedMember.was_middle)
        .join(ProposedMember, ProposedMember.question_id == Question.id)
        .where(ProposedMember.run_id == run.id, Question.theme_id.is_not(None))
    )
    return _themes(session.execute(rows).all())


def input_digest(themes: Sequence[ThemeInput], parameters: Parameters) -> bytes:
    """SHA-256 of everything that a run reads: texts, vectors, earlier topics, what is fixed, parameters."""
    digest = hashlib.sha256(json.dumps(asdict(parameters), sort_keys=True).encode())
    for theme in themes:
        digest.update(json.dumps([theme.theme_id, theme.previous.tolist()]).encode())
        digest.update(json.dumps([theme.fixed.tolist(), theme.middle.tolist()]).encode())
        digest.update(json.dumps([theme.titles, theme.languages, theme.homes]).encode())
        digest.update(b"".join(theme.digests))
        digest.update(np.round(theme.vectors, 6).tobytes())
    return digest.digest()


def _questions(model_id: int, topic_id, is_fixed, is_middle) -> sa.Select:
    return (
        sa.select(
            Question.id,
            Question.theme_id,
            Question.title,
            Question.goal_overview,
            Question.language,
            QuestionVector.digest,
            QuestionVector.vector,
            is_read_by_model(Question.language, model_id).label("is_read"),
            topic_id.label("topic_id"),
            sa.and_(topic_id.is_not(None), is_fixed).label("is_fixed"),
            sa.and_(topic_id.is_not(None), is_middle).label("is_middle"),
        )
        .select_from(Question)
        .join(
            QuestionVector,
            (QuestionVector.question_id == Question.id)
            & (QuestionVector.model_id == model_id)
            & (QuestionVector.aspect == Aspect.TEXT),
        )
    )


def _themes(rows: Sequence[sa.Row]) -> tuple[ThemeInput, ...]:
    themes = sorted({row.theme_id for row in rows})
    return tuple(_theme_input(theme_id, [row for row in rows if row.theme_id == theme_id]) for theme_id in themes)


def _theme_input(theme_id: int, rows: Sequence[sa.Row]) -> ThemeInput:
    rows = sorted(rows, key=lambda row: (row.digest, row.title, row.id))
    vectors = np.array([row.vector for row in rows], dtype=np.float32)
    return ThemeInput(
        theme_id=theme_id,
        question_ids=tuple(row.id for row in rows),
        digests=tuple(row.digest for row in rows),
        titles=tuple(row.title for row in rows),
        goals=tuple(row.goal_overview for row in rows),
        languages=tuple(row.language for row in rows),
        homes=tuple(None if row.is_read else base(row.language) for row in rows),
        vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        previous=np.array([row.topic_id or UNKNOWN for row in rows], dtype=np.int64),
        fixed=np.array([bool(row.is_fixed) for row in rows], dtype=bool),
        middle=np.array([bool(row.is_middle) for row in rows], dtype=bool),
    )
