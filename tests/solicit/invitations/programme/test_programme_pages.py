"""The programme's pages: what organizers change, what clashes, what each reader may see."""

import csv
import io
import re
from datetime import UTC, datetime, time, timedelta

import icalendar
import pypdf
import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_invitation, make_ranked_question
from builders_programme import judged_by, make_session, make_slot, stored

from solicit.audit.models import AuditEvent
from solicit.invitations.models import ProgrammeSession, ProgrammeSlot
from solicit.invitations.queries.programme.page import programme
from solicit.invitations.queries.sight import sight_of
from solicit.invitations.states import InvitationState

SESSION = {"title": "Hums", "theme": "space", "day": "2027-05-04", "clock": "9:30", "minutes": "45", "room": "Hall"}


def base(call, ending=""):
    return f"/{call.slug}/organize/meeting/programme{ending}"


@pytest.fixture
def two(session, call, world):
    """A session with Amina and an open slot, and a later one with Chiyo."""
    first, second = make_session(session, call), make_session(session, call, begins=time(11), title="Life")
    one, _, three, four = world.questions
    slots = (
        make_slot(session, first, one, world.invitations["Amina"]),
        make_slot(session, first, three),
        make_slot(session, second, four, world.invitations["Chiyo"]),
    )
    return first, second, slots


def test_skeleton_is_made_from_the_page(client, session, call, world, ada):
    sign_in(client, session, ada)
    assert "Make a skeleton" in client.get(base(call)).text
    page = client.get(base(call, "/skeleton")).text
    seen = re.search(r'name="seen" type="hidden" value="(\w+)"', page).group(1)
    assert client.post(base(call, "/skeleton"), data={"seen": seen}).status_code == 303
    text = client.get(base(call)).text
    assert "2 sessions were added." in text
    assert "dust, hum" in text and "09:00</time>–09:45" in text and "Europe/Paris" in text
    assert "1 slot has no speaker yet." in text and "Has not answered yet" in text
    assert client.post(base(call, "/skeleton"), data={"seen": seen, "replaces": "y"}).status_code == 409
    assert client.post(base(call, "/skeleton"), data={}).status_code == 422


def test_sessions_are_added_changed_and_removed(client, session, call, world, ada):
    sign_in(client, session, ada)
    answer = client.post(base(call, "/sessions/new"), data=SESSION)
    made = session.scalars(sa.select(ProgrammeSession)).one()
    assert answer.location.endswith(f"/sessions/{made.id}")
    assert (made.title, made.room, made.starts_at) == ("Hums", "Hall", datetime(2027, 5, 4, 7, 30, tzinfo=UTC))
    change = SESSION | {"day": "", "clock": "", "title": "Hums and glows", "version": "1"}
    assert client.post(base(call, f"/sessions/{made.id}"), data=change).status_code == 303
    made = stored(session, made)
    assert (made.title, made.starts_at, made.version) == ("Hums and glows", None, 2)
    assert client.post(base(call, f"/sessions/{made.id}/remove"), data={"version": "2"}).status_code == 303
    assert session.scalars(sa.select(ProgrammeSession)).all() == []
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "programme session")).all()
    assert sorted(acts) == ["add", "change", "remove"]


def test_a_session_that_somebody_changed_meanwhile_keeps_what_was_typed(client, session, call, two, ada):
    sign_in(client, session, ada)
    first = two[0]
    client.post(base(call, f"/sessions/{first.id}"), data=SESSION | {"title": "Theirs", "version": "1"})
    answer = client.post(base(call, f"/sessions/{first.id}"), data=SESSION | {"title": "Mine", "version": "1"})
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text and "<h1><bdi>Theirs" in answer.text and 'value="2"' in answer.text
    assert stored(session, first).title == "Theirs"
    assert client.post(base(call, f"/sessions/{first.id}/remove"), data={"version": "1"}).status_code == 303
    assert stored(session, first).title == "Theirs"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Enter a title"),
        ({"clock": "25:00"}, "Enter a time such as 09:30"),
        ({"clock": "٠٩:٣٠"}, "Enter a time such as 09:30"),
        ({"day": ""}, "Enter a day and a time, or neither"),
        ({"minutes": "4"}, "Enter the minutes, from 5 to 600"),
        ({"minutes": "9" * 30}, "Enter the minutes, from 5 to 600"),
        ({"day": "1999-01-01"}, "Not a valid choice"),
        ({"title": "x" * 201}, "Use at most 200 characters for a title"),
        ({"room": "\x00"}, "Remove the control characters"),
    ],
)
def test_wrong_sessions_are_refused_and_kept(client, session, call, meeting, ada, wrong, words):
    sign_in(client, session, ada)
    answer = client.post(base(call, "/sessions/new"), data=SESSION | wrong)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert session.scalars(sa.select(ProgrammeSession)).all() == []


def test_moving_a_session_exchanges_time_and_room(client, session, call, two, ada):
    sign_in(client, session, ada)
    first, second, _ = two
    before = (first.starts_at, second.starts_at)
    client.post(base(call, f"/sessions/{second.id}/up"))
    assert (stored(session, first).starts_at, stored(session, second).starts_at) == before[::-1]
    client.post(base(call, f"/sessions/{second.id}/up"))
    assert stored(session, second).starts_at == before[0]


def test_slots_are_added_changed_moved_and_removed(client, session, call, world, two, ada):
    sign_in(client, session, ada)
    first, _, (opening, open_slot, _) = two
    who = world.invitations["Borys"]
    slot = {"question": str(world.questions[1].id), "title": "", "speaker": str(who.id), "minutes": "20"}
    assert client.post(base(call, f"/sessions/{first.id}/slots"), data=slot).status_code == 303
    added = session.scalars(sa.select(ProgrammeSlot).order_by(ProgrammeSlot.id.desc())).first()
    assert (added.position, added.invitation_id, added.minutes) == (3, who.id, 20)
    change = {"question": str(world.questions[2].id), "speaker": str(who.id), "minutes": "10", "title": "Sleep"}
    answer = client.post(base(call, f"/slots/{open_slot.id}"), data=change | {"version": "2"})
    assert answer.status_code == 303
    assert (stored(session, open_slot).title, open_slot.invitation_id) == ("Sleep", who.id)
    stale = client.post(base(call, f"/slots/{open_slot.id}"), data=change | {"version": "2", "title": "Typed"})
    assert stale.status_code == 409
    assert 'value="Typed"' in stale.text and "As it is stored now" in stale.text
    client.post(base(call, f"/slots/{added.id}/up"))
    order = [stored(session, each).position for each in (opening, added, open_slot)]
    assert order == [1, 2, 3]
    assert stored(session, first).version == 4
    client.post(base(call, f"/slots/{added.id}/remove"), data={"version": "4"})
    assert session.get(ProgrammeSlot, added.id) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"question": "", "title": ""}, "Choose a question or enter a title"),
        ({"speaker": "999999"}, "Not a valid choice"),
        ({"minutes": "0"}, "Enter the minutes, from 1 to 600"),
    ],
)
def test_wrong_slots_are_refused(client, session, call, world, two, ada, wrong, words):
    sign_in(client, session, ada)
    slot = {"question": str(world.questions[1].id), "title": "", "speaker": "", "minutes": "20"}
    answer = client.post(base(call, f"/sessions/{two[0].id}/slots"), data=slot | wrong)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_clashes_are_said(client, session, call, world, two, ada):
    first, second, slots = two
    second.starts_at = first.starts_at + timedelta(minutes=30)
    slots[2].invitation_id = world.invitations["Amina"].id
    second.minutes = 10
    session.flush()
    view = programme(session, call=call, sight=sight_of(session, viewer_id=ada.id))
    told = [[(each.text, each.params) for each in one.clashes] for one in view.sessions]
    same_room, speaks = (
        "“%(title)s” is in the same room at the same time.",
        "%(name)s speaks in “%(title)s” at the same time.",
    )
    assert told == [
        [(same_room, {"title": "Life"}), (speaks, {"name": "Amina", "title": "Life"})],
        [
            ("Its slots are longer than the session.", {}),
            (same_room, {"title": "Session 1"}),
            (speaks, {"name": "Amina", "title": "Session 1"}),
        ],
    ]
    sign_in(client, session, ada)
    assert "Amina speaks in “Life” at the same time." in client.get(base(call)).text
    first.starts_at = first.starts_at + timedelta(days=30)
    session.flush()
    assert "It is not on a day of the meeting." in client.get(base(call)).text


@pytest.mark.parametrize("state", ["declined", "cancelled"])
def test_who_does_not_come_leaves_a_hint(client, session, call, world, two, ada, state):
    world.invitations["Amina"].state = InvitationState(state)
    session.flush()
    sign_in(client, session, ada)
    text = client.get(base(call)).text
    assert "Amina does not come." in text and "1 speaker no longer comes" in text
    rows = list(csv.DictReader(io.StringIO(client.get(base(call, ".csv")).text.lstrip("\ufeff"))))
    assert [row["speaker"] for row in rows] == ["", "", "Chiyo"]


def test_files_tell_the_programme(client, session, call, world, two, ada):
    sign_in(client, session, ada)
    rows = list(csv.DictReader(io.StringIO(client.get(base(call, ".csv")).text.lstrip("\ufeff"))))
    assert [(row["day"], row["begins"], row["slot_begins"], row["title"], row["speaker"]) for row in rows] == [
        ("2027-05-03", "09:00", "09:00", "What hums?", "Amina"),
        ("2027-05-03", "09:00", "09:15", "What sleeps?", ""),
        ("2027-05-03", "11:00", "11:00", "What lives?", "Chiyo"),
    ]
    document = client.get(base(call, ".pdf"))
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document.data)).pages)
    assert all(word in text for word in ("Amina", "What lives?", "09:15", "To be named", "Page 1 of 1"))
    calendar = icalendar.Calendar.from_ical(client.get(base(call, ".ics")).data)
    events = calendar.walk("VEVENT")
    assert [str(each["summary"]) for each in events] == ["Session 1", "Life"]
    assert events[0].decoded("dtstart") == datetime(2027, 5, 3, 7, 0, tzinfo=UTC)
    assert events[0].decoded("dtend") == datetime(2027, 5, 3, 8, 0, tzinfo=UTC)
    assert len({str(each["uid"]) for each in events}) == 2


def test_speakers_of_own_questions_are_neither_shown_nor_changed(client, session, call, world, two):
    """A slot answers the same to a reader with a part in its question, whoever is named in it."""
    cleo = judged_by(session, call, world.questions[0])
    slot = two[2][0]
    sign_in(client, session, cleo)
    doors = [base(call, ending) for ending in ("", ".csv", ".pdf", f"/sessions/{two[0].id}")]
    named = answers(client, doors)
    assert all(b"Amina" not in answer for answer in named)
    assert b"You have a part in this question" in named[0]
    slot.invitation_id = None
    session.flush()
    assert answers(client, doors) == named
    assert client.get(base(call, f"/slots/{slot.id}")).status_code == 404
    assert client.post(base(call, f"/slots/{slot.id}/remove"), data={"version": "1"}).status_code == 404
    added = {"question": str(world.questions[0].id), "speaker": "", "minutes": "5", "title": ""}
    assert client.post(base(call, f"/sessions/{two[0].id}/slots"), data=added).status_code == 422


def answers(client, doors):
    """What the pages answer, without the token that is new each second."""
    return [re.sub(rb'csrf_token" value="[^"]*"', b"", client.get(door).data) for door in doors]


def test_somebody_hidden_stays_in_the_slot_of_another_question(client, session, call, world, two):
    """To a reader who must not see the speaker the slot looks open; saving it so takes nobody out."""
    cleo = judged_by(session, call, world.questions[0])
    amina, slot = world.invitations["Amina"], two[2][1]
    sign_in(client, session, cleo)
    doors = [base(call), base(call, f"/slots/{slot.id}")]
    as_open = answers(client, doors)
    slot.invitation_id = amina.id
    session.flush()
    assert answers(client, doors) == as_open
    keep = {"question": str(slot.question_id), "speaker": "", "minutes": "20", "title": "Sleep", "version": "1"}
    assert client.post(base(call, f"/slots/{slot.id}"), data=keep).status_code == 303
    assert (stored(session, slot).invitation_id, slot.minutes) == (amina.id, 20)
    chosen = keep | {"speaker": str(amina.id), "version": "2"}
    assert client.post(base(call, f"/slots/{slot.id}"), data=chosen).status_code == 422


def test_things_of_another_call_are_missing(client, session, call, two, ada):
    other = make_call(session)
    sign_in(client, session, make_organizer(session, other))
    first, _, slots = two
    for ending in (f"/sessions/{first.id}", f"/slots/{slots[0].id}", "/sessions/999999", f"/slots/{2**62}"):
        assert client.get(base(other, ending)).status_code == 404, ending


@pytest.mark.parametrize("n", [1, 3, 50])
def test_pages_cost_the_same(client, session, call, run, world, two, ada, n, count_statements):
    for _ in range(n):
        person = make_person(session)
        question = make_ranked_question(session, call, run, p_top_k=0.1, people=[person])
        invited = make_invitation(
            session, call, person=person, question_ids=[question.id], state=InvitationState.ACCEPTED
        )
        make_slot(session, make_session(session, call, begins=None), question, invited)
    sign_in(client, session, ada)
    costs = []
    first, _, slots = two
    for ending in ("", "/skeleton", ".csv", f"/sessions/{first.id}", "/sessions/new", f"/slots/{slots[0].id}"):
        count_statements.clear()
        assert client.get(base(call, ending)).status_code == 200
        costs.append(len(count_statements))
    assert costs == [7, 3, 6, 7, 3, 8]


def own(call, ending=""):
    return f"/en/{call.slug}/my/programme{ending}"


def test_own_programme_names_nobody_else(client, session, call, world, two):
    world.people["Borys"].full_name = "Borys ZQCANARY"
    two[2][1].invitation_id = world.invitations["Borys"].id
    session.flush()
    sign_in(client, session, world.people["Amina"])
    text = client.get(own(call)).text
    assert "What hums?" in text and "Session 1" in text and "Life" in text and "09:00" in text
    assert not any(word in text for word in ("ZQCANARY", "Chiyo", "What sleeps?", "What lives?"))
    calendar = icalendar.Calendar.from_ical(client.get(own(call, ".ics")).data)
    events = calendar.walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [datetime(2027, 5, 3, 7, 0, tzinfo=UTC)]
    assert "Chiyo" not in str(calendar)


@pytest.mark.parametrize("state", ["selected", "offered", "declined", "expired", "cancelled", "replaced"])
def test_own_programme_is_for_those_who_come(client, session, call, world, two, state):
    sign_in(client, session, world.people["Amina"])
    assert client.get(own(call)).status_code == 200
    world.invitations["Amina"].state = InvitationState(state)
    session.flush()
    assert client.get(own(call)).status_code == 404
    assert client.get(own(call, ".ics")).status_code == 404


def test_own_programme_before_there_is_one(client, session, call, world, count_statements):
    sign_in(client, session, world.people["Amina"])
    count_statements.clear()
    assert "have not set the programme yet" in client.get(own(call)).text
    assert len(count_statements) <= 8


def test_file_tells_who_has_not_answered(client, session, call, world, two, ada):
    sign_in(client, session, ada)
    calendar = icalendar.Calendar.from_ical(client.get(base(call, ".ics")).data)
    told = " ".join(str(event["description"]) for event in calendar.walk("VEVENT"))
    assert "(Amina)" in told and "(Chiyo, has not answered yet)" in told
