"""Deciding on one question, in the version that the organizer read."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, Refused
from solicit.questions.models import Question
from solicit.questions.service.claim import check_free
from solicit.questions.service.screen.acts import Act, begin_decision, do
from solicit.questions.states import SCREENED_BY_PEOPLE, DecisionAct, question_label
from solicit.words import N_


@dataclass(frozen=True)
class Decided:
    """What was decided, for undoing it; ``label`` once the question has a number."""

    decision_id: int | None
    label: str | None


def put_in_scope(session: Session, **decision) -> Decided:
    """Take a question into the call and give it its number; its submitters are told."""
    return _decide(session, Act(act=DecisionAct.IN_SCOPE), **decision)


def put_out_of_scope(session: Session, *, reason_id: int, note: str, **decision) -> Decided:
    """Leave a question out of the call for one of the call's reasons; its submitters are told which."""
    return _decide(session, Act(act=DecisionAct.OUT_OF_SCOPE, reason_id=reason_id, note=note), **decision)


def put_back(session: Session, **decision) -> Decided:
    """Take a decision back: the question is new again and keeps the number that it may have."""
    return _decide(session, Act(act=DecisionAct.BACK), **decision)


def change_theme(session: Session, *, theme_id: int, **decision) -> Decided:
    """File a question under another theme of its call."""
    return _decide(session, Act(act=DecisionAct.THEME, theme_id=theme_id), **decision)


def read_question(session: Session, question_id: int, version: int, now: datetime) -> Question:
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


def _decide(
    session: Session,
    wanted: Act,
    *,
    question_id: int,
    version: int,
    actor_id: int,
    now: datetime,
    anyway: bool = False,
) -> Decided:
    question = read_question(session, question_id, version, now)
    if not anyway:
        check_free(session, question_id=question_id, person_id=actor_id, now=now)
    if wanted.act is DecisionAct.THEME and wanted.theme_id == question.theme_id:
        return Decided(None, question_label(question.kind, question.number))
    decision_id = begin_decision(session, call_id=question.call_id, act=wanted.act, actor_id=actor_id, now=now)
    do(session, question, wanted, decision_id=decision_id, actor_id=actor_id, now=now)
    return Decided(decision_id, question_label(question.kind, question.number))
