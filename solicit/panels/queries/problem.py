"""What an assignment has to solve: questions, seats, pairs that exist or are forbidden, and likeness of subject."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.language.embedding import text_digest
from solicit.embeddings.models import TextVector
from solicit.panels.models import Assignment, Panel, Panelist, Review, Round
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.states import LIVE, Confidence
from solicit.questions.models import Question, QuestionVector
from solicit.questions.states import Aspect, QuestionState, question_label

Pair = tuple[int, int]


@dataclass(frozen=True)
class AssignableQuestion:
    id: int
    label: str
    theme_id: int | None
    language: str


@dataclass(frozen=True)
class Seat:
    """One person on one panel; without a theme the panel is at home everywhere."""

    panel_id: int
    theme_id: int | None
    person_id: int
    keywords: tuple[str, ...]
    languages: frozenset[str]
    min_load: int
    max_load: int


@dataclass(frozen=True)
class Problem:
    """Pairs are (question_id, person_id).

    counted: pairs that give or may give a rating in this round. taken: pairs that exist in it at all.
    similarity: likeness of a panelist's keywords to a question, where both have vectors.
    """

    reviews_per_question: int
    questions: tuple[AssignableQuestion, ...]
    seats: tuple[Seat, ...]
    counted: frozenset[Pair]
    taken: frozenset[Pair]
    conflicts: frozenset[Pair]
    similarity: Mapping[Pair, float]


def keyword_text(keywords: tuple[str, ...]) -> str:
    """The text whose vector stands for what a panelist knows."""
    return ", ".join(keywords)


def keyword_texts(session: Session, *, round_id: int) -> tuple[str, ...]:
    """What the panelists of a round's call know, as texts to embed."""
    seats = _seats(session, sa.select(Round.call_id).where(Round.id == round_id).scalar_subquery())
    return tuple(sorted({keyword_text(seat.keywords) for seat in seats if seat.keywords}))


def assignment_problem(session: Session, *, round_: Round) -> Problem:
    """Everything an assignment of ``round_`` must respect, in a fixed order."""
    questions = _questions(session, round_)
    seats = _seats(session, round_.call_id)
    counted, taken = _existing(session, round_.id)
    return Problem(
        reviews_per_question=round_.reviews_per_question,
        questions=questions,
        seats=seats,
        counted=counted,
        taken=taken,
        conflicts=_conflicts(session, seats),
        similarity=_similarity(session, questions, seats),
    )


def _questions(session: Session, round_: Round) -> tuple[AssignableQuestion, ...]:
    found = session.execute(
        sa.select(Question.id, Question.number, Question.theme_id, Question.language)
        .where(Question.call_id == round_.call_id, Question.kind == round_.kind)
        .where(Question.state == QuestionState.IN_SCOPE)
        .order_by(Question.text_digest, Question.id)
    )
    return tuple(
        AssignableQuestion(id_, question_label(round_.kind, number) or "", theme_id, language)
        for id_, number, theme_id, language in found
    )


def _seats(session: Session, call_id: int | sa.ScalarSelect) -> tuple[Seat, ...]:
    found = session.execute(
        sa.select(Panelist, Panel.theme_id)
        .join(Panel, Panel.id == Panelist.panel_id)
        .where(Panel.call_id == call_id)
        .order_by(Panelist.person_id, Panelist.panel_id)
    )
    return tuple(
        Seat(
            panel_id=seat.panel_id,
            theme_id=theme_id,
            person_id=seat.person_id,
            keywords=tuple(seat.keywords),
            languages=frozenset(seat.languages),
            min_load=seat.min_load,
            max_load=seat.max_load,
        )
        for seat, theme_id in found
    )


def _existing(session: Session, round_id: int) -> tuple[frozenset[Pair], frozenset[Pair]]:
    found = session.execute(
        sa.select(Assignment.question_id, Assignment.person_id, Assignment.state, Review.confidence)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.round_id == round_id)
    ).all()
    counted = ((q, p) for q, p, state, confidence in found if state in LIVE and confidence is not Confidence.OUTSIDE)
    return frozenset(counted), frozenset((q, p) for q, p, _, _ in found)


def _conflicts(session: Session, seats: tuple[Seat, ...]) -> frozenset[Pair]:
    pairs = conflict_pairs()
    people = {seat.person_id for seat in seats}
    found = session.execute(sa.select(pairs.c.question_id, pairs.c.person_id).where(pairs.c.person_id.in_(people)))
    return frozenset((question_id, person_id) for question_id, person_id in found)


def _similarity(
    session: Session, questions: tuple[AssignableQuestion, ...], seats: tuple[Seat, ...]
) -> dict[Pair, float]:
    """Cosine of unit vectors, model by model."""
    digests: dict[bytes, list[int]] = {}
    for seat in seats:
        if seat.keywords:
            digests.setdefault(text_digest(keyword_text(seat.keywords)), []).append(seat.person_id)
    known = session.execute(
        sa.select(TextVector.model_id, TextVector.digest, TextVector.vector).where(TextVector.digest.in_(digests))
    )
    profiles: dict[int, dict[int, np.ndarray]] = {}
    for model_id, digest, vector in known:
        profiles.setdefault(model_id, {}).update(dict.fromkeys(digests[bytes(digest)], _unit(vector)))
    wanted = [question.id for question in questions]
    similarity: dict[Pair, float] = {}
    for model_id, people in profiles.items():
        found = session.execute(
            sa.select(QuestionVector.question_id, QuestionVector.vector).where(
                QuestionVector.model_id == model_id,
                QuestionVector.aspect == Aspect.TEXT,
                QuestionVector.question_id.in_(wanted),
            )
        )
        for question_id, vector in found:
            unit = _unit(vector)
            similarity |= {(question_id, person): float(unit @ profile) for person, profile in people.items()}
    return similarity


def _unit(vector: list[float]) -> np.ndarray:
    values = np.array(vector, dtype=np.float64)
    return values / (np.linalg.norm(values) or 1.0)
