"""A person's own travel details, and the organizers' desk: opening an address shows and notes nothing."""

import io
from datetime import timedelta
from html import escape

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_invitations import make_authors, make_invitation, make_question
from builders_letters import make_meeting
from builders_travel import give_travel, travel_details, travel_form
from pypdf import PdfReader

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.invitations.models import SelectionCandidate, TravelDocument, TravelReading
from solicit.invitations.service import travel as service
from solicit.invitations.states import Attendance, InvitationState, ReadingPurpose
from solicit.keys import travel_keys, use_travel_keys

SECRETS = ("ZQPASSNAME", "ZQ 1234567", "Zqcity", "Zqwish", "Zqfriend", "Zqdiet")


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def meeting(session, call):
    return make_meeting(session, call)


@pytest.fixture
def person(session, call, meeting):
    person = make_person(session, full_name="Ada Lovelace")
    make_invitation(session, call, person=person, state=InvitationState.ACCEPTED)
    return person


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call, full_name="Olu Organizer")


def own(call, rest: str = "") -> str:
    return f"/{call.slug}/invitation/travel{rest}"


def desk(call, rest: str = "") -> str:
    return f"/{call.slug}/organize/invite/travel{rest}"


def invitation_id(session, person) -> int:
    return session.scalar(sa.text("SELECT id FROM invitation WHERE person_id = :id"), {"id": person.id})


def readings(session) -> list[tuple]:
    columns = TravelReading.subject_id, TravelReading.reader_id, TravelReading.purpose
    return [tuple(row) for row in session.execute(sa.select(*columns).order_by(TravelReading.id))]


def shown(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def read_pdf(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


def test_a_person_gives_opens_changes_and_deletes_their_details(client, session, call, meeting, person):
    sign_in(client, session, person)
    assert client.post(own(call), data=travel_form(travel_details(meeting))).status_code == 303
    page = client.get(own(call))
    assert page.status_code == 200 and shown(page.text) == [] and "Show and change them" in page.text
    assert readings(session) == []
    opened = client.post(own(call, "/show"))
    assert shown(opened.text) == list(SECRETS) and opened.headers["Cache-Control"] == "no-store"
    assert readings(session) == [(person.id, person.id, ReadingPurpose.OWN)]
    assert "You" in client.get(own(call)).text
    changed = travel_details(meeting, passport_number="ZQ 7654321")
    assert client.post(own(call), data=travel_form(changed)).status_code == 303
    assert 'value="ZQ 7654321"' in client.post(own(call, "/show")).text
    assert client.get(own(call, "/delete")).status_code == 200
    assert session.scalar(sa.select(sa.func.count()).select_from(TravelDocument)) == 1
    assert client.post(own(call, "/delete")).status_code == 303
    assert session.scalars(sa.select(TravelDocument)).all() == []
    assert client.post(own(call, "/show")).status_code == 422
    assert len(readings(session)) == 2


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("passport_number", "", "Enter the number as it is written in the passport"),
        ("passport_number", "é<script>", "Enter the number as it is written in the passport"),
        ("passport_name", "", "Enter your name as it is written in the passport"),
        ("born_on", "31.12.1980", "Write the day like 2027-02-28"),
        ("born_on", "2990-01-01", "Give a date between 1900 and 2100"),
        ("expires_on", "2020-01-01", "This passport ends before the meeting does"),
        ("leaves_on", "2001-01-01", "You cannot leave before you arrive"),
        ("arrives_on", "2099-01-01", "The meeting is over on this day"),
        ("nationality", "", "Choose a country or region"),
        ("emergency", "", "Enter a name and a telephone number"),
        ("wishes", "x" * 1_001, "Use at most 1,000 characters"),
        ("passport_name", "a\x00b", "Remove the control characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, session, call, meeting, person, field, text, words):
    sign_in(client, session, person)
    answer = client.post(own(call), data=travel_form(travel_details(meeting), **{field: text}))
    assert answer.status_code == 422 and words in answer.text
    assert "Zqcity" in answer.text and (text in ("", "XX") or "\x00" in text or escape(text) in answer.text)
    assert session.scalars(sa.select(TravelDocument)).all() == []


def test_a_second_of_nonsense_changes_nothing(client, session, call, meeting, person):
    sign_in(client, session, person)
    for data in ({}, {"visa_need": "maybe"}, {"born_on": ["1980-01-01", "x"]}, {"nationality": "XX"}):
        assert client.post(own(call), data=data).status_code == 422
    assert session.scalars(sa.select(TravelDocument)).all() == []


@pytest.mark.parametrize(
    "state", [s for s in InvitationState if s not in (InvitationState.ACCEPTED, InvitationState.CONFIRMED)]
)
def test_only_who_comes_has_the_page(client, session, call, meeting, state):
    person = make_person(session)
    make_invitation(session, call, person=person, state=state)
    sign_in(client, session, person)
    asked = [client.get(own(call)), client.get(own(call, "/delete"))]
    asked += [client.post(own(call, rest)) for rest in ("", "/show", "/delete", "/visa-letter")]
    assert {answer.status_code for answer in asked} == {404}


def test_who_takes_part_online_needs_none(client, session, call, meeting):
    person = make_person(session)
    make_invitation(session, call, person=person, state=InvitationState.ACCEPTED, attendance=Attendance.ONLINE)
    sign_in(client, session, person)
    page = client.get(own(call))
    assert "You take part online" in page.text and "passport_number" not in page.text
    answer = client.post(own(call), data=travel_form(travel_details(meeting)))
    assert answer.status_code == 422 and session.scalars(sa.select(TravelDocument)).all() == []


def test_before_the_days_are_set_nothing_is_kept(client, session):
    call, person = make_call(session), make_person(session)
    make_invitation(session, call, person=person, state=InvitationState.ACCEPTED)
    sign_in(client, session, person)
    assert "The days of the meeting are not set yet" in client.get(own(call)).text


def test_an_organizer_sees_who_gave_details_and_opens_them_by_a_button(
    client, session, call, meeting, person, organizer
):
    give_travel(session, call, meeting, person)
    make_invitation(session, call, person=make_person(session, full_name="Bohdan"), state=InvitationState.CONFIRMED)
    number = invitation_id(session, person)
    sign_in(client, session, organizer)
    page = client.get(desk(call)).text
    assert shown(page) == [] and "Ada Lovelace" in page and "Bohdan" in page
    assert "Bohdan" not in client.get(desk(call, "?state=given")).text
    assert "Ada" not in client.get(desk(call, "?state=missing")).text
    assert client.get(desk(call, f"/{number}")).status_code == 405
    assert readings(session) == []
    opened = client.post(desk(call, f"/{number}"))
    assert shown(opened.text) == list(SECRETS) and "Kenya" in opened.text
    assert readings(session) == [(person.id, organizer.id, ReadingPurpose.ARRANGE_TRAVEL)]
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "open travel details")).one()
    assert (event.subject, event.subject_id, event.details) == ("invitation", number, {"purpose": "arrange travel"})
    noted = client.get(desk(call, "/readings")).text
    assert "Olu Organizer" in noted and "Ada Lovelace" in noted and shown(noted) == []
    file = client.get(desk(call, "/readings.csv"))
    assert file.text.count("\r\n") == 2 and "Olu Organizer" in file.text and shown(file.text) == []
    assert "Ada" not in client.get(desk(call, "/readings?purpose=visa+letter")).text


def test_a_person_reads_that_an_organizer_opened_them_without_the_name(
    client, session, call, meeting, person, organizer
):
    give_travel(session, call, meeting, person)
    sign_in(client, session, organizer)
    client.post(desk(call, f"/{invitation_id(session, person)}"))
    sign_in(client, session, person)
    page = client.get(own(call)).text
    assert "An organizer of the call" in page and "To arrange the journey" in page and "Olu" not in page


def test_what_is_missing_cannot_be_opened(client, session, call, person, organizer):
    sign_in(client, session, organizer)
    answer = client.post(desk(call, f"/{invitation_id(session, person)}"))
    assert answer.status_code == 422 and "No travel details are stored." in answer.text
    assert readings(session) == []


@pytest.mark.parametrize("who", ["oneself", "another account of oneself", "whose question one reviews"])
def test_people_whom_an_organizer_may_not_see_are_nowhere(client, session, call, meeting, who):
    organizer = make_organizer(session, call)
    question = make_question(session, call)
    person = organizer if who == "oneself" else make_person(session, full_name="Zed Hidden")
    make_invitation(session, call, person=person, state=InvitationState.ACCEPTED, question_ids=[question.id])
    give_travel(session, call, meeting, person)
    if who == "another account of oneself":
        session.execute(sa.text("UPDATE selection_candidate SET also_ids = :ids"), {"ids": [organizer.id]})
    if who == "whose question one reviews":
        _conflict(session, question, organizer)
    other = make_organizer(session, call)
    number = invitation_id(session, person)
    service.open_travel(
        session,
        call=call,
        invitation_id=number,
        reader_id=other.id,
        purpose=ReadingPurpose.ARRANGE_TRAVEL,
        now=utcnow(),
    )
    sign_in(client, session, organizer)
    pages = [client.get(desk(call, rest)).text for rest in ("", "/readings", "/readings.csv")]
    # Their own name stands in the frame of every page.
    assert who == "oneself" or not any("Zed Hidden" in page for page in pages)
    assert "Nobody has accepted" in pages[0] and "Nobody opened any details yet." in pages[1]
    assert pages[2].count("\r\n") == 1
    nobody = client.post(desk(call, "/987654321"))
    for rest in (f"/{number}", f"/{number}/visa-letter"):
        answer = client.post(desk(call, rest))
        assert answer.status_code == nobody.status_code == 404
    assert len(readings(session)) == 1


def _conflict(session, question, organizer) -> None:
    session.execute(
        sa.text(
            "INSERT INTO conflict_of_interest (question_id, person_id, state, source, signs, reason, created_at,"
            " decision_note) VALUES (:question, :person, 'confirmed', 'declared', '{}', '', now(), '')"
        ),
        {"question": question.id, "person": organizer.id},
    )


def test_whoever_opens_very_many_is_stopped_and_that_is_noted(
    client, session, call, meeting, person, organizer, monkeypatch
):
    monkeypatch.setattr(service, "MOST_READINGS", 3)
    give_travel(session, call, meeting, person)
    sign_in(client, session, organizer)
    address = desk(call, f"/{invitation_id(session, person)}")
    assert [client.post(address).status_code for _ in range(3)] == [200] * 3
    for stopped in (client.post(address), client.post(address + "/visa-letter")):
        assert stopped.status_code == 429 and stopped.headers["Retry-After"] == "3600"
        assert shown(stopped.text) == []
    assert len(readings(session)) == 3
    acts = session.scalars(sa.select(AuditEvent.act).where(AuditEvent.subject == "person")).all()
    assert acts.count("open too many travel details") == 2
    session.execute(sa.update(TravelReading).values(read_at=utcnow() - timedelta(minutes=61)))
    session.commit()
    assert client.post(address).status_code == 200


def test_with_a_wrong_key_the_pages_say_so(client, session, call, meeting, person, organizer):
    give_travel(session, call, meeting, person)
    before = travel_keys()
    use_travel_keys([b"w" * 32])
    try:
        sign_in(client, session, person)
        answers = [client.get(own(call)), client.post(own(call, "/show")), client.post(own(call, "/visa-letter"))]
        sign_in(client, session, organizer)
        answers += [client.post(desk(call, f"/{invitation_id(session, person)}"))]
    finally:
        use_travel_keys(before)
    assert [answer.status_code for answer in answers] == [200, 409, 409, 409]
    assert all("cannot be opened with the keys of this site" in answer.text for answer in answers[1:])
    assert readings(session) == []


def test_the_letter_says_who_is_invited_and_who_pays(client, session, call, meeting, person, organizer):
    give_travel(session, call, meeting, person)
    sign_in(client, session, person)
    answer = client.post(own(call, "/visa-letter"), data={"language": "en"})
    assert answer.mimetype == "application/pdf" and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="visa-letter.pdf"'
    text = read_pdf(answer.data)
    for words in ("ZQPASSNAME ADA", "ZQ 1234567", "Kenya", "31 December 1980", "Hall 2, Paris, France"):
        assert words in " ".join(text.split())
    assert "Academy of Space pays for the journey" in text and "M. Curie" in text
    assert shown(PdfReader(io.BytesIO(answer.data)).metadata.title) == []
    sign_in(client, session, organizer)
    again = client.post(desk(call, f"/{invitation_id(session, person)}/visa-letter"), data={"language": "en"})
    assert again.data == answer.data
    assert readings(session) == [
        (person.id, person.id, ReadingPurpose.VISA_LETTER),
        (person.id, organizer.id, ReadingPurpose.VISA_LETTER),
    ]
    bad = client.post(own(call, "/visa-letter"), data={"language": "xx"})
    assert bad.status_code in (303, 404)


@pytest.mark.parametrize("n", [1, 3, 60])
def test_statements_of_the_desk_do_not_grow(client, session, call, meeting, organizer, count_statements, n):
    for _ in range(n):
        person = make_person(session)
        make_invitation(session, call, person=person, state=InvitationState.ACCEPTED)
        give_travel(session, call, meeting, person)
        number = invitation_id(session, person)
        opened = dict(call=call, invitation_id=number, reader_id=make_organizer(session, call).id)
        service.open_travel(session, purpose=ReadingPurpose.ARRANGE_TRAVEL, now=utcnow(), **opened)
    sign_in(client, session, organizer)
    counts = []
    for rest in ("", "/readings", "/readings.csv"):
        session.commit()
        count_statements.clear()
        assert client.get(desk(call, rest)).status_code == 200
        counts.append(len(count_statements))
    assert counts == [5, 4, 3]


def test_statements_of_the_own_page(client, session, call, meeting, person, count_statements):
    give_travel(session, call, meeting, person)
    sign_in(client, session, person)
    session.commit()
    count_statements.clear()
    assert client.get(own(call)).status_code == 200
    assert len(count_statements) == 6


def test_details_are_hidden_by_the_questions_of_all_accounts(client, session, call, meeting, person, organizer):
    """The invited account is not the one that stands for the person in the selection that counts now."""
    give_travel(session, call, meeting, person)
    question = make_question(session, call)
    make_authors(session, call, question, [organizer])
    chosen = session.scalars(sa.select(SelectionCandidate)).one()
    chosen.person_id, chosen.also_ids, chosen.question_ids = make_person(session).id, [person.id], [question.id]
    sign_in(client, session, organizer)
    assert "Ada Lovelace" not in client.get(desk(call)).text
    assert client.post(desk(call, f"/{invitation_id(session, person)}")).status_code == 404
    assert readings(session) == []
