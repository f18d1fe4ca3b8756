"""Looking over questions for the desk: the theme they seem to belong to, and what is suspicious about them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.language.embedding import Encoder
from solicit.embeddings.service import model_id_of
from solicit.jobs.service import defer, start_job
from solicit.questions.models import Question
from solicit.questions.service.suggest_theme import suggest_themes
from solicit.questions.service.suspect import look_for_suspicions
from solicit.questions.states import SCREENED_BY_PEOPLE

LOOK_OVER, LOOK_OVER_ALL = "questions.look_over", "questions.look_over_all"
N_STEPS = 20


def defer_look(session: Session, *, question_id: int) -> None:
    """Have a worker look over a question; one waiting job per question is enough."""
    defer(session, LOOK_OVER, queueing_lock=f"{LOOK_OVER}:{question_id}", question_id=question_id)


def start_looking_over(
    session: Session, *, call_id: int, started_by_id: int | None, result_path: str, now: datetime
) -> int:
    """Have a worker look over every question of a call, and return the job that people watch."""
    return start_job(
        session,
        kind=LOOK_OVER_ALL,
        call_id=call_id,
        task=LOOK_OVER_ALL,
        n_steps=N_STEPS,
        started_by_id=started_by_id,
        now=now,
        result_path=result_path,
    )


def questions_of_step(session: Session, *, call_id: int, step: int) -> list[int]:
    """The questions of one part of a call; which part a question is in never changes."""
    part = sa.select(Question.id).where(Question.call_id == call_id, Question.id % N_STEPS == step)
    return list(session.scalars(part.where(Question.state.in_(SCREENED_BY_PEOPLE)).order_by(Question.id)))


def look_over_some(session: Session, *, question_ids: Sequence[int], encoder: Encoder, now: datetime) -> None:
    """Look over questions of one call as they are now; looking twice changes nothing."""
    call_id = session.scalar(sa.select(Question.call_id).where(Question.id.in_(question_ids)).limit(1))
    if call_id is None:
        return
    model_id = model_id_of(session, encoder)
    cosines = suggest_themes(
        session, call_id=call_id, model_id=model_id, question_ids=question_ids, encoder=encoder, now=now
    )
    look_for_suspicions(session, question_ids=question_ids, model_id=model_id, theme_cosines=cosines, now=now)
