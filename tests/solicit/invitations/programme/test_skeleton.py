"""Skeletons: what they make, what they keep, what they fill in."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_invitations import make_invitation

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Conflict, Refused
from solicit.invitations.models import ProgrammeSession, ProgrammeSlot
from solicit.invitations.service.programme.skeleton import Made, Names, make_skeleton, programme_state
from solicit.invitations.states import InvitationState

NAMES = Names(room="Room %(n)s", part="%(title)s, part %(n)s", gathered="%(theme)s: more questions")


def skeleton(session, call, organizer, *, replaces=False, seen=None):
    seen = seen or programme_state(session, call_id=call.id).digest
    return make_skeleton(
        session, call=call, names=NAMES, replaces=replaces, seen=seen, actor_id=organizer.id, now=utcnow()
    )


def sessions(session):
    return session.scalars(sa.select(ProgrammeSession).order_by(ProgrammeSession.position)).all()


def slots(session):
    return session.execute(
        sa.select(ProgrammeSlot.question_id, ProgrammeSlot.invitation_id, ProgrammeSlot.minutes)
        .join(ProgrammeSession)
        .order_by(ProgrammeSession.position, ProgrammeSlot.position)
    ).all()


def test_sessions_follow_topics_and_authors_speak(session, call, world, ada):
    assert skeleton(session, call, ada) == Made(n_sessions=2, n_named=0, n_unplaced=0)
    first, second = sessions(session)
    assert (first.title, first.room, first.minutes, first.starts_at) == (
        "dust, hum",
        "Room 1",
        45,
        datetime(2027, 5, 3, 7, 0, tzinfo=UTC),
    )
    assert (second.title, second.minutes, second.starts_at) == (
        "Life: more questions",
        30,
        datetime(2027, 5, 3, 7, 45, tzinfo=UTC),
    )
    one, two, three, four = world.questions
    who = world.invitations
    assert slots(session) == [
        (one.id, who["Amina"].id, 15),
        (two.id, who["Borys"].id, 15),
        (three.id, None, 15),
        (four.id, who["Chiyo"].id, 15),
    ]
    act = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "make skeleton")).one()
    assert (act.subject_id, act.details) == (
        call.id,
        {"n_sessions": 2, "n_named": 0, "n_unplaced": 0, "replaces": False},
    )


def test_second_skeleton_changes_nothing_that_stands(session, call, world, ada):
    skeleton(session, call, ada)
    changed = sessions(session)[0]
    changed.title, changed.version = "My own title", 2
    session.flush()
    assert skeleton(session, call, ada) == Made(0, 0, 0)
    assert [each.title for each in sessions(session)] == ["My own title", "Life: more questions"]


def test_skeleton_fills_open_slots_and_missing_questions(session, call, world, ada):
    skeleton(session, call, ada)
    session.delete(sessions(session)[1])
    world.invitations["Amina"].state = InvitationState.CANCELLED
    newcomer = make_invitation(
        session, call, question_ids=[world.questions[0].id, world.questions[2].id], state=InvitationState.ACCEPTED
    )
    assert skeleton(session, call, ada) == Made(n_sessions=1, n_named=2, n_unplaced=0)
    assert [row.invitation_id for row in slots(session)] == [
        newcomer.id,
        world.invitations["Borys"].id,
        newcomer.id,
        world.invitations["Chiyo"].id,
    ]
    assert [(each.title, each.version) for each in sessions(session)] == [("dust, hum", 3), ("Life: more questions", 1)]


def test_skeleton_names_nobody_who_speaks_elsewhere_then(session, call, world, ada):
    skeleton(session, call, ada)
    first, second = sessions(session)
    second.starts_at = first.starts_at
    slot = session.scalars(sa.select(ProgrammeSlot).where(ProgrammeSlot.session_id == second.id)).one()
    slot.question_id, slot.invitation_id = world.questions[0].id, None
    session.flush()
    skeleton(session, call, ada)
    assert slot.invitation_id is None


def test_replacing_makes_all_sessions_anew(session, call, world, ada):
    skeleton(session, call, ada)
    sessions(session)[0].title = "My own title"
    session.flush()
    assert skeleton(session, call, ada, replaces=True).n_sessions == 2
    assert [each.title for each in sessions(session)] == ["dust, hum", "Life: more questions"]


def test_skeleton_over_a_programme_that_changed_is_refused(session, call, world, ada):
    seen = programme_state(session, call_id=call.id).digest
    skeleton(session, call, ada)
    with pytest.raises(Conflict):
        skeleton(session, call, ada, replaces=True, seen=seen)
    assert len(sessions(session)) == 2


def test_skeleton_needs_a_meeting_and_rankings(session, call, ada, run):
    with pytest.raises(Refused, match="where and when"):
        skeleton(session, call, ada)


def test_skeleton_without_limits_in_force_is_refused(session, call, meeting, ada):
    with pytest.raises(Refused, match="limits in force"):
        skeleton(session, call, ada)


def test_people_who_declined_do_not_speak(session, call, world, ada):
    world.invitations["Borys"].state = InvitationState.DECLINED
    session.flush()
    skeleton(session, call, ada)
    assert [row.invitation_id for row in slots(session)][1] is None


def test_other_calls_are_left_alone(session, call, world, ada):
    skeleton(session, call, ada)
    other = make_call(session)
    assert programme_state(session, call_id=other.id).n_sessions == 0
