"""Asking for a selection: the checks, and the long job that solves it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.errors import Refused
from solicit.invitations.models import LimitSet, Selection, SelectionCandidate
from solicit.invitations.queries.limits import Pin
from solicit.invitations.service.selecting.case import Wanted, case_of
from solicit.invitations.service.selecting.start import start_or_join
from solicit.invitations.states import GIVEN_RULES, LimitState, Rule, SelectionState
from solicit.jobs.service import start_job
from solicit.words import N_

SELECT = "invitations.select"
REPLACE = "invitations.replace"
LONGEST_NAME = 100


def propose_selection(session: Session, *, call: CallFacts, wanted: Wanted, proposer_id: int, now: datetime) -> int:
    """Start the long job that solves a selection; returns the job's number.

    Raises as ``case_of`` does, and Conflict while another selection of this call is being solved.
    """
    if len(wanted.name) > LONGEST_NAME:
        raise Refused(N_("Use at most 100 characters for a name."))
    case_of(session, call=call, wanted=wanted, proposer_id=proposer_id)
    return start_job(
        session,
        kind=SELECT,
        task=SELECT,
        call_id=call.id,
        n_steps=1,
        started_by_id=proposer_id,
        now=now,
        **_arguments(call, wanted, proposer_id),
    )


def propose_again(
    session: Session,
    *,
    call: CallFacts,
    selection_id: int,
    rules: Mapping[int, Rule],
    reason: str,
    proposer_id: int,
    now: datetime,
) -> int:
    """Solve a selection anew with some rules changed, all for one reason; the others stay. Returns the job's number.

    It keeps its limits while they are in force or waiting, and takes those in force afterwards. Raises as
    ``propose_selection`` does.
    """
    before = session.get_one(Selection, selection_id)
    limits = session.get_one(LimitSet, before.limit_set_id)
    given = {pin.person_id: pin for pin in _given_pins(session, selection_id)}
    given |= {person_id: Pin(person_id, rule, reason) for person_id, rule in rules.items()}
    wanted = Wanted(
        limit_set_id=_in_force(session, call.id) if limits.state is LimitState.REPLACED else limits.id,
        name=before.name,
        pins=tuple(pin for _, pin in sorted(given.items()) if pin.rule is not Rule.NONE),
        replaces_id=_approved(session, call.id) if before.replaces_id else None,
    )
    return propose_selection(session, call=call, wanted=wanted, proposer_id=proposer_id, now=now)


def start_replacement(session: Session, *, call: CallFacts, actor_id: int | None, now: datetime) -> int:
    """Start the job that fills the seats which came free, with the least change; returns the job's number.

    Without an actor the machine proposes, after somebody said no. One job is enough for several answers: it looks
    at them once more before it stores a result. Raises Refused where nothing is approved or in force, or as
    ``case_of``.
    """
    wanted = _replacement_of(session, call_id=call.id)
    case_of(session, call=call, wanted=wanted, proposer_id=actor_id)
    arguments = _arguments(call, wanted, actor_id)
    return start_or_join(session, REPLACE, task=SELECT, call_id=call.id, actor_id=actor_id, now=now, **arguments)


def _replacement_of(session: Session, *, call_id: int) -> Wanted:
    approved_id, in_force_id = _approved(session, call_id), _in_force(session, call_id)
    if approved_id is None or in_force_id is None:
        raise Refused(N_("There is no approved selection in which a seat could come free."))
    name = session.get_one(Selection, approved_id).name
    return Wanted(in_force_id, name, _given_pins(session, approved_id), approved_id)


def _approved(session: Session, call_id: int) -> int | None:
    approved = Selection.call_id == call_id, Selection.state == SelectionState.APPROVED
    return session.scalar(sa.select(Selection.id).where(*approved))


def _in_force(session: Session, call_id: int) -> int | None:
    in_force = LimitSet.call_id == call_id, LimitSet.state == LimitState.IN_FORCE
    return session.scalar(sa.select(LimitSet.id).where(*in_force))


def _given_pins(session: Session, selection_id: int) -> tuple[Pin, ...]:
    rows = session.scalars(
        sa.select(SelectionCandidate)
        .where(SelectionCandidate.selection_id == selection_id, SelectionCandidate.rule.in_(GIVEN_RULES))
        .order_by(SelectionCandidate.person_id)
    )
    return tuple(Pin(row.person_id, row.rule, row.rule_reason) for row in rows)


def _arguments(call: CallFacts, wanted: Wanted, proposer_id: int | None) -> dict:
    return {"call_slug": call.slug, "proposer_id": proposer_id, "wanted": wanted_as_json(wanted)}


def wanted_as_json(wanted: Wanted) -> dict:
    pins = [asdict(pin) | {"rule": pin.rule.value} for pin in wanted.pins]
    return asdict(wanted) | {"pins": pins}


def wanted_from_json(values: dict) -> Wanted:
    return Wanted(**values | {"pins": _pins(values["pins"])})


def _pins(values: Iterable[dict]) -> tuple[Pin, ...]:
    return tuple(Pin(**pin | {"rule": Rule(pin["rule"])}) for pin in values)
