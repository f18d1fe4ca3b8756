"""The first limits of a call: a draft that anyone of the organizers may change until it is put in force."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.db import violated_constraint
from solicit.errors import Conflict, NotFound, check_move
from solicit.invitations.models import LimitSet
from solicit.invitations.queries.limit_sets import runs_of
from solicit.invitations.queries.limits import Limits
from solicit.invitations.service.limits import rows
from solicit.invitations.service.limits.check import check_limits
from solicit.invitations.states import LIMIT_MOVES, LimitState
from solicit.words import N_


def save_draft(
    session: Session,
    *,
    call: CallFacts,
    run_ids: Collection[int],
    limits: Limits,
    version: str,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Begin or change the draft of a call; ``version`` is that of the draft that was read, "" if there was none.

    Raises Conflict if somebody else saved it since, or limits are in force already.
    """
    check_limits(limits)
    rows.check_runs(session, call=call, run_ids=run_ids)
    rows.check_no_candidate(session, call=call, run_ids=run_ids, actor_id=actor_id)
    draft = _draft_as_read(session, call=call, version=version) or _begin(session, call=call, limits=limits, now=now)
    draft.drawn_up_at, draft.drawn_up_by_id = now, actor_id
    for name, value in rows.values_of(limits).items():
        setattr(draft, name, value)
    rows.fill(session, draft, limits=limits, run_ids=run_ids)
    rows.record_limits(session, "draw up", draft, actor_id=actor_id, now=now, **rows.wording(limits, run_ids))
    return draft.id


def discard_draft(session: Session, *, call: CallFacts, version: str, actor_id: int | None, now: datetime) -> None:
    """Take the draft away; raises NotFound if there is none, Conflict if somebody else saved it since."""
    draft = _draft_as_read(session, call=call, version=version)
    if draft is None:
        raise NotFound
    rows.record_limits(session, "discard", draft, actor_id=actor_id, now=now)
    session.delete(draft)
    session.flush()


def put_in_force(session: Session, *, call: CallFacts, version: str, actor_id: int | None, now: datetime) -> int:
    """Freeze the draft: from now on names are shown, and a change takes two people; returns its number.

    Raises NotFound if there is no draft, Conflict if somebody else saved it since it was read.
    """
    draft = _draft_as_read(session, call=call, version=version)
    if draft is None:
        raise NotFound
    run_ids = runs_of(session, limit_set_id=draft.id)
    rows.check_no_candidate(session, call=call, run_ids=run_ids, actor_id=actor_id)
    check_move(LIMIT_MOVES, draft.state, LimitState.IN_FORCE)
    draft.state, draft.decided_at, draft.decided_by_id = LimitState.IN_FORCE, now, actor_id
    session.flush()
    rows.record_limits(session, "put in force", draft, actor_id=actor_id, now=now)
    return draft.id


def _draft_as_read(session: Session, *, call: CallFacts, version: str) -> LimitSet | None:
    """The draft, locked, after the check that it is the one that was read."""
    sets = rows.locked_sets(session, call_id=call.id)
    if rows.in_state(sets, LimitState.IN_FORCE):
        raise Conflict(N_("Limits are in force already. Ask for a change; a second organizer decides on it."))
    draft = rows.in_state(sets, LimitState.DRAFT)
    if version != (draft.drawn_up_at.isoformat() if draft else ""):
        raise Conflict(N_("Another organizer changed or discarded this draft in the meantime. Read it again first."))
    return draft


def _begin(session: Session, *, call: CallFacts, limits: Limits, now: datetime) -> LimitSet:
    draft = LimitSet(call_id=call.id, drawn_up_at=now, **rows.values_of(limits))
    try:
        with session.begin_nested():
            session.add(draft)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "uq_limit_set_draft":
            raise Conflict(N_("Another organizer began a draft at this moment. Read it first.")) from None
        raise
    return draft
