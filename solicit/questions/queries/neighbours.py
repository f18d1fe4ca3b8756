"""The nearest questions of a question, by the vectors of their texts."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from ml.language.embedding import BUNDLED_NAME, BUNDLED_READS
from solicit.calls.models import Call
from solicit.calls.queries import CallFacts, ThemeView
from solicit.embeddings.models import EmbeddingModel
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.involvement import is_involved
from solicit.questions.queries.near import Space, near_texts, space_of, vector_of
from solicit.questions.states import STAFF_WORDS, STANDING, Aspect, question_label

Own, Asking = aliased(QuestionVector), aliased(Question)
TEXTS = sa.ARRAY(sa.Text)
# Nobody looks at what is farther away.
LEAST_COSINE = 0.0


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
    """Whether the vector of a question's words means anything: whether the model knows their language."""
    bundled = sa.case((EmbeddingModel.name == BUNDLED_NAME, sa.cast(list(BUNDLED_READS), TEXTS)))
    read = sa.select(sa.func.coalesce(EmbeddingModel.languages, bundled)).where(EmbeddingModel.id == model_id)
    known = sa.func.split_part(language, "-", 1) == sa.any_(sa.cast(read.scalar_subquery(), TEXTS))
    return sa.func.coalesce(known, sa.true())


def nearest_for_desk(
    session: Session, *, call: CallFacts, viewer_id: int, question_id: int, limit: int = 3
) -> tuple[Neighbour, ...]:
    """The nearest questions in which this organizer has no part; one statement, empty before the vector is there."""
    space = space_of(call)
    if space is None:
        return ()
    keep = _is_compared(space, question_id) & ~is_involved(viewer_id, Question.id)
    near = nearest_texts(space, question_id, keep, limit)
    rows = session.execute(near.add_columns(Question))
    return tuple(_neighbour(call, row.Question, row.cosine) for row in rows)


def nearest_of_kind(session: Session, *, question_id: int, limit: int) -> Sequence[Nearness]:
    """The nearest questions of the same kind; nothing for a question that is not compared itself."""
    answering = (
        sa.select(Question, EmbeddingModel.width, EmbeddingModel.id.label("model_id"))
        .join(Call, Call.id == Question.call_id)
        .join(EmbeddingModel, EmbeddingModel.id == Call.model_id)
        .where(Question.id == question_id, Question.state.in_(STANDING))
    )
    row = session.execute(answering).one_or_none()
    if row is None:
        return []
    space, own = Space(row.Question.call_id, row.model_id, row.width), row.Question
    keep = _is_compared(space, question_id) & (Question.kind == own.kind)
    near = nearest_texts(space, question_id, keep, limit)
    are_bare = sa.and_(own.goal_overview == "", Question.goal_overview == "")
    return [Nearness(*row) for row in session.execute(near.add_columns(are_bare))]


def _is_compared(space: Space, question_id: int) -> sa.ColumnElement[bool]:
    asking = sa.select(is_read_by_model(Asking.language, space.model_id)).where(Asking.id == question_id)
    return sa.and_(
        Question.state.in_(STANDING), is_read_by_model(Question.language, space.model_id), asking.scalar_subquery()
    )


def nearest_texts(space: Space, question_id: int, keep: sa.ColumnElement[bool], limit: int) -> sa.Select:
    """``id`` and ``cosine`` of the nearest questions by their texts; nothing is near a text that was not read yet."""
    own = sa.select(Own.vector).where(
        Own.question_id == question_id, Own.model_id == space.model_id, Own.aspect == Aspect.TEXT
    )
    of_others = (QuestionVector.aspect == Aspect.TEXT, QuestionVector.question_id != question_id)
    vector = vector_of(own.scalar_subquery(), space)
    near = near_texts(space, vector, n=limit, keep=keep, least=LEAST_COSINE, where=of_others)
    return (
        sa.select(near.c.question_id.label("id"), (1 - near.c.distance).label("cosine"))
        .join(Question, Question.id == near.c.question_id)
        .where(near.c.distance.is_not(None))
        .order_by(near.c.distance, near.c.question_id)
        .limit(limit)
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
