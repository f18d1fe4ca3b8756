"""What a call accepts now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState
from solicit.errors import Closed
from solicit.words import N_

ANSWER_WINDOW = timedelta(days=14)


def as_it_is_now(session: Session, call: CallFacts) -> CallFacts:
    """The call with its present state, locked so that nobody closes it before this transaction ends."""
    standing = sa.select(Call.state, Call.opens_at, Call.closes_at, Call.closed_at).where(Call.id == call.id)
    row = session.execute(standing.with_for_update(read=True, key_share=True)).one()
    return replace(call, **row._mapping)


def check_accepts_submissions(call: CallFacts, *, now: datetime, draft_saved_at: datetime | None = None) -> None:
    """Raise Closed unless the call takes new submissions and edits now.

    A draft saved within the grace period before ``now`` may still be sent for that long after the close.
    """
    if call.state is CallState.DRAFT or now < call.opens_at:
        raise Closed(N_("This call is not open for submissions."))
    grace = timedelta(minutes=call.grace_minutes)
    in_grace = draft_saved_at is not None and now - draft_saved_at <= grace and now < call.closes_at + grace
    if call.state is not CallState.OPEN or (now >= call.closes_at and not in_grace):
        raise Closed(N_("The call closed on %(date)s UTC."), date=f"{call.stops_at:%d %B %Y, %H:%M}")


def accepts_submissions(call: CallFacts, *, now: datetime, draft_saved_at: datetime | None = None) -> bool:
    return _passes(check_accepts_submissions, call, now=now, draft_saved_at=draft_saved_at)


def answers_until(call: CallFacts, *, asked_at: datetime | None = None) -> datetime:
    """Until when an answer is taken: 14 days after the close, or after a question that came later."""
    return max(call.stops_at, asked_at or call.stops_at) + ANSWER_WINDOW


def check_accepts_answers(call: CallFacts, *, now: datetime, asked_at: datetime | None = None) -> None:
    """Raise Closed unless co-authors, and authors who were asked for a change, may answer now."""
    check_desk_is_open(call, now=now)
    until = answers_until(call, asked_at=asked_at)
    if now >= until:
        raise Closed(N_("Answers were possible until %(date)s UTC."), date=f"{until:%d %B %Y, %H:%M}")


def accepts_answers(call: CallFacts, *, now: datetime) -> bool:
    return _passes(check_accepts_answers, call, now=now)


def check_desk_is_open(call: CallFacts | Call, *, now: datetime) -> None:
    """Raise Closed once the results are published."""
    if call.state in (CallState.PUBLISHED, CallState.ARCHIVED):
        raise Closed(N_("The results of this call are published."))


def _passes(check: Callable[..., None], call: CallFacts, **times: datetime | None) -> bool:
    """What a check says, for pages that show something else instead of refusing."""
    try:
        check(call, **times)
    except Closed:
        return False
    return True
