"""The letter and the calendar file: in the reader's language, the same bytes again, nobody else in them."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from builders import make_call, make_organizer, make_person
from builders_invitations import make_invitation
from builders_letters import make_letter_batch, make_meeting, send
from icalendar import Calendar
from pypdf import PdfReader

from solicit.clock import utcnow
from solicit.invitations.models import Invitation
from solicit.invitations.queries.letters.letter import Paid, letter_facts
from solicit.invitations.queries.letters.own import invitation_of
from solicit.invitations.states import Attendance
from solicit.invitations.views.documents import calendar_of, letter_data, letter_file, paid_in_words

NAMES = (
    "Ada Lovelace",
    "محمد بن موسى الخوارزمي",
    "רוזה ברוק",
    "陈景润",
    "김순희",
    "Софья Ковалевская",
    '#read("/etc/passwd")',
)

NEXT_YEAR = utcnow().year + 1


@pytest.fixture
def call(session):
    return make_call(session, slug="deep-space")


def facts_for(session, call, **values):
    person = make_person(session, **values)
    batch_id = make_letter_batch(session, call, make_organizer(session, call), person)
    invitation = session.query(Invitation).filter_by(batch_id=batch_id).one()
    return letter_facts(session, call=call, invitation_id=invitation.id)


def read(app, facts) -> str:
    with app.test_request_context("/"):
        document = letter_file(facts).data
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
    return " ".join(text.split())


def test_letter_says_who_invites_whom_to_what(app, session, call):
    facts = facts_for(session, call, full_name="Wanjiru Kamau", affiliation="University of Nairobi", country="KE")
    text = read(app, facts)
    for part in (
        "Academy of Space",
        "1 Rue de la Lune",
        f"Our reference: {facts.reference}",
        "Wanjiru Kamau University of Nairobi Kenya",
        "Dear Wanjiru Kamau,",
        "we invite you to “Deep-space seminar”",
        "Hall 2, Paris, France",
        "What we pay",
        "Your journey there and back",
        "23:59 (Europe/Paris)",
        "Questions are answered at meeting@academy.example.",
        "M. Curie Director",
    ):
        assert part in text


@pytest.mark.parametrize("name", NAMES)
def test_letter_is_made_for_every_name_and_is_the_same_again(app, session, call, name):
    facts = facts_for(session, call, full_name=name)
    with app.test_request_context("/"):
        one, other = (letter_file(facts).data for _ in range(2))
    assert one == other
    assert one.startswith(b"%PDF")


def test_hostile_texts_are_shown_and_never_run(app, session, call):
    make_meeting(session, call, letter_text='#import "x"\n\n$x^2$', organization='#read("/etc/passwd")')
    text = read(app, facts_for(session, call))
    assert '#import "x"' in text and "$x^2$" in text and '#read("/etc/passwd")' in text


def test_text_of_another_direction_stands_by_itself(app, session, call):
    facts = replace(facts_for(session, call, full_name="محمد"), locale="en")
    with app.test_request_context("/"):
        assert letter_data(facts)["salutation"] == "Dear \u2068محمد\u2069,"


@pytest.mark.parametrize(
    ("paid", "said"),
    [
        (Paid(is_online=True), ["What it takes to take part online"]),
        (
            Paid(is_online=False, nights=1, has_insurance=True),
            ["Your journey there and back", "Your stay, 1 night", "Insurance for the journey"],
        ),
        (
            Paid(is_online=False, nights=5, has_visa=True),
            ["Your journey there and back", "Your stay, 5 nights", "A visa, if you need one"],
        ),
        (Paid(is_online=False), ["Your journey there and back", "Your stay"]),
    ],
)
def test_what_is_paid_is_said_without_amounts(app, paid, said):
    with app.test_request_context("/"):
        assert [str(line) for line in paid_in_words(paid)] == said


def own_of(session, app, call, **values):
    ada, bo = make_organizer(session, call), make_organizer(session, call)
    person = make_person(session, full_name="Wanjiru Kamau", email="wanjiru@example.org")
    make_invitation(session, call, person=person, **values)
    make_meeting(
        session,
        call,
        starts_on=date(NEXT_YEAR, 3, 1),
        ends_on=date(NEXT_YEAR, 3, 3),
        online_address="https://meet.example/room",
        changed_at=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
    )
    send(session, call, make_letter_batch(session, call, ada), bo, app.secret_key)
    return invitation_of(session, call=call, person_id=person.id)


def test_calendar_has_the_whole_days_and_nobody_in_it(app, session, call):
    mine = own_of(session, app, call)
    with app.test_request_context("/en/deep-space/my/invitation"):
        one, other = (calendar_of(call, mine).get_data() for _ in range(2))
    assert one == other
    event = Calendar.from_ical(one).walk("VEVENT")[0]
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(NEXT_YEAR, 3, 1), date(NEXT_YEAR, 3, 4))
    assert event["uid"] == f"invitation-{mine.id}@localhost"
    assert (event["summary"], event["location"]) == ("Deep-space seminar", "Hall 2, Paris, France")
    assert event["url"] == "http://localhost/en/deep-space/my/invitation"
    assert Calendar.from_ical(one)["method"] == "PUBLISH"
    lines = one.decode().replace("\r\n ", "").split("\r\n")
    assert all("Wanjiru" not in line for line in lines)
    assert [line for line in lines if "@" in line] == [f"UID:invitation-{mine.id}@localhost"]


def test_calendar_leads_online_participants_to_the_web_address(app, session, call):
    mine = own_of(session, app, call, attendance=Attendance.ONLINE)
    with app.test_request_context("/en/deep-space/my/invitation"):
        event = Calendar.from_ical(calendar_of(call, mine).get_data()).walk("VEVENT")[0]
    assert event["location"] == "https://meet.example/room"
