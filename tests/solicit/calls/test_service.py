from datetime import timedelta

import pytest
from builders import make_call

from solicit.calls import service
from solicit.calls.states import CallState
from solicit.errors import Closed, InvalidMove


@pytest.mark.parametrize(("offset", "accepted"), [(-1, True), (0, False), (1, False)])
def test_close_is_exact_to_the_second(session, now, offset, accepted):
    call = make_call(session, now=now)
    moment = call.closes_at + timedelta(seconds=offset)
    if accepted:
        service.check_accepts_submissions(call, now=moment)
    else:
        with pytest.raises(Closed):
            service.check_accepts_submissions(call, now=moment)


@pytest.mark.parametrize(
    ("saved_before", "sent_after", "accepted"),
    [(5, 20, True), (5, 26, False), (29, 0, True), (0, 29, True), (31, 0, False)],
)
def test_grace_counts_from_the_last_save(session, now, saved_before, sent_after, accepted):
    call = make_call(session, now=now)
    saved = call.closes_at - timedelta(minutes=saved_before)
    moment = call.closes_at + timedelta(minutes=sent_after)
    if accepted:
        service.check_accepts_submissions(call, now=moment, draft_saved_at=saved)
    else:
        with pytest.raises(Closed):
            service.check_accepts_submissions(call, now=moment, draft_saved_at=saved)


def test_draft_call_accepts_nothing(session, now):
    call = make_call(session, state=CallState.DRAFT, now=now)
    with pytest.raises(Closed):
        service.check_accepts_submissions(call, now=now)


def test_call_cannot_skip_a_state(session, now):
    call = make_call(session, state=CallState.OPEN, now=now)
    with pytest.raises(InvalidMove):
        service.move_call(session, call_id=call.id, to=CallState.PUBLISHED, actor_id=None, now=now)
