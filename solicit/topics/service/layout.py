"""Drawing the map of a call's questions; a drawing can be repeated exactly and lies as the one before it."""

import contextlib
import hashlib
import importlib.metadata
import json
import secrets
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from ml.language.projection import Report, project
from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, Refused
from solicit.jobs.service import start_job
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.neighbours import is_read_by_model
from solicit.questions.states import Aspect, QuestionState
from solicit.topics.models import MapLayout, MapPoint
from solicit.words import N_

LAY_OUT = "topics.lay_out"
N_STEPS = 3
# A map that lacks more than every eleventh question is drawn anew.
GROWTH = 1.1
LIBRARIES = ("numpy", "openTSNE", "scikit-learn", "scipy")
ROWS_PER_STATEMENT = 5_000


@dataclass(frozen=True, eq=False)
class LayoutInput:
    """The questions to draw in an order of their own (by digest), with their places in the last drawing."""

    model_id: int
    question_ids: tuple[int, ...]
    digests: tuple[bytes, ...]
    vectors: NDArray[np.float32]
    start: NDArray[np.float64]

    @property
    def start_known(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.start).any(axis=1)


def start_drawing(session: Session, *, call_id: int, started_by_id: int | None, result_path: str, now: datetime) -> int:
    """Start the job that draws a call's map; raises Conflict while one waits or runs, Closed after the results."""
    call = session.get(Call, call_id)
    if call is None:
        raise NotFound
    check_desk_is_open(call, now=now)
    job_id = start_job(
        session,
        kind=LAY_OUT,
        call_id=call_id,
        task=LAY_OUT,
        n_steps=N_STEPS,
        started_by_id=started_by_id,
        now=now,
        seed=secrets.randbits(31),
        result_path=result_path,
    )
    record(
        session, act="draw map", subject="call", subject_id=call_id, call_id=call_id, actor_id=started_by_id, now=now
    )
    return job_id


def draw_if_grown(session: Session, *, call_id: int, started_by_id: int | None, now: datetime) -> None:
    """Start drawing if the call has no map, or one of clearly fewer questions; nothing if it is being drawn."""
    drawn = sa.select(MapLayout.n_questions).where(MapLayout.call_id == call_id)
    n_drawn = session.scalar(drawn.order_by(MapLayout.id.desc()).limit(1)) or 0
    in_scope = sa.select(sa.func.count()).select_from(Question)
    n_now = session.scalar(in_scope.where(Question.call_id == call_id, Question.state == QuestionState.IN_SCOPE))
    if n_now <= n_drawn * GROWTH:
        return
    with contextlib.suppress(Conflict):
        start_drawing(session, call_id=call_id, started_by_id=started_by_id, result_path="", now=now)


def load_layout_input(session: Session, *, call_id: int) -> LayoutInput:
    """The questions in scope that have a meaningful vector, under the model that answers for the call.

    Raises Refused if there is none.
    """
    model_id = session.scalar(sa.select(Call.model_id).where(Call.id == call_id))
    rows = session.execute(
        sa.select(Question.id, Question.title, QuestionVector.digest, QuestionVector.vector, MapPoint.x, MapPoint.y)
        .join(QuestionVector, QuestionVector.question_id == Question.id)
        .outerjoin(MapPoint, MapPoint.question_id == Question.id)
        .where(
            Question.call_id == call_id,
            Question.state == QuestionState.IN_SCOPE,
            QuestionVector.model_id == model_id,
            QuestionVector.aspect == Aspect.TEXT,
            is_read_by_model(Question.language, model_id),
        )
    ).all()
    if not rows:
        raise Refused(N_("There is nothing to draw yet: no text in scope can be compared."))
    rows = sorted(rows, key=lambda row: (row.digest, row.title, row.id))
    vectors = np.array([row.vector for row in rows], dtype=np.float32)
    return LayoutInput(
        model_id=model_id,
        question_ids=tuple(row.id for row in rows),
        digests=tuple(row.digest for row in rows),
        vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        start=np.array([(row.x, row.y) for row in rows], dtype=np.float64),
    )


def draw(questions: LayoutInput, *, seed: int, report: Report | None = None) -> NDArray[np.float64]:
    """Where each question stands; the same input and seed give the same map."""
    return project(
        questions.vectors, seed=seed, start=questions.start, start_known=questions.start_known, report=report
    )


def store_layout(
    session: Session, *, call_id: int, questions: LayoutInput, positions: NDArray[np.float64], seed: int, now: datetime
) -> int:
    """Make this the map of the call; the record of earlier ones stays, their points go."""
    layout = MapLayout(
        call_id=call_id,
        model_id=questions.model_id,
        seed=seed,
        parameters={"starts_from_last": bool(questions.start_known.any())},
        versions={name: importlib.metadata.version(name) for name in LIBRARIES},
        input_digest=input_digest(questions, seed=seed),
        n_questions=len(questions.question_ids),
        laid_out_at=now,
    )
    session.add(layout)
    session.flush()
    earlier = sa.select(MapLayout.id).where(MapLayout.call_id == call_id)
    gone = sa.or_(MapPoint.layout_id.in_(earlier), MapPoint.question_id == sa.any_(list(questions.question_ids)))
    session.execute(sa.delete(MapPoint).where(gone).execution_options(synchronize_session=False))
    points = [
        dict(question_id=id_, layout_id=layout.id, x=x, y=y, came_later=False)
        for id_, (x, y) in zip(questions.question_ids, positions.tolist(), strict=True)
    ]
    for first in range(0, len(points), ROWS_PER_STATEMENT):
        session.execute(sa.insert(MapPoint), points[first : first + ROWS_PER_STATEMENT])
    return layout.id


def input_digest(questions: LayoutInput, *, seed: int) -> bytes:
    """SHA-256 of everything that a drawing reads: texts, vectors, earlier places, seed."""
    digest = hashlib.sha256(json.dumps([seed, questions.model_id]).encode())
    digest.update(b"".join(questions.digests))
    digest.update(np.round(questions.vectors, 6).tobytes())
    digest.update(np.round(questions.start, 6).tobytes())
    return digest.digest()
