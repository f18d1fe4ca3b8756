"""The list of participants: groups, filters, files, and whom an organizer does not see."""

import csv
import io
import re

import pypdf
import pytest
from builders import make_organizer, make_person, sign_in
from builders_invitations import make_authors, make_invitation, make_ranked_question
from builders_panels import ask, make_panel, make_round

from solicit.clock import utcnow
from solicit.invitations.models import CandidateWish, SelectionCandidate
from solicit.invitations.states import Attendance, Gender, InvitationState, Wish


def address(call, ending=""):
    return f"/{call.slug}/organize/meeting/participants{ending}"


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


def pdf_text(answer):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)


def test_people_stand_under_theme_and_topic(client, session, call, world, ada):
    sign_in(client, session, ada)
    text = client.get(address(call)).text
    order = [text.index(word) for word in ("dust, hum", "Amina", "Borys", "Chiyo")]
    assert order == sorted(order)
    assert "What hums?" in text and "3 people" in text
    assert "What sleeps?" not in text


def test_people_without_a_question_stand_under_their_theme(client, session, call, world, ada):
    made = make_invitation(session, call, person=make_person(session, full_name="Dov"), state=InvitationState.OFFERED)
    seen = session.get(SelectionCandidate, (made.selection_id, made.person_id))
    seen.theme_keys = ["life"]
    session.flush()
    sign_in(client, session, ada)
    rows = rows_of(client.get(address(call, ".csv?theme=life")))
    assert [(row["name"], row["questions"]) for row in rows] == [
        ("Chiyo", f"Q-{world.questions[3].number}"),
        ("Dov", ""),
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=offered", ["Chiyo"]),
        ("state=accepted", ["Amina", "Borys"]),
        ("attendance=online", ["Borys"]),
        ("theme=space", ["Amina", "Borys"]),
        ("country=JP", ["Chiyo"]),
        ("q=bor", ["Borys"]),
        ("sort=country", ["Chiyo", "Amina", "Borys"]),
        ("sort=name", ["Amina", "Borys", "Chiyo"]),
        ("sort=state", ["Chiyo", "Amina", "Borys"]),
        ("sort=;drop&state=nonsense&topic=x&theme=%00", ["Amina", "Borys", "Chiyo"]),
        ("q=nobody", []),
    ],
)
def test_filters_and_orders(client, session, call, world, ada, query, names):
    world.invitations["Borys"].attendance = Attendance.ONLINE
    session.flush()
    sign_in(client, session, ada)
    assert [row["name"] for row in rows_of(client.get(address(call, f".csv?{query}")))] == names


def test_topic_filters(client, session, call, world, ada):
    sign_in(client, session, ada)
    text = client.get(address(call)).text
    topic = text.split("topic=")[1].split('"')[0]
    assert [row["name"] for row in rows_of(client.get(address(call, f".csv?topic={topic}")))] == ["Amina", "Borys"]


@pytest.mark.parametrize("state", ["selected", "declined", "expired", "replaced", "cancelled"])
def test_who_does_not_come_is_not_listed(client, session, call, world, ada, state):
    world.invitations["Amina"].state = InvitationState(state)
    session.flush()
    sign_in(client, session, ada)
    assert "Amina" not in client.get(address(call)).text


def test_files_hold_names_and_neither_money_nor_gender(client, session, call, world, ada):
    world.people["Amina"].full_name = "Åsa =1+1 李明"
    session.add(
        CandidateWish(
            call_id=call.id,
            person_id=world.people["Amina"].id,
            wish=Wish.IN_PERSON,
            gender=Gender.WOMAN,
            changed_at=utcnow(),
        )
    )
    session.flush()
    sign_in(client, session, ada)
    table = client.get(address(call, ".csv")).text
    document = client.get(address(call, ".pdf"))
    for text in (table, pdf_text(document)):
        assert "Åsa" in text and "woman" not in text.lower() and "1,000" not in text and "100000" not in text
    assert document.data.startswith(b"%PDF")
    assert "Page 1 of 1" in pdf_text(document)
    assert document.data == client.get(address(call, ".pdf")).data


def judge(session, call, question, person):
    panel = make_panel(session, call)
    ask(session, make_round(session, call, state="open", panel_id=panel.id), panel, person, question)


def answers(client, doors):
    """What the pages answer, without the token that is new each second."""
    return [re.sub(rb'csrf_token" value="[^"]*"', b"", client.get(door).data) for door in doors]


@pytest.mark.parametrize("part", ["judges", "writes", "is"])
def test_hidden_people_change_nothing_that_is_answered(client, session, call, world, part):
    """Whoever has a part in the question of a person reads the same whether or not the person is invited."""
    cleo = make_organizer(session, call, full_name="Cleo Organizer")
    if part == "judges":
        judge(session, call, world.questions[0], cleo)
    elif part == "writes":
        make_authors(session, call, world.questions[0], [cleo])
    else:
        world.invitations["Amina"].person_id = cleo.id
        seen = session.get(SelectionCandidate, (world.invitations["Amina"].selection_id, world.people["Amina"].id))
        seen.person_id = cleo.id
    session.flush()
    sign_in(client, session, cleo)
    doors = [address(call, ending) for ending in ("", ".csv", ".pdf", "?sort=country", "?q=amina")]
    with_them = answers(client, doors)
    world.invitations["Amina"].state = InvitationState.CANCELLED
    session.flush()
    assert answers(client, doors) == with_them
    assert all(b"Amina" not in answer.replace(b"q=amina", b"") for answer in with_them[:4])
    assert b"2 people" in with_them[0]


@pytest.mark.parametrize("n", [1, 3, 50])
def test_page_costs_the_same(client, session, call, run, world, ada, n, count_statements):
    for number in range(n):
        person = make_person(session, full_name=f"Guest {number}")
        question = make_ranked_question(session, call, run, p_top_k=0.1, people=[person])
        make_invitation(session, call, person=person, question_ids=[question.id], state=InvitationState.OFFERED)
    sign_in(client, session, ada)
    client.get(address(call))
    count_statements.clear()
    assert client.get(address(call)).status_code == 200
    assert len(count_statements) == 5


def test_empty_call_says_what_to_do(client, session, call, ada):
    sign_in(client, session, ada)
    assert "Approve a selection" in client.get(address(call)).text
    assert rows_of(client.get(address(call, ".csv"))) == []
    assert client.get(address(call, ".pdf")).status_code == 200
