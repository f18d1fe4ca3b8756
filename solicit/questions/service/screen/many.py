"""Deciding on many questions at once: each is checked by itself, and what does not fit is left as it is."""

import enum
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.jobs.service import start_job
from solicit.questions.models import Question, ScreeningDecision, ScreeningStep
from solicit.questions.queries.involvement import is_involved
from solicit.questions.service.claim import claimed_by_others
from solicit.questions.service.screen.acts import PER_STEP, Act, begin_decision, check_maker, do
from solicit.questions.states import SCREENED_BY_PEOPLE, DecisionAct, QuestionState

DECIDE_MANY = "questions.decide_many"


class Left(enum.Enum):
    """Why a chosen question was left as it is. Those in which somebody has a part count as gone for them."""

    GONE = "gone"
    DECIDED = "decided"
    NO_THEME = "no_theme"
    CLAIMED = "claimed"
    SAME_THEME = "same_theme"


@dataclass(frozen=True)
class Outcome:
    """How many were decided on, and how many were left for which reason."""

    decision_id: int
    n_done: int
    left: dict[Left, int] = field(default_factory=dict)


def decide_many(
    session: Session, *, call_id: int, question_ids: Collection[int], wanted: Act, actor_id: int, now: datetime
) -> Outcome:
    """Do one thing to many questions of a call in one decision."""
    check_desk_is_open(session.get_one(Call, call_id), now=now)
    decision_id = begin_decision(session, call_id=call_id, act=wanted.act, actor_id=actor_id, now=now)
    what = dict(call_id=call_id, question_ids=question_ids, wanted=wanted, actor_id=actor_id, now=now)
    outcome = decide_portion(session, decision_id=decision_id, **what)
    if not outcome.n_done:
        # Nothing to undo.
        session.execute(sa.delete(ScreeningDecision).where(ScreeningDecision.id == decision_id))
    return outcome


def put_many_in_scope(
    session: Session, *, call_id: int, question_ids: Collection[int], actor_id: int, now: datetime
) -> int:
    """Take every new question among these into the call and return how many."""
    what = dict(call_id=call_id, question_ids=question_ids, actor_id=actor_id, now=now)
    return decide_many(session, wanted=Act(act=DecisionAct.IN_SCOPE), **what).n_done


def start_deciding(
    session: Session, *, call_id: int, question_ids: Sequence[int], wanted: Act, actor_id: int, now: datetime, **told
) -> int:
    """Have a worker do one thing to very many questions, and return the job that people watch."""
    check_desk_is_open(session.get_one(Call, call_id), now=now)
    decision_id = begin_decision(session, call_id=call_id, act=wanted.act, actor_id=actor_id, now=now)
    return start_job(
        session,
        kind=DECIDE_MANY,
        call_id=call_id,
        task=DECIDE_MANY,
        n_steps=-(-len(question_ids) // PER_STEP),
        started_by_id=actor_id,
        now=now,
        decision_id=decision_id,
        question_ids=list(question_ids),
        wanted={**asdict(wanted), "act": wanted.act.value},
        actor_id=actor_id,
        **told,
    )


def decide_portion(
    session: Session,
    *,
    decision_id: int,
    call_id: int,
    question_ids: Collection[int],
    wanted: Act,
    actor_id: int,
    now: datetime,
) -> Outcome:
    """Some of the questions of a decision; what it did to them already is not done twice."""
    check_desk_is_open(session.get_one(Call, call_id), now=now)
    check_maker(session.get_one(ScreeningDecision, decision_id), actor_id)
    done = sa.select(ScreeningStep.question_id).where(ScreeningStep.decision_id == decision_id)
    rows = (
        sa.select(Question)
        .where(Question.id.in_(tuple(question_ids)), Question.call_id == call_id)
        .where(~is_involved(actor_id, Question.id), Question.id.not_in(done))
        .order_by(Question.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    # Locked by id, as merging does, so that nobody waits in a circle; numbered in the order of arrival.
    questions = sorted(session.scalars(rows), key=lambda question: (question.created_at, question.id))
    n_before = session.scalar(sa.select(sa.func.count()).select_from(done.subquery()))
    claimed = claimed_by_others(session, question_ids=[q.id for q in questions], person_id=actor_id, now=now)
    left = Counter({Left.GONE: len(set(question_ids)) - len(questions) - n_before})
    for question in questions:
        reason = _why_left(question, wanted, claimed)
        left[reason] += 1
        if reason is None:
            do(session, question, wanted, decision_id=decision_id, actor_id=actor_id, now=now)
    n_done = left.pop(None, 0)
    return Outcome(decision_id, n_done, {reason: n for reason, n in left.items() if n > 0})


def _why_left(question: Question, wanted: Act, claimed: Collection[int]) -> Left | None:
    if wanted.act is DecisionAct.THEME:
        is_open = question.state in SCREENED_BY_PEOPLE
    else:
        is_open = question.state is QuestionState.NEW
    if not is_open:
        return Left.DECIDED
    if question.id in claimed:
        return Left.CLAIMED
    if wanted.act is DecisionAct.IN_SCOPE and question.theme_id is None:
        return Left.NO_THEME
    if wanted.act is DecisionAct.THEME and question.theme_id == wanted.theme_id:
        return Left.SAME_THEME
    return None
