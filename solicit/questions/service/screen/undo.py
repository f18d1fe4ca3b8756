"""Undoing a decision: every question that nobody changed since is as it was before."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound
from solicit.jobs.service import start_job
from solicit.questions.models import Question, ScreeningDecision, ScreeningStep
from solicit.questions.queries.involvement import is_involved
from solicit.questions.service.screen.acts import PER_STEP, check_maker, file_under, note_act, write
from solicit.questions.states import SCREENED_BY_PEOPLE, DecisionAct
from solicit.words import N_

UNDO = "questions.undo_decision"
# What submitters were told of.
TOLD = (DecisionAct.IN_SCOPE, DecisionAct.OUT_OF_SCOPE)


@dataclass(frozen=True)
class Undone:
    """How many questions are as they were, and how many stay because something happened to them since."""

    n_done: int
    n_left: int


def undo_decision(session: Session, *, decision_id: int, actor_id: int, now: datetime) -> Undone:
    """Undo all that a decision did; numbers that were given stay with their questions."""
    undone = undo_portion(session, decision_id=decision_id, actor_id=actor_id, now=now)
    _locked(session, decision_id).undone_at = now
    session.flush()
    return undone


def start_undoing(session: Session, *, decision_id: int, actor_id: int, n: int, now: datetime, **told) -> int:
    """Have a worker undo a decision on very many questions, and return the job that people watch."""
    decision = _open(session, decision_id, actor_id, now)
    return start_job(
        session,
        kind=UNDO,
        call_id=decision.call_id,
        task=UNDO,
        n_steps=-(-n // PER_STEP),
        started_by_id=actor_id,
        now=now,
        decision_id=decision_id,
        actor_id=actor_id,
        **told,
    )


def undo_portion(
    session: Session, *, decision_id: int, actor_id: int, now: datetime, most: int | None = None
) -> Undone:
    """Undo some of what a decision did; what is undone is no longer kept, so that it is never done twice."""
    decision = _open(session, decision_id, actor_id, now)
    steps = (
        sa.select(ScreeningStep, Question)
        .join(Question, Question.id == ScreeningStep.question_id)
        .where(ScreeningStep.decision_id == decision_id)
        .order_by(Question.created_at, Question.id)
        .limit(most)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    n_done = n_left = 0
    mine = _involved(session, decision_id, actor_id)
    for step, question in session.execute(steps).all():
        if question.version == step.version and question.state in SCREENED_BY_PEOPLE and question.id not in mine:
            _restore(session, question, step, decision.act, actor_id=actor_id, now=now)
            n_done += 1
        else:
            n_left += 1
        session.delete(step)
    session.flush()
    return Undone(n_done, n_left)


def _open(session: Session, decision_id: int, actor_id: int, now: datetime) -> ScreeningDecision:
    decision = _locked(session, decision_id)
    check_maker(decision, actor_id)
    check_desk_is_open(session.get_one(Call, decision.call_id), now=now)
    if decision.undone_at is not None:
        raise Conflict(N_("This was undone already."))
    return decision


def _locked(session: Session, decision_id: int) -> ScreeningDecision:
    wanted = sa.select(ScreeningDecision).where(ScreeningDecision.id == decision_id).with_for_update()
    decision = session.scalar(wanted.execution_options(populate_existing=True))
    if decision is None:
        raise NotFound
    return decision


def _involved(session: Session, decision_id: int, actor_id: int) -> frozenset[int]:
    steps = sa.select(ScreeningStep.question_id).where(ScreeningStep.decision_id == decision_id)
    return frozenset(session.scalars(steps.where(is_involved(actor_id, ScreeningStep.question_id))))


def _restore(
    session: Session, question: Question, step: ScreeningStep, act: DecisionAct, *, actor_id: int, now: datetime
) -> None:
    details = dict(old=question.state.value, new=step.state.value)
    note_act(session, question, "undo decision", actor_id=actor_id, now=now, **details)
    for name in ("state", "reason_id", "reason_note", "screened_at", "screened_by_id"):
        setattr(question, name, getattr(step, name))
    if question.theme_id != step.theme_id:
        file_under(session, question, step.theme_id)
    question.version += 1
    session.flush()
    if act in TOLD:
        write(session, question, "decision_undone", dict(state=question.state.value), now=now)
