"""Rounds of scoring: prepared, opened, closed, opened again, frozen."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.errors import Closed, NotFound, Refused, check_move
from solicit.panels.models import Assignment, Criterion, Round
from solicit.panels.service.chain import seal_move
from solicit.panels.service.letters import tell_panelists
from solicit.panels.states import LIVE, ROUND_MOVES, ChainAct, RoundState
from solicit.words import N_

_WRONG_STATE = {
    RoundState.DRAFT: N_("This round has not opened yet."),
    RoundState.OPEN: N_("This round is open."),
    RoundState.CLOSED: N_("This round is closed."),
    RoundState.FROZEN: N_("This round is frozen: its ranking was computed."),
}


@dataclass(frozen=True, kw_only=True)
class NewCriterion:
    """One thing to score from 1 to 5, with words for the two ends."""

    key: str
    name: str
    question: str
    low: str
    high: str
    weight: int


@dataclass(frozen=True, kw_only=True)
class NewRound:
    kind: Kind
    name: str
    opens_at: datetime
    closes_at: datetime
    reviews_per_question: int
    criteria: tuple[NewCriterion, ...]


def create_round(
    session: Session, *, call: CallFacts, new: NewRound, actor_id: int | None, now: datetime, seed: int | None = None
) -> int:
    """Prepare a round and return its id; ``seed`` decides the order of every queue and of ties."""
    _check(new)
    row = Round(
        call_id=call.id,
        kind=new.kind,
        name=new.name,
        opens_at=new.opens_at,
        closes_at=new.closes_at,
        reviews_per_question=new.reviews_per_question,
        seed=secrets.randbits(62) if seed is None else seed,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _add_criteria(session, row.id, new.criteria)
    record(session, act="create", subject="round", subject_id=row.id, call_id=call.id, actor_id=actor_id, now=now)
    return row.id


def change_round(session: Session, *, round_id: int, new: NewRound, actor_id: int | None, now: datetime) -> None:
    """Replace what a round in preparation asks for; its kind stays once questions are assigned."""
    _check(new)
    row = locked_round(session, round_id=round_id)
    if row.state is not RoundState.DRAFT:
        raise Closed(N_("This round has opened: its dates and criteria are fixed."))
    if new.kind is not row.kind and _has_assignments(session, round_id):
        raise Refused(N_("Questions are assigned already: what is ranked can no longer change."))
    row.kind, row.name, row.reviews_per_question = new.kind, new.name, new.reviews_per_question
    row.opens_at, row.closes_at = new.opens_at, new.closes_at
    session.execute(sa.delete(Criterion).where(Criterion.round_id == round_id))
    _add_criteria(session, round_id, new.criteria)
    record(session, act="change", subject="round", subject_id=round_id, call_id=row.call_id, actor_id=actor_id, now=now)


def open_round(session: Session, *, round_id: int, actor_id: int | None, now: datetime) -> int:
    """Open a prepared round and tell its panelists; return how many were told."""
    row = locked_round(session, round_id=round_id)
    if now >= row.closes_at:
        raise Refused(N_("The closing date has passed. Change it first."))
    if not _has_assignments(session, round_id):
        raise Refused(N_("Nobody has a question to read yet. Assign the questions first."))
    _move(session, row, old=RoundState.DRAFT, to=RoundState.OPEN, actor_id=actor_id, now=now)
    return tell_panelists(session, round_=row, now=now)


def close_round(session: Session, *, round_id: int, actor_id: int | None, now: datetime) -> None:
    """Close an open round: from this moment no review changes."""
    row = locked_round(session, round_id=round_id)
    _move(session, row, old=RoundState.OPEN, to=RoundState.CLOSED, actor_id=actor_id, now=now)


def reopen_round(session: Session, *, round_id: int, actor_id: int | None, now: datetime) -> None:
    """Open a closed round again, as long as it is not frozen."""
    row = locked_round(session, round_id=round_id)
    _move(session, row, old=RoundState.CLOSED, to=RoundState.OPEN, actor_id=actor_id, now=now)


def freeze_round(session: Session, *, round_id: int, actor_id: int | None, now: datetime) -> None:
    """Mark a closed round as frozen: its ratings are the input of a ranking from now on."""
    row = locked_round(session, round_id=round_id)
    _move(session, row, old=RoundState.CLOSED, to=RoundState.FROZEN, actor_id=actor_id, now=now)


def locked_round(session: Session, *, round_id: int) -> Round:
    """The round, held against every review that is being saved; saving holds it only against this."""
    row = session.scalar(
        sa.select(Round).where(Round.id == round_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def _move(
    session: Session, row: Round, *, old: RoundState, to: RoundState, actor_id: int | None, now: datetime
) -> None:
    if row.state is not old:
        raise Closed(_WRONG_STATE[row.state])
    check_move(ROUND_MOVES, row.state, to)
    if to is RoundState.OPEN:
        _check_no_other_is_open(session, row)
    row.state = to
    session.flush()
    seal_move(session, round_id=row.id, act=_act_of(old, to), now=now)
    record(
        session,
        act="move",
        subject="round",
        subject_id=row.id,
        call_id=row.call_id,
        actor_id=actor_id,
        now=now,
        old=old.value,
        new=to.value,
    )


def _act_of(old: RoundState, to: RoundState) -> ChainAct:
    """What the chain calls a move."""
    if to is RoundState.OPEN:
        return ChainAct.OPEN if old is RoundState.DRAFT else ChainAct.REOPEN
    return ChainAct.CLOSE if to is RoundState.CLOSED else ChainAct.FREEZE


def _check_no_other_is_open(session: Session, row: Round) -> None:
    """A question's page shows one round, so two rounds of a kind are never open together."""
    others = sa.select(Round).where(Round.call_id == row.call_id, Round.kind == row.kind, Round.id != row.id)
    if any(other.state is RoundState.OPEN for other in session.scalars(others.order_by(Round.id).with_for_update())):
        raise Refused(N_("Another round of this kind is open. Close it first."))


def _check(new: NewRound) -> None:
    if new.opens_at >= new.closes_at:
        raise Refused(N_("The round must close after it opens."))
    if not new.criteria:
        raise Refused(N_("Give at least one criterion."))
    if len({criterion.key for criterion in new.criteria}) < len(new.criteria):
        raise Refused(N_("Two criteria have the same name."))


def _has_assignments(session: Session, round_id: int) -> bool:
    live = sa.exists().where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
    return bool(session.scalar(sa.select(live)))


def _add_criteria(session: Session, round_id: int, criteria: tuple[NewCriterion, ...]) -> None:
    session.add_all(Criterion(round_id=round_id, position=n, **vars(c)) for n, c in enumerate(criteria, 1))
    session.flush()
