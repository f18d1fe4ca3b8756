"""What people say of two questions, and taking it back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound, Refused
from solicit.questions.models import DuplicatePair
from solicit.questions.service.duplicates.curves import defer_learning
from solicit.questions.service.duplicates.groups import refresh_groups
from solicit.questions.states import Verdict
from solicit.words import N_


def give_verdict(session: Session, *, pair_id: int, verdict: Verdict, actor_id: int, now: datetime) -> None:
    """Say that two questions are related or different. Saying that they are the same is merging them."""
    pair = _locked_pair(session, pair_id, now)
    if verdict is Verdict.SAME:
        raise Refused(N_("Two questions become the same by merging them."))
    if pair.verdict is not None:
        raise Conflict(N_("Somebody already gave a verdict on these two. Undo it first."))
    pair.verdict, pair.decided_at, pair.decided_by_id = verdict, now, actor_id
    _follow(session, pair)
    _record(session, pair, "give verdict", actor_id=actor_id, now=now, verdict=verdict.value)


def undo_verdict(session: Session, *, pair_id: int, actor_id: int, now: datetime) -> None:
    """Put a pair back into the queue."""
    pair = _locked_pair(session, pair_id, now)
    if pair.verdict is Verdict.SAME:
        raise Refused(N_("These two are merged. Undo the merge instead."))
    if pair.verdict is None:
        raise Conflict(N_("This verdict was undone already."))
    old = pair.verdict.value
    pair.verdict = pair.decided_at = pair.decided_by_id = None
    _follow(session, pair)
    _record(session, pair, "undo verdict", actor_id=actor_id, now=now, verdict=old)


def _locked_pair(session: Session, pair_id: int, now: datetime) -> DuplicatePair:
    wanted = sa.select(DuplicatePair).where(DuplicatePair.id == pair_id)
    pair = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if pair is None:
        raise NotFound
    check_desk_is_open(session.get_one(Call, pair.call_id), now=now)
    return pair


def _follow(session: Session, pair: DuplicatePair) -> None:
    """Draw the groups around a pair anew, and let its verdict be learnt from."""
    refresh_groups(session, call_id=pair.call_id, question_ids=(pair.left_id, pair.right_id))
    defer_learning(session, call_id=pair.call_id, model_id=pair.model_id)


def _record(
    session: Session, pair: DuplicatePair, act: str, *, actor_id: int, now: datetime, **details: object
) -> None:
    record(
        session,
        act=act,
        subject="duplicate_pair",
        subject_id=pair.id,
        call_id=pair.call_id,
        actor_id=actor_id,
        now=now,
        **details,
    )
