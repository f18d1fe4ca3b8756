"""Travel details are deleted when they were said to be; that they were read stays."""

from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_invitation
from builders_letters import make_meeting
from builders_travel import give_travel

from solicit import clock
from solicit.clock import utcnow
from solicit.errors import Closed, NotFound
from solicit.invitations.models import Invitation, TravelDocument, TravelReading
from solicit.invitations.service.travel import (
    delete_own_travel,
    forget_travel,
    open_own_travel,
    open_travel,
    save_travel,
)
from solicit.invitations.service.travel_keeping import forget_old_travel
from solicit.invitations.states import INVITATION_MOVES, Attendance, InvitationState, ReadingPurpose
from solicit.invitations.tasks.travel import keep_travel

GOING = (InvitationState.ACCEPTED, InvitationState.CONFIRMED)


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def meeting(session, call):
    return make_meeting(session, call, keep_travel_days=30)


@pytest.fixture
def person(session, call, meeting):
    person = make_person(session)
    make_invitation(session, call, person=person, state=InvitationState.ACCEPTED)
    return person


def at(day) -> datetime:
    return datetime.combine(day, time(3, 11), UTC)


def n_stored(session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(TravelDocument))


def test_details_go_the_day_after_the_last_one_that_was_announced(session, call, meeting, person):
    give_travel(session, call, meeting, person)
    organizer, number = make_organizer(session, call), session.scalars(sa.select(Invitation.id)).one()
    opened = dict(call=call, invitation_id=number, reader_id=organizer.id, now=utcnow())
    open_travel(session, purpose=ReadingPurpose.ARRANGE_TRAVEL, **opened)
    last = meeting.ends_on + timedelta(days=30)
    assert forget_old_travel(session, now=at(last)) == 0 and n_stored(session) == 1
    assert forget_old_travel(session, now=at(last + timedelta(days=1))) == 1 and n_stored(session) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(TravelReading)) == 1


def test_the_worker_deletes_by_the_clock(session, call, meeting, person, monkeypatch):
    give_travel(session, call, meeting, person)
    session.commit()
    keep_travel(timestamp=0)
    assert n_stored(session) == 1

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return at(meeting.ends_on + timedelta(days=31))

    monkeypatch.setattr(clock, "datetime", Later)
    keep_travel(timestamp=0)
    assert n_stored(session) == 0


@pytest.mark.parametrize("state", [state for state in InvitationState if state not in GOING])
def test_whoever_does_not_come_any_more_is_forgotten(session, call, meeting, person, state):
    give_travel(session, call, meeting, person)
    session.execute(sa.update(Invitation).values(state=state, offered_at=utcnow(), answered_at=utcnow()))
    assert forget_old_travel(session, now=utcnow()) == 1


def test_states_that_lead_to_the_meeting_are_those_of_the_moves():
    """Whatever can still be confirmed after an answer keeps its details."""
    assert {state for state, to in INVITATION_MOVES.items() if InvitationState.CONFIRMED in to} == {GOING[0]}


def test_whoever_changes_to_online_is_forgotten(session, call, meeting, person):
    give_travel(session, call, meeting, person)
    session.execute(sa.update(Invitation).values(attendance=Attendance.ONLINE))
    assert forget_old_travel(session, now=utcnow()) == 1


def test_others_keep_theirs(session, call, meeting, person):
    give_travel(session, call, meeting, person)
    other = make_person(session)
    number = make_invitation(session, call, person=other, state=InvitationState.CONFIRMED).id
    give_travel(session, call, meeting, other)
    assert forget_travel(session, invitation_id=number) and not forget_travel(session, invitation_id=number)
    assert n_stored(session) == 1


def test_after_the_last_day_nothing_is_taken(session, call, meeting, person):
    details = give_travel(session, call, meeting, person)
    given = dict(call_id=call.id, person_id=person.id)
    last = meeting.ends_on + timedelta(days=30)
    save_travel(session, details=details, now=at(last), **given)
    with pytest.raises(Closed):
        save_travel(session, details=details, now=at(last + timedelta(days=1)), **given)


def test_deleting_is_at_once_and_again_it_changes_nothing(session, call, meeting, person):
    give_travel(session, call, meeting, person)
    given = dict(call_id=call.id, person_id=person.id, now=utcnow())
    delete_own_travel(session, **given)
    delete_own_travel(session, **given)
    assert n_stored(session) == 0
    session.execute(sa.update(Invitation).values(state=InvitationState.CANCELLED))
    session.expire_all()
    with pytest.raises(NotFound):
        open_own_travel(session, purpose=ReadingPurpose.OWN, **given)
