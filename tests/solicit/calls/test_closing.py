"""When a call really closed: kept by every way of closing, and meant wherever something counts from the close."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_calls import desk
from builders_drafts import make_draft

from solicit.calls import service, tasks
from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.errors import Closed
from solicit.submissions.models import Submission
from solicit.submissions.service.forget import forget_drafts

ACTOR = dict(actor_id=None)


def closed_by_hand(session, now):
    """A call that an organizer closed ten days before its time."""
    call = make_call(session, now=now, closes_at=now + timedelta(days=10))
    return close(session, call, now)


def close(session, call, now):
    service.move_call(session, call_id=call.id, to=CallState.CLOSED, now=now, **ACTOR)
    return call_facts(session, slug=call.slug)


def test_closing_by_hand_keeps_the_time_and_opening_again_forgets_it(session, now):
    call = closed_by_hand(session, now)
    assert (call.closed_at, call.stops_at) == (now, now) and call.closes_at == now + timedelta(days=10)
    service.move_call(session, call_id=call.id, to=CallState.OPEN, now=now, **ACTOR)
    again = call_facts(session, slug=call.slug)
    assert again.closed_at is None and again.stops_at == call.closes_at


def test_closing_by_hand_after_the_closing_time_changes_nothing_about_it(session, now):
    call = make_call(session, now=now)
    service.move_call(session, call_id=call.id, to=CallState.CLOSED, now=call.closes_at + timedelta(days=3), **ACTOR)
    assert call_facts(session, slug=call.slug).closed_at == call.closes_at


def test_call_closes_by_itself_once_nothing_more_is_taken(session, now):
    call = make_call(session, now=now)
    over = call.closes_at + timedelta(minutes=call.grace_minutes)
    assert service.close_due_calls(session, now=over - timedelta(seconds=1)) == ()
    assert service.close_due_calls(session, now=over) == (call.id,)
    closed = call_facts(session, slug=call.slug)
    assert (closed.state, closed.closed_at) == (CallState.CLOSED, call.closes_at)
    assert service.close_due_calls(session, now=over) == ()


def test_worker_closes_calls(session):
    hour = timedelta(hours=1)
    call = make_call(session, opens_at=utcnow() - 9 * hour, closes_at=utcnow() - hour)
    session.commit()
    tasks.keep_dates(timestamp=0)
    session.expire_all()
    assert call_facts(session, slug=call.slug).closed_at == call.closes_at


def test_answers_are_counted_from_the_real_close(session, now):
    call = closed_by_hand(session, now)
    assert service.answers_until(call) == now + timedelta(days=14)
    with pytest.raises(Closed, match="The call closed on") as refused:
        service.check_accepts_submissions(call, now=now)
    assert refused.value.params == {"date": f"{now:%d %B %Y, %H:%M}"}


def test_drafts_are_kept_from_the_real_close(session, now):
    call = make_call(session, now=now, closes_at=now + timedelta(days=10))
    reference = make_draft(session, call, make_person(session), now=now)
    close(session, call, now)
    kept = sa.select(sa.func.count()).select_from(Submission).where(Submission.reference == reference)
    for days, n in ((29, 1), (30, 0)):
        forget_drafts(session, now=now + timedelta(days=days))
        assert session.scalar(kept) == n


def test_programs_and_desk_are_told_when_it_closed(client, session, now):
    call = closed_by_hand(session, now)
    sign_in(client, session, make_organizer(session, call))
    told = client.get(f"/api/v1/calls/{call.slug}").json
    assert (told["state"], told["closed_at"]) == ("closed", now.isoformat())
    assert client.get("/api/v1/calls").json["calls"][0]["closed_at"] == now.isoformat()
    assert f'<time datetime="{now.isoformat()}">closed ' in client.get(desk(call)).text


def test_database_keeps_a_time_for_closed_calls_alone(session, now):
    call = closed_by_hand(session, now)
    with pytest.raises(sa.exc.IntegrityError, match="closed_iff_time"):
        session.execute(sa.update(Call).where(Call.id == call.id).values(closed_at=None))


def test_desk_of_a_closed_call_says_how_to_open_it_again_and_blames_no_date(client, session):
    call = make_call(session, state=CallState.CLOSED, closes_at=utcnow() - timedelta(days=1))
    sign_in(client, session, make_organizer(session, call))
    assert "The closing time is past." not in client.get(desk(call)).text
    assert "The closing time is past." in client.get(desk(call, "move/open")).text
    assert "choose a later closing time here, then open the call again" in client.get(desk(call, "dates")).text
