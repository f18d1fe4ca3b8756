"""Preparing letters, and the second organizer: what leaves, what is refused, what happens once only."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_invitation, make_limits_in_force
from builders_letters import make_letter_batch, make_meeting, prepare, send

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Conflict, NotFound, Refused
from solicit.invitations.models import Invitation, LetterBatch, LimitSet, Meeting, SelectionCandidate
from solicit.invitations.queries.letters.letter import letter_facts
from solicit.invitations.service import letters
from solicit.invitations.states import Attendance, BatchState, InvitationState, LimitState
from solicit.mail.models import OutboxMail

SECRET = "a secret of the tests"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def bo(session, call):
    return make_organizer(session, call)


def acts(session) -> list[tuple[str, str]]:
    return [
        tuple(row) for row in session.execute(sa.select(AuditEvent.act, AuditEvent.subject).order_by(AuditEvent.id))
    ]


def test_letters_leave_when_a_second_organizer_approves(session, call, ada, bo):
    wanjiru, li = make_person(session, full_name="Wanjiru"), make_person(session, full_name="Li", locale="en")
    batch_id = make_letter_batch(session, call, ada, wanjiru, li)
    assert send(session, call, batch_id, bo, SECRET) == 2
    invitations = session.scalars(sa.select(Invitation).order_by(Invitation.id)).all()
    batch = session.get_one(LetterBatch, batch_id)
    assert [each.state for each in invitations] == [InvitationState.OFFERED] * 2
    assert {each.answer_by for each in invitations} == {batch.answer_by}
    assert len({each.nonce for each in invitations} - {""}) == 2
    assert (batch.state, batch.decided_by_id, batch.prepared_by_id) == (BatchState.SENT, bo.id, ada.id)
    mails = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [(mail.kind, mail.recipient) for mail in mails] == [("invitation", each.email) for each in (wanjiru, li)]
    assert [act for act, _ in acts(session)][-4:] == ["prepare", "offer", "offer", "send"]


def test_deadline_is_the_end_of_the_day_where_the_meeting_is(session, call, ada):
    make_meeting(session, call, time_zone="Pacific/Auckland")
    batch = session.get_one(LetterBatch, make_letter_batch(session, call, ada))
    shown = batch.answer_by.astimezone(ZoneInfo("Pacific/Auckland"))
    assert (shown.hour, shown.minute) == (23, 59)


def test_whoever_prepared_letters_does_not_approve_them(session, call, ada):
    batch_id = make_letter_batch(session, call, ada)
    with pytest.raises(Refused, match="A second organizer"):
        send(session, call, batch_id, ada, SECRET)


@pytest.mark.parametrize("by_other_account", [False, True])
def test_candidate_neither_prepares_nor_approves(session, call, ada, bo, by_other_account):
    batch_id = make_letter_batch(session, call, ada)
    if by_other_account:
        seen = session.scalars(sa.select(SelectionCandidate)).one()
        seen.also_ids = [bo.id]
        session.flush()
    else:
        make_invitation(session, call, person=bo)
    with pytest.raises(Refused, match="You are a candidate yourself"):
        send(session, call, batch_id, bo, SECRET)
    with pytest.raises(Refused, match="You are a candidate yourself"):
        prepare(session, call, bo)


def test_sending_twice_is_one_sending(session, call, ada, bo):
    batch_id = make_letter_batch(session, call, ada)
    send(session, call, batch_id, bo, SECRET)
    nonce = session.scalars(sa.select(Invitation.nonce)).one()
    assert send(session, call, batch_id, bo, SECRET) == 0
    assert session.scalars(sa.select(Invitation.nonce)).one() == nonce
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 1
    with pytest.raises(Conflict):
        send(session, call, batch_id, make_organizer(session, call), SECRET)


@pytest.mark.parametrize("limits", [dict(seats=1), dict(budget_cents=199_999)])
def test_nothing_is_sent_above_the_limits_in_force(session, call, ada, bo, limits):
    batch_id = make_letter_batch(session, call, ada, make_person(session), make_person(session))
    in_force = session.scalars(sa.select(LimitSet)).one()
    for name, value in limits.items():
        setattr(in_force, name, value)
    session.flush()
    with pytest.raises(Refused, match="Nothing was sent"):
        send(session, call, batch_id, bo, SECRET)
    assert session.scalars(sa.select(Invitation.state)).all() == [InvitationState.SELECTED] * 2


def test_online_places_do_not_make_room_in_the_room(session, call, ada, bo):
    make_limits_in_force(session, call, seats=1, online_places=1)
    make_invitation(session, call, attendance=Attendance.ONLINE)
    batch_id = make_letter_batch(session, call, ada)
    assert send(session, call, batch_id, bo, SECRET) == 2
    with pytest.raises(Refused, match="more people"):
        send(session, call, make_letter_batch(session, call, ada), bo, SECRET)


def test_free_seats_make_no_place_online(session, call, ada, bo):
    make_limits_in_force(session, call, seats=5, online_places=1)
    for _ in range(2):
        make_invitation(session, call, attendance=Attendance.ONLINE)
    with pytest.raises(Refused, match="more people"):
        send(session, call, make_letter_batch(session, call, ada), bo, SECRET)


def test_without_limits_in_force_nothing_is_sent(session, call, ada, bo):
    batch_id = make_letter_batch(session, call, ada)
    session.execute(sa.update(LimitSet).values(state=LimitState.REPLACED))
    with pytest.raises(Conflict, match="No limits are in force"):
        send(session, call, batch_id, bo, SECRET)


def test_without_a_meeting_nothing_is_prepared(session, call, ada):
    make_invitation(session, call)
    with pytest.raises(Refused, match="where and when"):
        prepare(session, call, ada)


@pytest.mark.parametrize(("days", "said"), [(-1, "a day to come"), (90, "before the meeting")])
def test_days_nobody_could_answer_by_are_refused(session, call, ada, days, said):
    make_meeting(session, call)
    make_invitation(session, call)
    with pytest.raises(Refused, match=said):
        prepare(session, call, ada, days=days)


def test_letters_prepared_long_ago_are_not_sent(session, call, ada, bo):
    batch_id = make_letter_batch(session, call, ada)
    session.get_one(LetterBatch, batch_id).answer_by = utcnow() - timedelta(minutes=1)
    session.flush()
    with pytest.raises(Refused, match="is over"):
        send(session, call, batch_id, bo, SECRET)


def test_letters_are_prepared_once_and_anew_after_they_were_discarded(session, call, ada, bo):
    batch_id = make_letter_batch(session, call, ada)
    with pytest.raises(Conflict, match="Nobody waits"):
        prepare(session, call, bo)
    letters.discard_letters(session, call_id=call.id, batch_id=batch_id, actor_id=ada.id, now=utcnow())
    letters.discard_letters(session, call_id=call.id, batch_id=batch_id, actor_id=bo.id, now=utcnow())
    assert acts(session).count(("discard", "letter batch")) == 1
    with pytest.raises(Conflict):
        send(session, call, batch_id, bo, SECRET)
    assert prepare(session, call, bo) != batch_id


def test_sent_letters_are_not_discarded(session, call, ada, bo):
    batch_id = make_letter_batch(session, call, ada)
    send(session, call, batch_id, bo, SECRET)
    with pytest.raises(Conflict, match="sent in the meantime"):
        letters.discard_letters(session, call_id=call.id, batch_id=batch_id, actor_id=ada.id, now=utcnow())


def test_letters_of_another_call_are_not_found(session, call, ada, bo):
    batch_id, other = make_letter_batch(session, call, ada), make_call(session)
    make_limits_in_force(session, other)
    with pytest.raises(NotFound):
        send(session, other, batch_id, bo, SECRET)


def test_whoever_left_in_the_meantime_is_cancelled_and_not_written_to(session, call, ada, bo):
    gone, here = make_person(session), make_person(session)
    batch_id = make_letter_batch(session, call, ada, gone, here)
    gone.active = False
    session.flush()
    assert send(session, call, batch_id, bo, SECRET) == 1
    states = dict(session.execute(sa.select(Invitation.person_id, Invitation.state)).all())
    assert states == {gone.id: InvitationState.CANCELLED, here.id: InvitationState.OFFERED}


def test_letter_says_what_was_approved_whatever_is_changed_later(session, call, ada, bo):
    batch_id = make_letter_batch(session, call, ada)
    session.get_one(Meeting, call.id).city = "Lyon"
    session.flush()
    send(session, call, batch_id, bo, SECRET)
    invitation_id = session.scalars(sa.select(Invitation.id)).one()
    assert letter_facts(session, call=call, invitation_id=invitation_id).meeting.city == "Paris"
    assert session.scalars(sa.select(OutboxMail)).one().params["city"] == "Paris"
