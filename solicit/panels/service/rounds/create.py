"""Preparing the first round of a series, and changing it until it opens."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.errors import Closed, Refused
from solicit.panels.models import Assignment, Criterion, Panel, Round
from solicit.panels.service.rounds.move import locked_round
from solicit.panels.states import LIVE, RoundState
from solicit.words import N_


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
    """A scoring round that begins a series; without themes it is about all of them."""

    kind: Kind
    name: str
    opens_at: datetime
    closes_at: datetime
    reviews_per_question: int
    criteria: tuple[NewCriterion, ...]
    panel_id: int | None = None
    instruction: str = ""
    theme_ids: tuple[int, ...] = ()
    is_staged: bool = False
    home_share: float = 0.5
    most_per_region: int | None = None
    most_per_institution: int | None = None
    publishes_ratings: bool = False


def create_round(
    session: Session, *, call: CallFacts, new: NewRound, actor_id: int | None, now: datetime, seed: int | None = None
) -> int:
    """Prepare a round and return its id; ``seed`` decides the order of every queue and of ties."""
    _check(new)
    row = Round(
        call_id=call.id, seed=secrets.randbits(62) if seed is None else seed, created_at=now, **_values(session, new)
    )
    session.add(row)
    session.flush()
    _add_criteria(session, row.id, new.criteria)
    record(session, act="create", subject="round", subject_id=row.id, call_id=call.id, actor_id=actor_id, now=now)
    return row.id


def change_round(session: Session, *, round_id: int, new: NewRound, actor_id: int | None, now: datetime) -> None:
    """Replace what a round in preparation asks for; what it ranks stays once questions are assigned."""
    _check(new)
    row = locked_round(session, round_id=round_id)
    if row.state is not RoundState.DRAFT:
        raise Closed(N_("This round has opened: its dates and criteria are fixed."))
    values = _values(session, new)
    is_other = new.kind is not row.kind or values["theme_ids"] != row.theme_ids
    if is_other and has_assignments(session, round_id):
        raise Refused(N_("Questions are assigned already: what is ranked can no longer change."))
    # Where a round is made fixes whose it is.
    for name, value in (values | {"panel_id": row.panel_id}).items():
        setattr(row, name, value)
    session.execute(sa.delete(Criterion).where(Criterion.round_id == round_id))
    _add_criteria(session, round_id, new.criteria)
    record(session, act="change", subject="round", subject_id=round_id, call_id=row.call_id, actor_id=actor_id, now=now)


def check_dates(opens_at: datetime, closes_at: datetime) -> None:
    if opens_at >= closes_at:
        raise Refused(N_("The round must close after it opens."))


def has_assignments(session: Session, round_id: int) -> bool:
    live = sa.exists().where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
    return bool(session.scalar(sa.select(live)))


def _values(session: Session, new: NewRound) -> dict:
    """The columns of a round; a panel with a home theme ranks that theme."""
    values = {name: value for name, value in vars(new).items() if name != "criteria"}
    home = session.scalar(sa.select(Panel.theme_id).where(Panel.id == new.panel_id)) if new.panel_id else None
    return values | {"theme_ids": [home] if home else sorted(set(new.theme_ids))}


def _check(new: NewRound) -> None:
    check_dates(new.opens_at, new.closes_at)
    if not new.criteria:
        raise Refused(N_("Give at least one criterion."))
    if len({criterion.key for criterion in new.criteria}) < len(new.criteria):
        raise Refused(N_("Two criteria have the same name."))


def _add_criteria(session: Session, round_id: int, criteria: tuple[NewCriterion, ...]) -> None:
    session.add_all(Criterion(round_id=round_id, position=n, **vars(c)) for n, c in enumerate(criteria, 1))
    session.flush()
