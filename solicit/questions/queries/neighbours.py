"""The nearest questions of a question, by the vectors of their texts; exact."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from ml.language.embedding import BUNDLED_NAME
from solicit.calls.queries import CallFacts, ThemeView
from solicit.embeddings.models import EmbeddingModel
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import STAFF_WORDS, STANDING, Aspect, question_label

BUNDLED_READS = "en"

Own, Other = aliased(QuestionVector), aliased(QuestionVector)
Asking = aliased(Question)


@dataclass(frozen=True)
class Neighbour:
    """A near question as organizers see it."""

    id: int
    label: str | None
    title: str
    language: str
    theme: ThemeView | None
    state_word: str
    cosine: float


@dataclass(frozen=True)
class Nearness:
    """How near another question is; ``are_bare`` if neither has more than a title."""

    question_id: int
    cosine: float
    are_bare: bool


def is_read_by_model(language: sa.ColumnElement[str], model_id: sa.ColumnElement[int] | int) -> sa.ColumnElement[bool]:
    """Whether the vector of a question's words means anything.

    The bundled model knows English only: unrelated Arabic or Chinese titles come out at a cosine of 0.8.
    """
    is_bundled = sa.exists().where(EmbeddingModel.id == model_id, EmbeddingModel.name == BUNDLED_NAME)
    return sa.or_(sa.func.split_part(language, "-", 1) == BUNDLED_READS, ~is_bundled)


def nearest_for_desk(
    session: Session, *, call: CallFacts, viewer_id: int, question_id: int, limit: int = 3
) -> tuple[Neighbour, ...]:
    """The nearest questions in which this organizer has no part; one statement, empty before the vector is there."""
    rows = session.execute(
        _nearest(question_id, Question, 1 - Own.vector.cosine_distance(Other.vector))
        .where(~is_involved(viewer_id, Question.id))
        .limit(limit)
    )
    return tuple(_neighbour(call, question, cosine) for question, cosine in rows)


def nearest_of_kind(session: Session, *, question_id: int, limit: int) -> Sequence[Nearness]:
    """The nearest questions of the same kind; nothing for a question that is not compared itself."""
    are_bare = sa.and_(Asking.goal_overview == "", Question.goal_overview == "")
    rows = session.execute(
        _nearest(question_id, Question.id, 1 - Own.vector.cosine_distance(Other.vector), are_bare)
        .where(Asking.kind == Question.kind, Asking.state.in_(STANDING))
        .limit(limit)
    )
    return [Nearness(*row) for row in rows]


def _nearest(question_id: int, *columns) -> sa.Select:
    latest = sa.select(sa.func.max(QuestionVector.model_id)).where(QuestionVector.question_id == question_id)
    return (
        sa.select(*columns)
        .select_from(Own)
        .join(Other, (Other.call_id == Own.call_id) & (Other.model_id == Own.model_id))
        .join(Question, Question.id == Other.question_id)
        .join(Asking, Asking.id == Own.question_id)
        .where(
            Own.question_id == question_id,
            Own.aspect == Aspect.TEXT,
            Other.aspect == Aspect.TEXT,
            Own.model_id == latest.scalar_subquery(),
            Other.question_id != question_id,
            Question.state.in_(STANDING),
            is_read_by_model(Question.language, Own.model_id),
            is_read_by_model(Asking.language, Own.model_id),
        )
        .order_by(Own.vector.cosine_distance(Other.vector), Question.id)
    )


def _neighbour(call: CallFacts, question: Question, cosine: float) -> Neighbour:
    return Neighbour(
        id=question.id,
        label=question_label(question.kind, question.number),
        title=question.title,
        language=question.language,
        theme=call.theme_by_id(question.theme_id),
        state_word=STAFF_WORDS[question.state],
        cosine=cosine,
    )
