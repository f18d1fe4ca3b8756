"""The page of the meeting: what is kept, what is refused, and the example of the letter."""

from datetime import date

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_letters import make_meeting

from solicit.audit.models import AuditEvent
from solicit.invitations.models import Meeting
from solicit.web.zones import zone_names

FORM = {
    "title": "Deep-space seminar",
    "starts_on": "2027-03-01",
    "ends_on": "2027-03-03",
    "time_zone": "Asia/Shanghai",
    "city": "Beijing",
    "country": "CN",
    "organization": "Academy of Space",
    "keep_travel_days": "30",
}


@pytest.fixture
def call(session):
    return make_call(session, host_country="CN")


@pytest.fixture
def page(client, session, call):
    sign_in(client, session, make_organizer(session, call, full_name="Ada Organizer"))
    return f"/{call.slug}/organize/meeting"


def test_meeting_is_kept_and_changed(client, session, page):
    assert client.post(page, data=FORM).status_code == 303
    client.post(page, data=FORM | {"city": "Shanghai", "letter_text": "Bring a coat.", "country": "FR"})
    session.expire_all()
    meeting = session.scalars(sa.select(Meeting)).one()
    assert (meeting.starts_on, meeting.city, meeting.country) == (date(2027, 3, 1), "Shanghai", "FR")
    assert (meeting.letter_text, meeting.keep_travel_days) == ("Bring a coat.", 30)
    assert session.scalar(sa.select(sa.func.count()).where(AuditEvent.subject == "meeting")) == 2
    assert 'value="Shanghai"' in client.get(page).text


def test_page_starts_from_the_call(client, page):
    text = client.get(page).text
    assert '<option selected value="CN">China</option>' in text
    assert "Example of the letter" not in text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ends_on", "2027-02-01", "The meeting must not end before it starts."),
        ("starts_on", "1 March", "Write the day like 2027-02-28"),
        ("starts_on", "9999-01-01", "Give a date between 2020 and 2100"),
        ("time_zone", "Moon/Base", "Not a valid choice."),
        ("country", "XX", "Not a valid choice."),
        ("city", "", "Enter the city"),
        ("city", "x" * 201, "This is too long"),
        ("online_address", "http://meet.example", "Enter an address that begins with https://"),
        ("online_address", "javascript:alert(1)", "Enter an address that begins with https://"),
        ("keep_travel_days", "366", "Enter a number of days from 0 to 365"),
        ("keep_travel_days", "many", "Enter a number of days from 0 to 365"),
    ],
)
def test_what_makes_no_sense_is_refused_and_stays_typed(client, session, page, field, value, said):
    answer = client.post(page, data=FORM | {"venue": "Hall 2"} | {field: value})
    assert (answer.status_code, said in answer.text, 'value="Hall 2"' in answer.text) == (422, True, True)
    assert session.scalars(sa.select(Meeting)).all() == []


def test_example_of_the_letter_is_to_the_reader(client, session, call, page):
    assert client.get(f"{page}/letter.pdf").status_code == 404
    make_meeting(session, call)
    answer = client.get(f"{page}/letter.pdf")
    assert (answer.mimetype, answer.data[:4]) == ("application/pdf", b"%PDF")


def test_page_reads_little(client, session, call, page, count_statements):
    make_meeting(session, call)
    client.get(page)
    count_statements.clear()
    client.get(page)
    assert len(count_statements) == 3


def test_zones_are_places():
    assert {"UTC", "Europe/Paris", "Asia/Shanghai", "America/Argentina/Buenos_Aires"} <= set(zone_names())
    assert not {"Etc/GMT+1", "US/Pacific", "EST"} & set(zone_names())
