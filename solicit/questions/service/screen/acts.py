"""What a decision does to one question, and what is kept so that it can be undone."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import OutOfScopeReason, Theme
from solicit.calls.queries.lists import letters_of_reason
from solicit.calls.states import Kind
from solicit.errors import Refused, check_move
from solicit.questions.models import (
    PLAN_NUMBERS,
    QUESTION_NUMBERS,
    Question,
    QuestionVector,
    ScreeningDecision,
    ScreeningStep,
)
from solicit.questions.service.claim import release
from solicit.questions.service.letters import write_to_submitters
from solicit.questions.service.open import defer_placing
from solicit.questions.states import MOVES, DecisionAct, QuestionState, question_label
from solicit.words import N_

SEQUENCES = {Kind.QUESTION: QUESTION_NUMBERS, Kind.PLAN: PLAN_NUMBERS}
# Questions of one transaction, where a worker decides on very many.
PER_STEP = 100


@dataclass(frozen=True, kw_only=True)
class Act:
    """What is to be done; out of scope wants one of the call's reasons, another theme wants the theme."""

    act: DecisionAct
    reason_id: int | None = None
    note: str = ""
    theme_id: int | None = None


def act_from_json(kept: dict) -> Act:
    """The act that a job carries."""
    return Act(**kept | {"act": DecisionAct(kept["act"])})


def begin_decision(session: Session, *, call_id: int, act: DecisionAct, actor_id: int, now: datetime) -> int:
    decision = ScreeningDecision(call_id=call_id, act=act, made_by_id=actor_id, made_at=now)
    session.add(decision)
    session.flush()
    return decision.id


def check_maker(decision: ScreeningDecision, actor_id: int) -> None:
    """Raise Refused for anybody else: a job of theirs may be started again by every organizer."""
    if decision.made_by_id != actor_id:
        raise Refused(N_("Only whoever made this decision can carry it on or undo it."))


def do(session: Session, question: Question, wanted: Act, *, decision_id: int, actor_id: int, now: datetime) -> None:
    """Carry an act out on a locked question, and keep how it was before."""
    names = ("state", "theme_id", "reason_id", "reason_note", "screened_at", "screened_by_id")
    before = {name: getattr(question, name) for name in names}
    _ACTS[wanted.act](session, question, wanted, actor_id=actor_id, now=now)
    if wanted.act is not DecisionAct.THEME:
        release(session, question_id=question.id)
    session.add(ScreeningStep(decision_id=decision_id, question_id=question.id, version=question.version, **before))
    session.flush()


def write(session: Session, question: Question, kind: str, params: dict, *, now: datetime, **translated) -> None:
    about = dict(call_id=question.call_id, question_ids=[question.id])
    write_to_submitters(session, **about, kind=kind, params=params, now=now, **translated)


def note_act(
    session: Session, question: Question, act: str, *, actor_id: int, now: datetime, **details: object
) -> None:
    record(
        session,
        act=act,
        subject="question",
        subject_id=question.id,
        call_id=question.call_id,
        actor_id=actor_id,
        now=now,
        **details,
    )


def _accept(session: Session, question: Question, wanted: Act, *, actor_id: int, now: datetime) -> None:
    if question.theme_id is None:
        raise Refused(N_("Choose a theme before this question can be in scope."))
    if question.number is None:
        question.number = session.scalar(sa.select(SEQUENCES[question.kind].next_value()))
    _move(session, question, QuestionState.IN_SCOPE, actor_id=actor_id, now=now)
    defer_placing(session, question_id=question.id)
    label = question_label(question.kind, question.number)
    write(session, question, "question_screened", dict(label=label), now=now)


def _leave_out(session: Session, question: Question, wanted: Act, *, actor_id: int, now: datetime) -> None:
    reason = session.get(OutOfScopeReason, wanted.reason_id) if wanted.reason_id else None
    if reason is None or reason.call_id != question.call_id:
        raise Refused(N_("Choose one of the reasons of this call."))
    _move(session, question, QuestionState.OUT_OF_SCOPE, actor_id=actor_id, now=now, reason=reason.key)
    question.reason_id, question.reason_note = reason.id, wanted.note
    session.flush()
    said = {language: dict(reason=text) for language, text in letters_of_reason(session, reason_id=reason.id).items()}
    write(session, question, "question_out_of_scope", dict(note=wanted.note), now=now, translated=said)


def _put_back(session: Session, question: Question, wanted: Act, *, actor_id: int, now: datetime) -> None:
    _move(session, question, QuestionState.NEW, actor_id=actor_id, now=now)
    question.screened_at = question.screened_by_id = None
    session.flush()


def _file(session: Session, question: Question, wanted: Act, *, actor_id: int, now: datetime) -> None:
    theme = session.get(Theme, wanted.theme_id) if wanted.theme_id else None
    if theme is None or theme.call_id != question.call_id:
        raise Refused(N_("Choose one of the themes of this call."))
    note_act(session, question, "change theme", actor_id=actor_id, now=now, old=question.theme_id, new=theme.id)
    file_under(session, question, theme.id)
    question.version += 1
    session.flush()


def file_under(session: Session, question: Question, theme_id: int | None) -> None:
    """Give a question and its vectors a theme."""
    question.theme_id = theme_id
    moved = sa.update(QuestionVector).where(QuestionVector.question_id == question.id).values(theme_id=theme_id)
    session.execute(moved)


def _move(
    session: Session, question: Question, to: QuestionState, *, actor_id: int, now: datetime, **details: object
) -> None:
    check_move(MOVES, question.state, to)
    note_act(session, question, "move", actor_id=actor_id, now=now, old=question.state.value, new=to.value, **details)
    question.state, question.reason_id, question.reason_note = to, None, ""
    question.screened_at, question.screened_by_id = now, actor_id
    question.version += 1


_ACTS = {
    DecisionAct.IN_SCOPE: _accept,
    DecisionAct.OUT_OF_SCOPE: _leave_out,
    DecisionAct.BACK: _put_back,
    DecisionAct.THEME: _file,
}
