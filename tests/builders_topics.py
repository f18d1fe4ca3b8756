"""Builders of topics: plain rows, nothing surprising."""

from datetime import datetime

import sqlalchemy as sa
from builders_questions import make_model
from sqlalchemy.orm import Session

from solicit.clock import utcnow
from solicit.embeddings.models import EmbeddingModel
from solicit.topics.models import TopicRun
from solicit.topics.states import RunState


def make_run(
    session: Session,
    call,
    *,
    model_id: int | None = None,
    n_questions: int = 1,
    state: RunState = RunState.ACCEPTED,
    now: datetime | None = None,
) -> TopicRun:
    """A grouping of a call, accepted unless a test wants another state."""
    now = now or utcnow()
    run = TopicRun(
        call_id=call.id,
        model_id=model_id or _model_of(session, call),
        seed=1,
        parameters={},
        versions={},
        input_digest=b"",
        n_questions=n_questions,
        run_at=now,
        state=state,
        decided_at=now if state in (RunState.ACCEPTED, RunState.DISCARDED) else None,
    )
    session.add(run)
    session.flush()
    return run


def _model_of(session: Session, call) -> int:
    """One model for all runs of a call that name none."""
    name = f"model of topics in call {call.id}"
    found = session.scalar(sa.select(EmbeddingModel.id).where(EmbeddingModel.name == name))
    return found or make_model(session, name=name).id
