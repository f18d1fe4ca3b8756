"""What the page of the search index shows."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.embeddings.indexes import index_name
from solicit.embeddings.models import EmbeddingModel
from solicit.embeddings.service import CHANGE_MODEL
from solicit.jobs.models import Job

# Questions build on vectors; the page of the index knows only the columns it reads.
question = sa.table("question", *map(sa.column, ("id", "call_id", "state")))
vector = sa.table("question_vector", *map(sa.column, ("question_id", "model_id", "aspect")))


@dataclass(frozen=True)
class ModelState:
    """A language model, how many vectors it made, and how they are searched; ``n_bytes`` is 0 without an index."""

    id: int
    name: str
    width: int
    reads: tuple[str, ...]
    n_vectors: int
    n_bytes: int
    indexed_at: datetime | None
    problem: str
    calls: tuple[str, ...]

    @property
    def is_indexed(self) -> bool:
        return self.n_bytes > 0


@dataclass(frozen=True)
class CallIndex:
    """How the texts of a call are searched; ``model`` is None before the first text was read."""

    model: ModelState | None
    n_questions: int
    n_missing: int
    coming: str | None
    coming_job_id: int | None


def model_states(session: Session) -> tuple[ModelState, ...]:
    """Every model of the site, in the order of their numbers; one statement."""
    counted = sa.select(vector.c.model_id, sa.func.count().label("n")).group_by(vector.c.model_id).subquery()
    index = sa.func.to_regclass(sa.literal(index_name("")) + sa.cast(EmbeddingModel.id, sa.Text))
    calls = sa.select(sa.func.array_agg(Call.slug)).where(Call.model_id == EmbeddingModel.id).scalar_subquery()
    rows = session.execute(
        sa.select(
            EmbeddingModel,
            sa.func.coalesce(counted.c.n, 0).label("n_vectors"),
            sa.func.coalesce(sa.func.pg_relation_size(index), 0).label("n_bytes"),
            calls.label("calls"),
        )
        .outerjoin(counted, counted.c.model_id == EmbeddingModel.id)
        .order_by(EmbeddingModel.id)
    )
    return tuple(_state(row) for row in rows)


def call_index(session: Session, *, call: CallFacts) -> CallIndex:
    """How the texts of a call are searched; three statements."""
    states = {state.id: state for state in model_states(session)}
    n_questions, n_read = session.execute(_questions_read(call)).one()
    coming = session.execute(
        sa.select(Job.id, Job.arguments["model"].astext.label("model")).where(
            Job.kind == CHANGE_MODEL, Job.call_id == call.id, Job.finished_at.is_(None)
        )
    ).one_or_none()
    return CallIndex(
        model=states.get(call.model_id),
        n_questions=n_questions,
        n_missing=n_questions - n_read,
        coming=coming.model if coming else None,
        coming_job_id=coming.id if coming else None,
    )


def _questions_read(call: CallFacts) -> sa.Select:
    """How many questions there are, and of how many the model has read the text."""
    read = sa.and_(vector.c.question_id == question.c.id, vector.c.model_id == call.model_id, vector.c.aspect == "text")
    return (
        sa.select(sa.func.count(question.c.id), sa.func.count(vector.c.question_id))
        .select_from(sa.outerjoin(question, vector, read))
        .where(question.c.call_id == call.id, question.c.state != "withdrawn")
    )


def _state(row: sa.Row) -> ModelState:
    model = row.EmbeddingModel
    return ModelState(
        id=model.id,
        name=model.name,
        width=model.width,
        reads=model.reads,
        n_vectors=row.n_vectors,
        n_bytes=row.n_bytes,
        indexed_at=model.indexed_at,
        problem=model.index_problem,
        calls=tuple(sorted(row.calls or ())),
    )
