"""The texts nearest to a vector: exact while a model has few vectors, by its index when it has many.

The database reads the nearest vectors first and looks at their questions then, so that nothing is computed for every
vector and no plan without statistics can do so. Only the few cases in which too many of the nearest are not wanted
pay for looking at all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from pgvector.sqlalchemy import HALFVEC

from solicit.calls.queries import CallFacts
from solicit.questions.models import Question, QuestionVector

# A question has two vectors.
VECTORS_EACH = 2


@dataclass(frozen=True)
class Space:
    """Where vectors are compared: those of one call, made by one model."""

    call_id: int
    model_id: int
    width: int


def space_of(call: CallFacts) -> Space | None:
    """The vectors that answer for a call; None before the first text was read."""
    if call.model_id is None or call.model_width is None:
        return None
    return Space(call.id, call.model_id, call.model_width)


def vector_of(vector: Sequence[float] | sa.ColumnElement, space: Space) -> sa.ColumnElement:
    """A vector, or what the database finds as one, as a vector of a space."""
    return sa.cast(vector if isinstance(vector, sa.ColumnElement) else list(vector), HALFVEC(space.width))


def near_texts(
    space: Space,
    vector: sa.ColumnElement,
    *,
    n: int,
    keep: sa.ColumnElement[bool],
    least: float,
    where: Sequence[sa.ColumnElement[bool]] = (),
) -> sa.CTE:
    """``question_id`` and ``distance`` of the texts nearest to a vector, for about ``n`` questions.

    keep: which questions are wanted. where: which of their vectors. Texts below the cosine ``least`` may be missing.
    """
    # Cast and model as the index has them, word for word: with a parameter it would not be used.
    distance = sa.cast(QuestionVector.vector, HALFVEC(space.width)).cosine_distance(vector).label("distance")
    n_read = sa.literal_column(str(VECTORS_EACH * n))
    vectors = sa.select(QuestionVector.question_id, distance).where(
        QuestionVector.model_id == sa.literal_column(str(space.model_id)),
        QuestionVector.call_id == space.call_id,
        *where,
    )
    order = (sa.text("distance"), QuestionVector.question_id)
    first = vectors.order_by(*order).limit(n_read).cte("first").prefix_with("MATERIALIZED")
    kept = sa.select(first).join(Question, Question.id == first.c.question_id).where(keep)
    kept = kept.cte("kept").prefix_with("MATERIALIZED")
    is_short = sa.and_(
        sa.select(sa.func.count() < n).select_from(kept).scalar_subquery(),
        sa.select(sa.func.count() == n_read).select_from(first).scalar_subquery(),
        sa.select(sa.func.max(first.c.distance) <= 1 - least).scalar_subquery(),
    )
    all_wanted = vectors.join(Question, Question.id == QuestionVector.question_id).where(is_short, keep)
    rest = all_wanted.order_by(*order).limit(n_read).subquery()
    return sa.union(sa.select(kept), sa.select(rest)).cte("near")
