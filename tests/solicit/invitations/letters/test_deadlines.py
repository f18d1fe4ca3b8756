"""What the clock does: reminders once, the end of what nobody answered, the places of whoever left."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_invitation, make_limits_in_force
from builders_letters import make_letter_batch, send

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Closed, InvalidMove, NotFound, Refused
from solicit.invitations.models import Invitation, InvitationReminder
from solicit.invitations.service.letters.deadlines import expire_unanswered, keep_deadlines, remind_invited
from solicit.invitations.service.letters.places import cancel_all_of, cancel_place, confirm_place, send_letter_again
from solicit.invitations.states import InvitationState
from solicit.mail.models import OutboxMail
from solicit.mail.service import stop_letters
from solicit.submissions.service.links import AnswerLinks

SECRET = "a secret of the tests"
LINKS = AnswerLinks(SECRET)


@pytest.fixture
def call(session):
    call = make_call(session)
    make_limits_in_force(session, call, seats=9)
    return call


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def bo(session, call):
    return make_organizer(session, call)


@pytest.fixture
def invited(session, call, ada, bo):
    """Two people whose letters left a month ago, and who have a month to answer."""
    people = make_person(session, full_name="Wanjiru"), make_person(session, full_name="Li")
    send(session, call, make_letter_batch(session, call, ada, *people), bo, SECRET)
    session.execute(sa.update(Invitation).values(offered_at=utcnow() - timedelta(days=30)))
    session.execute(sa.delete(OutboxMail))
    session.expire_all()
    return people


def deadline(session):
    return session.scalars(sa.select(Invitation.answer_by)).first()


def written(session) -> list[tuple[str, str]]:
    return sorted(tuple(row) for row in session.execute(sa.select(OutboxMail.kind, OutboxMail.recipient)))


def states(session) -> list[InvitationState]:
    session.expire_all()
    return session.scalars(sa.select(Invitation.state).order_by(Invitation.id)).all()


@pytest.mark.parametrize(("days_left", "n_marks"), [(8, 0), (7, 1), (3, 1), (2, 1), (0.1, 1)])
def test_reminder_leaves_once_when_its_day_comes(session, invited, days_left, n_marks):
    now = deadline(session) - timedelta(days=days_left)
    n_sent = [remind_invited(session, links=LINKS, now=now) for _ in range(2)]
    assert n_sent == [2 * n_marks, 0]
    assert written(session) == sorted(("invitation_reminder", person.email) for person in invited)[: 2 * n_marks]


def test_a_week_and_two_days_are_two_reminders(session, invited):
    for days_left in (7, 6, 2, 1):
        remind_invited(session, links=LINKS, now=deadline(session) - timedelta(days=days_left))
    marks = session.execute(sa.select(InvitationReminder.days_before, sa.func.count()).group_by("days_before"))
    assert sorted(tuple(row) for row in marks) == [(2, 2), (7, 2)]


def test_letter_of_the_last_days_is_its_own_reminder(session, invited):
    session.execute(sa.update(Invitation).values(offered_at=deadline(session) - timedelta(days=1)))
    session.expire_all()
    assert remind_invited(session, links=LINKS, now=deadline(session) - timedelta(hours=1)) == 0


def test_reminder_opens_the_same_page_as_the_letter(session, invited):
    invitation = session.scalars(sa.select(Invitation).order_by(Invitation.id)).first()
    remind_invited(session, links=LINKS, now=deadline(session) - timedelta(days=7))
    path = session.scalars(sa.select(OutboxMail.params).order_by(OutboxMail.id)).first()["path"]
    key = LINKS.read(type("Link", (), {"value": "invitation"}), path.rpartition("/")[2])
    assert (key.number, key.nonce) == (invitation.id, invitation.nonce)


def test_reminders_are_not_among_the_letters_that_can_be_stopped(session, invited):
    stop_letters(session, person_id=invited[0].id, kind="invitation_reminder", now=utcnow())
    assert remind_invited(session, links=LINKS, now=deadline(session) - timedelta(days=7)) == 2


def test_who_answered_is_not_reminded(session, invited):
    session.execute(sa.update(Invitation).values(state=InvitationState.ACCEPTED, answered_at=utcnow()))
    session.expire_all()
    assert remind_invited(session, links=LINKS, now=deadline(session) - timedelta(days=7)) == 0


def test_unanswered_invitations_end_and_organizers_hear_of_it_once(session, invited, ada, bo):
    now = deadline(session)
    assert [expire_unanswered(session, now=now) for _ in range(2)] == [2, 0]
    assert states(session) == [InvitationState.EXPIRED] * 2
    assert written(session) == sorted(("invitation_place_free", each.email) for each in (ada, bo))
    assert session.scalars(sa.select(OutboxMail)).first().params["n_free"] == 2
    assert session.scalar(sa.select(sa.func.count()).where(AuditEvent.act == "expire")) == 2


def test_nothing_ends_before_its_time(session, invited):
    assert expire_unanswered(session, now=deadline(session) - timedelta(seconds=1)) == 0


def test_account_that_was_shut_keeps_no_place(session, invited):
    invited[0].active = False
    session.flush()
    keep_deadlines(session, links=LINKS, now=utcnow())
    assert states(session) == [InvitationState.CANCELLED, InvitationState.OFFERED]


def test_whoever_leaves_gives_every_place_back(session, invited, ada, bo):
    other = make_call(session)
    make_invitation(session, other, person=invited[0])
    assert cancel_all_of(session, person_id=invited[0].id, now=utcnow()) == 2
    assert states(session) == [InvitationState.CANCELLED, InvitationState.OFFERED, InvitationState.CANCELLED]
    assert [kind for kind, _ in written(session)] == ["invitation_place_free"] * 2


def test_place_is_confirmed_once_and_the_person_knows(session, call, invited, ada):
    invitation = session.scalars(sa.select(Invitation).order_by(Invitation.id)).first()
    what = dict(call=call, invitation_id=invitation.id, actor_id=ada.id, now=utcnow())
    with pytest.raises(InvalidMove):
        confirm_place(session, **what)
    invitation.state, invitation.answered_at = InvitationState.ACCEPTED, utcnow()
    session.flush()
    for _ in range(2):
        confirm_place(session, **what)
    assert states(session)[0] is InvitationState.CONFIRMED
    assert written(session) == [("invitation_confirmed", invited[0].email)]


def test_cancelled_person_reads_the_reason_and_nobody_else(session, call, invited, ada, bo):
    invitation = session.scalars(sa.select(Invitation).order_by(Invitation.id)).first()
    what = dict(call=call, invitation_id=invitation.id, reason="Twice invited.", actor_id=ada.id, now=utcnow())
    for _ in range(2):
        cancel_place(session, **what)
    told = {mail.recipient: mail.params for mail in session.scalars(sa.select(OutboxMail))}
    assert set(told) == {invited[0].email, ada.email, bo.email}
    assert told[invited[0].email]["reason"] == "Twice invited."
    assert "Twice" not in repr(told[ada.email])


def test_who_was_never_written_to_is_not_told_of_the_cancelling(session, call, ada, bo):
    person = make_person(session)
    invitation = make_invitation(session, call, person=person)
    cancel_place(session, call=call, invitation_id=invitation.id, reason="Why", actor_id=ada.id, now=utcnow())
    assert {recipient for _, recipient in written(session)} == {ada.email, bo.email}


def test_organizer_decides_nothing_about_themselves(session, call, ada):
    invitation = make_invitation(session, call, person=ada, state=InvitationState.ACCEPTED)
    with pytest.raises(NotFound):
        confirm_place(session, call=call, invitation_id=invitation.id, actor_id=ada.id, now=utcnow())


def test_letters_are_not_sent_again_within_a_day_or_after_the_end(session, call, invited, ada):
    invitation = session.scalars(sa.select(Invitation).order_by(Invitation.id)).first()
    what = dict(call=call, links=LINKS, invitation_id=invitation.id, actor_id=ada.id)
    with pytest.raises(Refused, match="less than a day"):
        send_letter_again(session, now=utcnow(), **what)
    with pytest.raises(Closed):
        send_letter_again(session, now=invitation.answer_by, **what)
    older = invitation.nonce
    send_letter_again(session, now=utcnow() + timedelta(days=2), **what)
    assert invitation.nonce != older
