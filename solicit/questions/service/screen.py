"""Screening: whether a question belongs to the call, and to which theme."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call, OutOfScopeReason, Theme
from solicit.calls.service import check_desk_is_open
from solicit.calls.states import Kind
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.questions.models import PLAN_NUMBERS, QUESTION_NUMBERS, Question, QuestionVector
from solicit.questions.queries.involvement import is_involved
from solicit.questions.service.letters import write_to_submitters
from solicit.questions.service.open import defer_placing
from solicit.questions.states import MOVES, QuestionState, question_label
from solicit.words import N_

SCREENED_BY_PEOPLE = (QuestionState.NEW, QuestionState.IN_SCOPE, QuestionState.OUT_OF_SCOPE)
SEQUENCES = {Kind.QUESTION: QUESTION_NUMBERS, Kind.PLAN: PLAN_NUMBERS}


def put_in_scope(session: Session, *, question_id: int, version: int, actor_id: int, now: datetime) -> str:
    """Take a question into the call, give it its number and return its label; its submitters are told."""
    question = _read_question(session, question_id, version, now)
    _accept(session, question, actor_id=actor_id, now=now)
    return question_label(question.kind, question.number)


def put_many_in_scope(
    session: Session, *, call_id: int, question_ids: Collection[int], actor_id: int, now: datetime
) -> int:
    """Take every new question among these into the call and return how many.

    Left as they are: questions without a theme, of another call, or in which the actor has a part.
    """
    check_desk_is_open(session.get_one(Call, call_id), now=now)
    rows = (
        sa.select(Question)
        .where(
            Question.id.in_(tuple(question_ids)),
            Question.call_id == call_id,
            Question.state == QuestionState.NEW,
            Question.theme_id.is_not(None),
            ~is_involved(actor_id, Question.id),
        )
        .order_by(Question.created_at, Question.id)
        .with_for_update()
    )
    questions = session.scalars(rows).all()
    for question in questions:
        _accept(session, question, actor_id=actor_id, now=now)
    return len(questions)


def put_out_of_scope(
    session: Session, *, question_id: int, version: int, reason_id: int, note: str, actor_id: int, now: datetime
) -> None:
    """Leave a question out of the call for one of the call's reasons; its submitters are told which."""
    question = _read_question(session, question_id, version, now)
    reason = session.get(OutOfScopeReason, reason_id)
    if reason is None or reason.call_id != question.call_id:
        raise Refused(N_("Choose one of the reasons of this call."))
    _move(session, question, QuestionState.OUT_OF_SCOPE, actor_id=actor_id, now=now, reason=reason.key)
    question.reason_id, question.reason_note = reason.id, note
    session.flush()
    letter = dict(reason=reason.letter or reason.label, note=note)
    _write(session, question, "question_out_of_scope", letter, now=now)


def put_back(session: Session, *, question_id: int, version: int, actor_id: int, now: datetime) -> None:
    """Undo a decision: the question is new again and keeps the number that it may have."""
    question = _read_question(session, question_id, version, now)
    _move(session, question, QuestionState.NEW, actor_id=actor_id, now=now)
    question.screened_at = question.screened_by_id = None
    session.flush()


def change_theme(
    session: Session, *, question_id: int, version: int, theme_id: int, actor_id: int, now: datetime
) -> None:
    """File a question under another theme of its call."""
    question = _read_question(session, question_id, version, now)
    theme = session.get(Theme, theme_id)
    if theme is None or theme.call_id != question.call_id:
        raise Refused(N_("Choose one of the themes of this call."))
    if theme.id == question.theme_id:
        return
    _record(session, question, "change theme", actor_id=actor_id, now=now, old=question.theme_id, new=theme.id)
    question.theme_id = theme.id
    question.version += 1
    moved = sa.update(QuestionVector).where(QuestionVector.question_id == question.id).values(theme_id=theme.id)
    session.execute(moved)
    session.flush()


def _accept(session: Session, question: Question, *, actor_id: int, now: datetime) -> None:
    if question.theme_id is None:
        raise Refused(N_("Choose a theme before this question can be in scope."))
    if question.number is None:
        question.number = session.scalar(sa.select(SEQUENCES[question.kind].next_value()))
    _move(session, question, QuestionState.IN_SCOPE, actor_id=actor_id, now=now)
    session.flush()
    defer_placing(session, question_id=question.id)
    label = question_label(question.kind, question.number)
    _write(session, question, "question_screened", dict(label=label), now=now)


def _move(
    session: Session, question: Question, to: QuestionState, *, actor_id: int, now: datetime, **details: object
) -> None:
    check_move(MOVES, question.state, to)
    _record(session, question, "move", actor_id=actor_id, now=now, old=question.state.value, new=to.value, **details)
    question.state, question.reason_id, question.reason_note = to, None, ""
    question.screened_at, question.screened_by_id = now, actor_id
    question.version += 1


def _read_question(session: Session, question_id: int, version: int, now: datetime) -> Question:
    """Lock a question that people screen, as it was when the organizer read it."""
    wanted = sa.select(Question).where(Question.id == question_id)
    question = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if question is None:
        raise NotFound
    check_desk_is_open(session.get_one(Call, question.call_id), now=now)
    if question.version != version:
        raise Conflict(N_("This question changed while you were reading it. Read it again, then decide."))
    if question.state not in SCREENED_BY_PEOPLE:
        raise Refused(N_("This question is merged or withdrawn."))
    return question


def _write(session: Session, question: Question, kind: str, params: dict, *, now: datetime) -> None:
    write_to_submitters(
        session, call_id=question.call_id, question_ids=[question.id], kind=kind, params=params, now=now
    )


def _record(session: Session, question: Question, act: str, *, actor_id: int, now: datetime, **details: object) -> None:
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
