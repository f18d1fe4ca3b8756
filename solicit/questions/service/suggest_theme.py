"""Suggesting themes: learnt from the questions in scope, again only when a quarter more of them are filed."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.language.embedding import Encoder
from ml.language.themes import NO_SUGGESTION, ThemeModel, fit_themes, predict_themes
from solicit.calls.models import Theme
from solicit.embeddings.service import embed_texts
from solicit.questions.models import Question, QuestionVector, ThemeClassifier
from solicit.questions.queries.neighbours import is_read_by_model
from solicit.questions.states import SCREENED_BY_PEOPLE, Aspect, QuestionState

GROWTH = 1.25


def suggest_themes(
    session: Session, *, call_id: int, model_id: int, question_ids: Sequence[int], encoder: Encoder, now: datetime
) -> dict[int, float]:
    """Keep which theme each question seems to belong to, nothing where two are close, and return the cosine of
    each to the nearest description. Only texts enter; what the model does not read is left out."""
    themes = session.scalars(sa.select(Theme).where(Theme.call_id == call_id).order_by(Theme.position, Theme.id)).all()
    rows = session.execute(_vectors(call_id, model_id).where(Question.id.in_(question_ids))).all()
    if not themes or not rows:
        return {}
    descriptions = embed_texts(session, [f"{t.name}. {t.description}" for t in themes], encoder=encoder).vectors
    vectors = np.array([row.vector for row in rows], dtype=np.float32)
    theme_ids = [theme.id for theme in themes]
    model = _model(session, call_id, model_id, theme_ids, descriptions, now)
    suggested = predict_themes(model, vectors)
    for row, theme, probability in zip(rows, suggested.theme, suggested.probability, strict=True):
        is_clear = theme != NO_SUGGESTION
        values = (theme_ids[theme], float(probability[theme])) if is_clear else (None, None)
        _keep(session, row.id, *values)
    nearest = (vectors @ descriptions.T).max(axis=1)
    return {row.id: float(cosine) for row, cosine in zip(rows, nearest, strict=True)}


def _model(
    session: Session,
    call_id: int,
    model_id: int,
    theme_ids: list[int],
    descriptions: NDArray[np.float32],
    now: datetime,
) -> ThemeModel:
    kept = session.get(ThemeClassifier, (call_id, model_id), populate_existing=True)
    n_filed = session.scalar(sa.select(sa.func.count()).select_from(_filed(call_id, model_id).subquery()))
    if kept and kept.theme_ids == theme_ids and n_filed <= max(kept.n_examples, 1) * GROWTH:
        return ThemeModel.from_bytes(kept.coefficients, kept.intercepts)
    # In the order of their texts, so that the order of rows changes nothing.
    rows = session.execute(_filed(call_id, model_id).order_by(QuestionVector.digest, Question.id)).all()
    examples = np.array([row.vector for row in rows], dtype=np.float32).reshape(len(rows), descriptions.shape[1])
    filed = np.array([theme_ids.index(row.theme_id) for row in rows], dtype=np.int64)
    model = fit_themes(descriptions, examples=examples, example_themes=filed)
    coefficients, intercepts = model.to_bytes()
    values = dict(
        theme_ids=theme_ids, coefficients=coefficients, intercepts=intercepts, n_examples=len(rows), fitted_at=now
    )
    new = insert(ThemeClassifier).values(call_id=call_id, model_id=model_id, **values)
    session.execute(new.on_conflict_do_update(index_elements=["call_id", "model_id"], set_=values))
    return model


def _vectors(call_id: int, model_id: int) -> sa.Select:
    return (
        sa.select(Question.id, Question.theme_id, QuestionVector.vector)
        .join(QuestionVector, QuestionVector.question_id == Question.id)
        .where(Question.call_id == call_id, Question.state.in_(SCREENED_BY_PEOPLE))
        .where(QuestionVector.model_id == model_id, QuestionVector.aspect == Aspect.TEXT)
        .where(is_read_by_model(Question.language, model_id))
    )


def _filed(call_id: int, model_id: int) -> sa.Select:
    """The questions that a person put in scope, under the theme that the person saw."""
    return _vectors(call_id, model_id).where(Question.state == QuestionState.IN_SCOPE, Question.theme_id.is_not(None))


def _keep(session: Session, question_id: int, theme_id: int | None, probability: float | None) -> None:
    """Not a change of the question: its version stays, and whoever reads it may go on deciding."""
    changed = sa.update(Question).where(Question.id == question_id)
    session.execute(
        changed.values(suggested_theme_id=theme_id, suggested_theme_probability=probability),
        execution_options={"synchronize_session": False},
    )
