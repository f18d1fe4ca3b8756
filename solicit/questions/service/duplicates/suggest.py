"""Duplicate suggestions: near pairs with their probability."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.language.duplicates import nearest_pairs, probability, shipped_calibration
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.calls.states import Kind
from solicit.jobs.service import start_job
from solicit.questions.models import DuplicatePair, Question, QuestionVector
from solicit.questions.queries.calibration import LEAST_PROBABILITY
from solicit.questions.queries.neighbours import is_read_by_model, nearest_of_kind
from solicit.questions.states import STANDING, Aspect

MOST_NEIGHBOURS = 50
ROWS_PER_STATEMENT = 1_000
# A job of this many portions, and one step for the comparison.
PORTIONS = 10
FIND_DUPLICATES = "questions.find_duplicates"


@dataclass(frozen=True, eq=False)
class KindVectors:
    """Questions of one kind, for each one row of ``vectors`` and whether its title is all that it has."""

    ids: list[int]
    are_bare: list[bool]
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class NearPair:
    """Two questions and how near their texts are; ``are_bare`` if neither has more than a title."""

    one_id: int
    other_id: int
    cosine: float
    are_bare: bool


def start_finding_duplicates(
    session: Session, *, call_id: int, started_by_id: int, result_path: str, now: datetime
) -> int:
    """Start the job that compares all questions of a call; raises Conflict while one waits or runs."""
    check_desk_is_open(session.get_one(Call, call_id), now=now)
    return start_job(
        session,
        kind=FIND_DUPLICATES,
        call_id=call_id,
        task=FIND_DUPLICATES,
        n_steps=PORTIONS + 1,
        started_by_id=started_by_id,
        now=now,
        result_path=result_path,
    )


def suggest_pairs_of(session: Session, *, question_id: int, model_id: int, now: datetime) -> int:
    """Suggest the near questions of one question as duplicates, and return how many there are."""
    near = nearest_of_kind(session, question_id=question_id, limit=MOST_NEIGHBOURS)
    pairs = [NearPair(question_id, each.question_id, each.cosine, each.are_bare) for each in near]
    call_id = session.scalars(sa.select(Question.call_id).where(Question.id == question_id)).one()
    touched = sa.or_(DuplicatePair.left_id == question_id, DuplicatePair.right_id == question_id)
    return _store_pairs(session, pairs, touched, call_id=call_id, model_id=model_id, now=now)


def vectors_of_call(session: Session, *, call_id: int, model_id: int) -> tuple[KindVectors, ...]:
    """The vectors of all compared questions of a call, one matrix per kind."""
    return tuple(_vectors(session, call_id, model_id, kind) for kind in Kind)


def near_pairs(compared: KindVectors) -> list[NearPair]:
    """Every probable pair of these questions; exact, and without the database, because it may take long."""
    if len(compared.ids) < 2:
        return []
    ids, are_bare = compared.ids, compared.are_bare
    near = nearest_pairs(compared.vectors, threshold=_least_cosine())
    columns = zip(near.left.tolist(), near.right.tolist(), near.cosine.tolist(), strict=True)
    return [NearPair(ids[one], ids[other], cosine, are_bare[one] and are_bare[other]) for one, other, cosine in columns]


def suggest_pairs_of_call(
    session: Session, *, call_id: int, model_id: int, pairs: Sequence[NearPair], now: datetime
) -> int:
    """Suggest these pairs of a call and no others, and return how many there are."""
    return _store_pairs(session, pairs, DuplicatePair.call_id == call_id, call_id=call_id, model_id=model_id, now=now)


def _vectors(session: Session, call_id: int, model_id: int, kind: Kind) -> KindVectors:
    rows = session.execute(
        sa.select(QuestionVector.question_id, (Question.goal_overview == "").label("is_bare"), QuestionVector.vector)
        .join(Question, Question.id == QuestionVector.question_id)
        .where(
            QuestionVector.call_id == call_id,
            QuestionVector.model_id == model_id,
            QuestionVector.aspect == Aspect.TEXT,
            Question.kind == kind,
            Question.state.in_(STANDING),
            is_read_by_model(Question.language, model_id),
        )
        .order_by(QuestionVector.question_id)
    ).all()
    vectors = np.array([row.vector for row in rows], dtype=np.float32)
    return KindVectors([row.question_id for row in rows], [row.is_bare for row in rows], vectors)


def _least_cosine() -> float:
    """Where the curve of texts reaches the least probability; that of titles does so later."""
    curve = shipped_calibration("texts")
    return float((np.log(LEAST_PROBABILITY / (1 - LEAST_PROBABILITY)) - curve.intercept) / curve.slope)


def _probabilities(pairs: Sequence[NearPair]) -> list[float]:
    """Of two questions that are titles alone the texts are their titles; one overview makes it a pair of texts."""
    cosine = np.array([pair.cosine for pair in pairs], dtype=np.float64)
    are_bare = np.array([pair.are_bare for pair in pairs], dtype=bool)
    of_titles = probability(cosine, calibration=shipped_calibration("titles"))
    of_texts = probability(cosine, calibration=shipped_calibration("texts"))
    return np.where(are_bare, of_titles, of_texts).tolist()


def _store_pairs(
    session: Session,
    pairs: Sequence[NearPair],
    touched: sa.ColumnElement[bool],
    *,
    call_id: int,
    model_id: int,
    now: datetime,
) -> int:
    """Write the probable pairs, never over a verdict, and drop undecided ``touched`` ones that are no longer near."""
    chances = _probabilities(pairs)
    values = [
        dict(
            call_id=call_id,
            left_id=min(pair.one_id, pair.other_id),
            right_id=max(pair.one_id, pair.other_id),
            model_id=model_id,
            cosine=pair.cosine,
            probability=chance,
            suggested_at=now,
        )
        for pair, chance in zip(pairs, chances, strict=True)
        if chance >= LEAST_PROBABILITY
    ]
    # In one order for everybody, so that two workers never wait for each other in a circle.
    values.sort(key=lambda row: (row["left_id"], row["right_id"]))
    for start in range(0, len(values), ROWS_PER_STATEMENT):
        session.execute(_upsert(), values[start : start + ROWS_PER_STATEMENT])
    stale = sa.delete(DuplicatePair).where(touched, DuplicatePair.verdict.is_(None), DuplicatePair.suggested_at < now)
    session.execute(stale.execution_options(synchronize_session=False))
    return len(values)


def _upsert():
    new = insert(DuplicatePair)
    return new.on_conflict_do_update(
        index_elements=[DuplicatePair.left_id, DuplicatePair.right_id],
        set_={name: new.excluded[name] for name in ("model_id", "cosine", "probability", "suggested_at")},
        where=DuplicatePair.verdict.is_(None),
    )
