"""Changing limits once names are shown: one organizer asks with a reason, another decides."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.invitations.models import LimitSet
from solicit.invitations.queries.limit_sets import runs_of
from solicit.invitations.queries.limits import Limits
from solicit.invitations.service.limits import rows
from solicit.invitations.service.limits.check import check_limits
from solicit.invitations.states import LIMIT_MOVES, LimitState
from solicit.words import N_


def ask_change(
    session: Session,
    *,
    call: CallFacts,
    base_id: int,
    run_ids: Collection[int],
    limits: Limits,
    reason: str,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Ask for other limits in the place of ``base_id``, which must be in force; returns the number of the new set."""
    if not reason.strip():
        raise Refused(N_("Give the reason for this change. The second organizer reads it."))
    check_limits(limits)
    rows.check_runs(session, call=call, run_ids=run_ids)
    _check_no_candidate(session, call=call, run_ids=run_ids, base_id=base_id, actor_id=actor_id)
    in_force = rows.in_state(rows.locked_sets(session, call_id=call.id), LimitState.IN_FORCE)
    if in_force is None or in_force.id != base_id:
        raise Conflict(N_("Other limits were put in force in the meantime. Start from those."))
    if rows.is_stored(session, base_id, limits=limits, run_ids=run_ids):
        raise Refused(N_("Nothing is different from the limits in force."))
    asked = LimitSet(
        call_id=call.id,
        state=LimitState.WAITING,
        changes_id=base_id,
        reason=reason,
        drawn_up_at=now,
        drawn_up_by_id=actor_id,
        **rows.values_of(limits),
    )
    session.add(asked)
    session.flush()
    rows.fill(session, asked, limits=limits, run_ids=run_ids)
    details = rows.wording(limits, run_ids) | {"base_id": base_id, "reason": reason}
    rows.record_limits(session, "ask to change", asked, actor_id=actor_id, now=now, **details)
    return asked.id


def put_change_in_force(
    session: Session, *, call: CallFacts, limit_set_id: int, actor_id: int | None, now: datetime
) -> None:
    """Let a change take the place of the limits it started from; never by who asked for it, nor by a candidate.

    Raises Conflict if somebody decided already, or if other limits were put in force since it was asked for.
    """
    sets = rows.locked_sets(session, call_id=call.id)
    asked = _waiting(sets, limit_set_id)
    if actor_id is not None and actor_id == asked.drawn_up_by_id:
        raise Refused(N_("You asked for this change. A second organizer must put it in force."))
    run_ids = runs_of(session, limit_set_id=limit_set_id)
    _check_no_candidate(session, call=call, run_ids=run_ids, base_id=asked.changes_id, actor_id=actor_id)
    earlier = sets[asked.changes_id]
    if earlier.state is not LimitState.IN_FORCE:
        raise Conflict(
            N_("Other limits were put in force since this change was asked for. Refuse it and ask again from those.")
        )
    check_move(LIMIT_MOVES, earlier.state, LimitState.REPLACED)
    earlier.state = LimitState.REPLACED
    session.flush()
    _decide(asked, LimitState.IN_FORCE, actor_id=actor_id, now=now)
    rows.record_limits(session, "put in force", asked, actor_id=actor_id, now=now, base_id=earlier.id)


def refuse_change(
    session: Session, *, call: CallFacts, limit_set_id: int, reason: str, actor_id: int | None, now: datetime
) -> None:
    """Refuse a change with a reason; who asked for it takes it back in this way."""
    if not reason.strip():
        raise Refused(N_("Give the reason why you refuse this change."))
    asked = _waiting(rows.locked_sets(session, call_id=call.id), limit_set_id)
    run_ids = runs_of(session, limit_set_id=limit_set_id)
    _check_no_candidate(session, call=call, run_ids=run_ids, base_id=asked.changes_id, actor_id=actor_id)
    asked.refusal = reason
    _decide(asked, LimitState.REFUSED, actor_id=actor_id, now=now)
    rows.record_limits(session, "refuse", asked, actor_id=actor_id, now=now, reason=reason)


def _check_no_candidate(
    session: Session, *, call: CallFacts, run_ids: Collection[int], base_id: int, actor_id: int | None
) -> None:
    """Whoever a change would bring in or take out, by their questions, does not decide on it."""
    both = {*run_ids, *runs_of(session, limit_set_id=base_id)}
    rows.check_no_candidate(session, call=call, run_ids=both, actor_id=actor_id)


def _waiting(sets: dict[int, LimitSet], limit_set_id: int) -> LimitSet:
    asked = sets.get(limit_set_id)
    if asked is None or asked.changes_id is None:
        raise NotFound
    if asked.state is not LimitState.WAITING:
        raise Conflict(N_("Another organizer decided on this change already."))
    return asked


def _decide(asked: LimitSet, state: LimitState, *, actor_id: int | None, now: datetime) -> None:
    check_move(LIMIT_MOVES, asked.state, state)
    asked.state, asked.decided_at, asked.decided_by_id = state, now, actor_id
