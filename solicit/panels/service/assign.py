"""Assigning the questions of a round to panelists."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Closed, NotFound
from solicit.panels.models import Assignment, Round
from solicit.panels.queries.problem import assignment_problem
from solicit.panels.service.conflicts import confirm_own_conflicts
from solicit.panels.service.letters import tell_panelists
from solicit.panels.service.plan import NewPair, plan_assignment
from solicit.panels.states import LIVE, RoundState
from solicit.words import N_


@dataclass(frozen=True)
class Assigned:
    """What an assignment added, and the labels of questions whose language nobody reads."""

    n_new: int
    unread: tuple[str, ...]


def assign_questions(
    session: Session, *, round_id: int, accept_fewer: bool = False, actor_id: int | None, now: datetime
) -> Assigned:
    """Give every question of the round's kind its panelists; what exists already never moves.

    Raises Refused with the questions and numbers if the demands cannot be met.
    """
    round_ = _held(session, round_id)
    if round_.state not in (RoundState.DRAFT, RoundState.OPEN):
        raise Closed(N_("This round is closed: nothing more can be assigned."))
    confirm_own_conflicts(session, call_id=round_.call_id, now=now)
    plan = plan_assignment(assignment_problem(session, round_=round_), accept_fewer=accept_fewer)
    readers = _readers(session, round_id)
    session.add_all(_assignment(round_, pair, now) for pair in plan.pairs)
    session.flush()
    if round_.state is RoundState.OPEN:
        newcomers = frozenset(pair.person_id for pair in plan.pairs) - readers
        tell_panelists(session, round_=round_, now=now, only=newcomers)
    record(
        session,
        act="assign",
        subject="round",
        subject_id=round_id,
        call_id=round_.call_id,
        actor_id=actor_id,
        now=now,
        n_new=len(plan.pairs),
        n_unread=len(plan.unread),
        accept_fewer=accept_fewer,
    )
    return Assigned(len(plan.pairs), tuple(question.label for question in plan.unread))


def _held(session: Session, round_id: int) -> Round:
    """The round, held against closing and other assignments, but not against reviews being saved."""
    wanted = sa.select(Round).where(Round.id == round_id).with_for_update(key_share=True)
    row = session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def _readers(session: Session, round_id: int) -> frozenset[int]:
    live = sa.select(Assignment.person_id).where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
    return frozenset(session.scalars(live))


def _assignment(round_: Round, pair: NewPair, now: datetime) -> Assignment:
    return Assignment(
        round_id=round_.id,
        question_id=pair.question_id,
        panel_id=pair.panel_id,
        person_id=pair.person_id,
        affinity=pair.affinity,
        queue_order=_queue_order(round_.seed, pair),
        assigned_at=now,
    )


def _queue_order(seed: int, pair: NewPair) -> int:
    """A place in the queue that follows from the round's seed alone, so that later questions move no earlier one."""
    digest = hashlib.sha256(f"{seed} {pair.person_id} {pair.question_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
