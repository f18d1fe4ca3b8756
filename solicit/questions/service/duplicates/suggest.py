"""Suggesting pairs: those of one question, and keeping those that were found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.language.pair_features import NAMES
from ml.language.pair_scores import COSINE, Scorer
from solicit.questions.models import DuplicatePair, Question
from solicit.questions.queries.duplicates.calibration import LEAST_PROBABILITY
from solicit.questions.queries.neighbours import is_read_by_model, nearest_of_kind
from solicit.questions.service.duplicates.curves import scorer_in_use
from solicit.questions.service.duplicates.groups import refresh_groups
from solicit.questions.service.duplicates.texts import base_language, term_weights, texts_of_questions
from solicit.questions.states import STANDING, Method
from solicit.web.folding import fold

# So many of its nearest a question is suggested with: else pairs of a narrow field grow with the square of its texts.
MOST_NEIGHBOURS = 10
# By words the nearest are known only after they were scored.
MOST_BY_WORDS, MOST_WORDS = 50, 12
ROWS_PER_STATEMENT = 1_000


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs of questions that may ask the same; ``features`` has a row for each."""

    method: Method
    left_ids: list[int]
    right_ids: list[int]
    features: NDArray[np.float64]


def suggest_pairs_of(session: Session, *, question_id: int, model_id: int, now: datetime) -> int:
    """Suggest the near questions of one question as duplicates, and return how many there are."""
    asking = session.execute(
        sa.select(
            Question.call_id,
            Question.title,
            Question.goal_overview,
            base_language().label("language"),
            is_read_by_model(Question.language, model_id).label("is_read"),
        ).where(Question.id == question_id)
    ).one()
    method = Method.MEANING if asking.is_read else Method.WORDS
    scorer = scorer_in_use(session, call_id=asking.call_id, model_id=model_id, method=method)
    candidates = (
        _by_meaning(session, question_id, asking) if asking.is_read else _by_words(session, question_id, asking)
    )
    kept = keep_suggestions(session, candidates, scorer, call_id=asking.call_id, model_id=model_id, now=now)
    _drop_stale(session, sa.or_(DuplicatePair.left_id == question_id, DuplicatePair.right_id == question_id), now)
    refresh_groups(session, call_id=asking.call_id, question_ids=[question_id])
    return kept


def keep_suggestions(
    session: Session, candidates: Candidates, scorer: Scorer, *, call_id: int, model_id: int, now: datetime
) -> int:
    """Write the probable ones of these pairs, never over a verdict, and return how many there are."""
    chances = scorer.probability(candidates.features)
    probable = np.flatnonzero(chances >= LEAST_PROBABILITY)
    shared = dict(call_id=call_id, model_id=model_id, suggested_at=now, is_audit=False, place=None)
    write_pairs(session, [row | shared for row in pair_values(candidates, chances, probable)])
    return len(probable)


def pair_values(candidates: Candidates, chances: NDArray[np.float64], chosen: NDArray[np.int64]) -> list[dict]:
    """The columns of chosen pairs that follow from their texts."""
    features = candidates.features[chosen].tolist()
    return [
        dict(
            left_id=min(candidates.left_ids[at], candidates.right_ids[at]),
            right_id=max(candidates.left_ids[at], candidates.right_ids[at]),
            method=candidates.method,
            cosine=row[COSINE],
            features=dict(zip(NAMES, row, strict=True)),
            probability=chances[at].item(),
        )
        for at, row in zip(chosen.tolist(), features, strict=True)
    ]


def write_pairs(session: Session, rows: list[dict]) -> None:
    """Write pairs over what was suggested before, never over a verdict."""
    # In one order for everybody, so that two workers never wait for each other in a circle.
    rows = sorted(rows, key=lambda row: (row["left_id"], row["right_id"]))
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        session.execute(_upsert(), rows[start : start + ROWS_PER_STATEMENT])


def drop_stale_of_call(session: Session, *, call_id: int, before: datetime) -> None:
    """Delete the undecided pairs of a call that were not suggested again."""
    _drop_stale(session, DuplicatePair.call_id == call_id, before)


def _drop_stale(session: Session, which: sa.ColumnElement[bool], before: datetime) -> None:
    stale = sa.delete(DuplicatePair).where(which, DuplicatePair.verdict.is_(None), DuplicatePair.suggested_at < before)
    session.execute(stale.execution_options(synchronize_session=False))


def _by_meaning(session: Session, question_id: int, asking: sa.Row) -> Candidates:
    near = nearest_of_kind(session, question_id=question_id, limit=MOST_NEIGHBOURS)
    cosine = np.array([each.cosine for each in near], dtype=np.float64)
    return _candidates(session, Method.MEANING, question_id, asking, [each.question_id for each in near], cosine)


def _by_words(session: Session, question_id: int, asking: sa.Row) -> Candidates:
    """Questions in the same language that hold the most telling words of this one."""
    weights = term_weights(session, call_id=asking.call_id, language=asking.language)
    words = weights.telling_words(fold(asking.title, asking.goal_overview), n=MOST_WORDS)
    own = sa.select(Question.kind).where(Question.id == question_id, Question.state.in_(STANDING)).scalar_subquery()
    query = sa.func.to_tsquery("simple", " | ".join(f"'{word}'" for word in words))
    near = (
        sa.select(Question.id)
        .where(
            Question.call_id == asking.call_id,
            Question.kind == own,
            Question.id != question_id,
            Question.state.in_(STANDING),
            base_language() == asking.language,
            Question.search_vector.bool_op("@@")(query),
        )
        .order_by(sa.func.ts_rank(Question.search_vector, query).desc(), Question.text_digest, Question.id)
        .limit(MOST_BY_WORDS)
    )
    return _candidates(session, Method.WORDS, question_id, asking, list(session.scalars(near)), None)


def _candidates(
    session: Session,
    method: Method,
    question_id: int,
    asking: sa.Row,
    near_ids: Sequence[int],
    cosine: NDArray[np.float64] | None,
) -> Candidates:
    own_ids = [question_id] * len(near_ids)
    if not near_ids:
        return Candidates(method, [], [], np.empty((0, len(NAMES))))
    texts = texts_of_questions(session, call_id=asking.call_id, ids=[question_id, *near_ids])
    return Candidates(method, own_ids, list(near_ids), texts.features(own_ids, near_ids, cosine))


def _upsert():
    new = insert(DuplicatePair)
    names = ("model_id", "method", "cosine", "features", "probability", "is_audit", "place", "suggested_at")
    return new.on_conflict_do_update(
        index_elements=[DuplicatePair.left_id, DuplicatePair.right_id],
        set_={name: new.excluded[name] for name in names},
        where=DuplicatePair.verdict.is_(None),
    )
