"""The organizers' pages of panels and rounds."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import (
    add_submission,
    ask,
    force_state,
    make_panel,
    make_read_question,
    make_round,
    rate,
    seat,
)

from solicit.clock import utcnow
from solicit.jobs.models import Job
from solicit.panels.models import Criterion, Panel, Panelist, Round
from solicit.panels.service import conflicts

SEAT = {"languages": "en, fr", "keywords": "dust, ice", "min_load": "1", "max_load": "30"}
ROUND = {
    "kind": "question",
    "name": "First reading",
    "opens_at": "2027-01-15 09:00",
    "closes_at": "2027-02-28 23:59",
    "reviews_per_question": "3",
    "is_staged": "simple",
    "home_percent": "50",
    "criterion_1_name": "Importance",
    "criterion_1_question": "Does it matter?",
    "criterion_1_low": "Little",
    "criterion_1_high": "Much",
    "criterion_1_weight": "50",
}


class Desk:
    def __init__(self, session, client):
        self.session, self.client = session, client
        self.call = make_call(session)
        self.organizer = make_organizer(session, self.call)
        self.panel = make_panel(session, self.call)
        self.address = f"/{self.call.slug}/organize/panels"

    def count(self, model) -> int:
        return self.session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.fixture
def desk(session, client):
    desk = Desk(session, client)
    sign_in(client, session, desk.organizer)
    return desk


def addresses(desk) -> list[str]:
    round_id = make_round(desk.session, desk.call)
    person = seat(desk.session, desk.call, desk.panel)
    return [
        "",
        "/conflicts",
        "/rounds/new",
        f"/{desk.panel.id}",
        f"/{desk.panel.id}/panelists/{person.id}/unseat",
        f"/rounds/{round_id}",
        f"/rounds/{round_id}/edit",
        f"/rounds/{round_id}/open",
        f"/rounds/{round_id}/close",
        f"/rounds/{round_id}/reopen",
    ]


def test_doors_of_every_page_of_the_desk(session, client):
    desk = Desk(session, client)
    paths = addresses(desk)
    others = make_person(session), seat(session, desk.call, desk.panel), make_organizer(session, make_call(session))
    for path in paths:
        assert client.get(desk.address + path).status_code == 303, path
    for person in others:
        sign_in(client, session, person)
        for path in paths:
            assert client.get(desk.address + path).status_code == 403, path
    sign_in(client, session, desk.organizer)
    for path in paths:
        assert client.get(desk.address + path).status_code == 200, path


def test_things_of_another_call_are_missing(desk):
    other = make_call(desk.session)
    foreign_panel, foreign_round = make_panel(desk.session, other).id, make_round(desk.session, other)
    for path in (
        f"/{foreign_panel}",
        f"/{2**63 - 1}",
        f"/{2**63}",
        "/0",
        f"/rounds/{foreign_round}",
        f"/rounds/{foreign_round}/open",
        f"/rounds/{foreign_round}/edit",
        f"/{desk.panel.id}/panelists/999999/unseat",
    ):
        assert desk.client.get(desk.address + path).status_code == 404, path
    for path in (f"/{foreign_panel}", f"/rounds/{foreign_round}/propose", f"/rounds/{foreign_round}/open"):
        assert desk.client.post(desk.address + path, data=SEAT).status_code == 404, path


def test_a_panel_is_added_for_a_theme_or_for_all(desk):
    for theme in ("life", ""):
        answer = desk.client.post(desk.address, data={"name": f"Panel of {theme}", "theme": theme})
        assert answer.status_code == 303
    themes = desk.session.scalars(sa.select(Panel.theme_id).where(Panel.name.startswith("Panel of"))).all()
    assert set(themes) == {desk.call.theme("life").id, None}
    again = desk.client.post(desk.address, data={"name": "Panel of life", "theme": "life"})
    assert again.status_code == 422 and "exists already" in again.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "  "},
        {"name": "x" * 121},
        {"name": "a\x00b"},
        {"theme": "unknown"},
        {"theme": "\ud800"},
    ],
)
def test_a_bad_panel_is_refused(desk, wrong):
    data = {"name": "A panel", "theme": "life"} | wrong
    data = {name: value.encode("utf-8", "surrogatepass") for name, value in data.items()}
    assert desk.client.post(desk.address, data=data).status_code in (400, 422)
    assert desk.count(Panel) == 1


def test_a_seat_is_given_shown_changed_and_taken_back(desk):
    person = make_person(desk.session, full_name="Ada Panelist")
    page = f"{desk.address}/{desk.panel.id}"
    assert desk.client.post(page, data=SEAT | {"email": person.email.upper()}).status_code == 303
    row = desk.session.get_one(Panelist, (desk.panel.id, person.id))
    assert (row.keywords, row.languages, row.min_load, row.max_load) == (["dust", "ice"], ["en", "fr"], 1, 30)
    shown = desk.client.get(page).text
    assert "Ada Panelist" in shown and "dust, ice" in shown and "en, fr" in shown
    desk.client.post(page, data=SEAT | {"email": person.email, "max_load": "5", "is_chair": "y"})
    assert "Chair" in desk.client.get(page).text
    taking = f"{page}/panelists/{person.id}/unseat"
    assert "Ada Panelist" in desk.client.get(taking).text
    assert desk.client.post(taking).location == page
    assert desk.count(Panelist) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "nobody@example.org"},
        {"email": ""},
        {"languages": "english"},
        {"languages": ""},
        {"min_load": "-1"},
        {"max_load": "9" * 5000},
        {"max_load": "0"},
        {"max_load": "many"},
        {"keywords": "a\x00b"},
        {"keywords": "x" * 400},
    ],
)
def test_a_bad_seat_is_refused_and_what_was_typed_stays(desk, wrong):
    person = make_person(desk.session)
    data = SEAT | {"email": person.email} | wrong
    answer = desk.client.post(f"{desk.address}/{desk.panel.id}", data=data)
    assert answer.status_code == 422
    assert data["email"] in answer.text and "There is a problem" in answer.text
    assert desk.count(Panelist) == 0


def test_a_round_is_prepared_and_changed(desk):
    answer = desk.client.post(f"{desk.address}/rounds/new", data=ROUND)
    round_id = desk.session.scalars(sa.select(Round.id)).one()
    assert answer.location == f"{desk.address}/rounds/{round_id}"
    edit = f"{desk.address}/rounds/{round_id}/edit"
    page = desk.client.get(edit).text
    assert 'value="2027-02-28 23:59"' in page and 'value="Does it matter?"' in page
    assert desk.client.post(edit, data=ROUND | {"name": "Only reading"}).status_code == 303
    assert "Only reading" in desk.client.get(answer.location).text
    force_state(desk.session, round_id, "open")
    assert desk.client.get(edit).location == answer.location
    late = desk.client.post(edit, data=ROUND | {"name": "Changed my mind"})
    assert late.status_code == 409 and "Changed my mind" in late.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "poem"},
        {"kind": ""},
        {"name": ""},
        {"opens_at": "tomorrow"},
        {"opens_at": "0001-01-01 00:00"},
        {"closes_at": "2027-01-01 00:00"},
        {"closes_at": "9999-12-31 23:59"},
        {"closes_at": "2027-02-30 23:59"},
        {"closes_at": "\x00"},
        {"reviews_per_question": "0"},
        {"reviews_per_question": "1e9"},
        {"is_staged": ""},
        {"home_percent": "101"},
        {"most_per_region": "0"},
        {"themes": "x"},
        {"criterion_1_name": ""},
        {"criterion_1_weight": "0"},
        {"criterion_1_weight": ""},
        {"criterion_1_low": ""},
        {"criterion_1_high": "x" * 400},
        {"criterion_2_name": "Importance", **{f"criterion_2_{p}": "1" for p in ("question", "low", "high", "weight")}},
    ],
)
def test_a_bad_round_is_refused(desk, wrong):
    answer = desk.client.post(f"{desk.address}/rounds/new", data=ROUND | wrong)
    assert answer.status_code == 422 and "There is a problem" in answer.text
    assert desk.count(Round) == desk.count(Criterion) == 0


def test_computing_a_proposal_starts_one_job(desk):
    round_id = make_round(desk.session, desk.call)
    address = f"{desk.address}/rounds/{round_id}"
    answer = desk.client.post(f"{address}/propose")
    job = desk.session.scalars(sa.select(Job)).one()
    assert answer.status_code == 303 and answer.location.endswith(f"/organize/jobs/{job.id}")
    again = desk.client.post(f"{address}/propose")
    assert again.location == address
    assert "already waiting or running" in desk.client.get(address).text
    assert desk.count(Job) == 1


def test_moves_of_a_round_are_confirmed_and_refused_in_words(desk):
    round_id = make_round(desk.session, desk.call)
    address = f"{desk.address}/rounds/{round_id}"
    refused = desk.client.post(f"{address}/open")
    assert refused.status_code == 409 and "Assign the questions first" in refused.text
    person = seat(desk.session, desk.call, desk.panel)
    ask(desk.session, round_id, desk.panel, person, make_read_question(desk.session, desk.call))
    later = {"closes_at": "2099-02-28 23:59"}
    moves = (("open", {}, "open"), ("extend", later, "open"), ("close", {}, "closed"), ("reopen", later, "open"))
    for step, data, state in moves:
        assert desk.client.get(f"{address}/{step}").status_code == 200
        assert desk.client.post(f"{address}/{step}", data=data).location == address
        assert desk.session.get_one(Round, round_id, populate_existing=True).state.value == state
    assert desk.client.post(f"{address}/extend", data={"closes_at": "soon"}).status_code == 422
    assert desk.client.post(f"{address}/extend", data={"closes_at": "2027-01-01 00:00"}).status_code == 409
    assert desk.client.post(f"{address}/freeze").status_code == 404


def test_the_round_page_names_what_lacks_panelists(desk):
    round_id = make_round(desk.session, desk.call)
    person = seat(desk.session, desk.call, desk.panel)
    lonely, arabic = (make_read_question(desk.session, desk.call, language=code) for code in ("en", "ar"))
    ask(desk.session, round_id, desk.panel, person, lonely)
    page = desk.client.get(f"{desk.address}/rounds/{round_id}").text
    assert f"Q-{lonely.number}" in page and f"Q-{arabic.number}" in page
    assert page.count("needs a translation or a reader") == 1


def test_an_organizer_in_conflict_does_not_see_the_question_on_the_round_page(desk):
    round_id = make_round(desk.session, desk.call)
    own = make_read_question(desk.session, desk.call, authors=(desk.organizer,))
    other = make_read_question(desk.session, desk.call)
    page = desk.client.get(f"{desk.address}/rounds/{round_id}").text
    assert own.title not in page and other.title in page


def test_the_conflict_list_hides_questions_the_organizer_is_in_conflict_with(desk):
    person = seat(desk.session, desk.call, desk.panel)
    own = make_read_question(desk.session, desk.call, authors=(desk.organizer,))
    other = make_read_question(desk.session, desk.call)
    for question in (own, other):
        add_submission(desk.session, question, authors=(make_person(desk.session), person))
    conflicts.confirm_own_conflicts(desk.session, call_id=desk.call.id, now=utcnow())
    page = desk.client.get(f"{desk.address}/conflicts?state=all").text
    assert other.title in page and own.title not in page
    assert "1–1 of 1" in page
    elsewhere = make_organizer(desk.session, make_call(desk.session))
    sign_in(desk.client, desk.session, elsewhere)
    assert desk.client.get(f"{desk.address}/conflicts").status_code == 403


def test_the_conflict_list_names_no_author_of_what_the_organizer_reviews(desk):
    seat(desk.session, desk.call, desk.panel, person=desk.organizer)
    sign_in(desk.client, desk.session, desk.organizer)
    author = seat(desk.session, desk.call, desk.panel, person=make_person(desk.session, full_name="Zebedee Canaryson"))
    question = make_read_question(desk.session, desk.call, authors=(author,))
    round_id = make_round(desk.session, desk.call, state="open")
    conflicts.confirm_own_conflicts(desk.session, call_id=desk.call.id, now=utcnow())
    assert author.full_name in desk.client.get(f"{desk.address}/conflicts?state=all").text
    ask(desk.session, round_id, desk.panel, desk.organizer, question)
    page = desk.client.get(f"{desk.address}/conflicts?state=all").text
    assert author.full_name not in page and question.title not in page


def test_a_declared_conflict_is_listed_with_its_reason(desk):
    person = seat(desk.session, desk.call, desk.panel)
    round_id = make_round(desk.session, desk.call, state="open")
    assignment = ask(desk.session, round_id, desk.panel, person, make_read_question(desk.session, desk.call))
    conflicts.declare_conflict(
        desk.session, assignment_id=assignment.id, person_id=person.id, reason="My <b>student</b>", now=utcnow()
    )
    page = desk.client.get(f"{desk.address}/conflicts?state=all").text
    assert "My &lt;b&gt;student&lt;/b&gt;" in page and person.full_name in page


def test_organizers_see_numbers_and_no_values_while_the_round_is_open(desk):
    person = seat(desk.session, desk.call, desk.panel)
    round_id = make_round(desk.session, desk.call, state="open")
    assignment = ask(desk.session, round_id, desk.panel, person, make_read_question(desk.session, desk.call))
    rate(desk.session, assignment, 2, to_panel="A canary comment")
    pages = {}
    for value in (2, 5):
        rate(desk.session, assignment, value, to_panel=f"A canary comment {value}")
        pages[value] = desk.client.get(f"{desk.address}/rounds/{round_id}").text
    assert "canary" not in pages[2]
    assert without_tokens(pages[2]) == without_tokens(pages[5])


def without_tokens(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line)


@pytest.mark.parametrize("n", [1, 3])
def test_pages_of_the_desk_cost_few_statements(desk, count_statements, n):
    round_id = make_round(desk.session, desk.call)
    for _ in range(n):
        panel, person = make_panel(desk.session, desk.call), seat(desk.session, desk.call, desk.panel)
        question = make_read_question(desk.session, desk.call)
        ask(desk.session, round_id, desk.panel, person, question)
        seat(desk.session, desk.call, panel)
        add_submission(desk.session, question, authors=(make_person(desk.session),))
    costs = {"": 4, f"/{desk.panel.id}": 6, f"/rounds/{round_id}": 8, "/conflicts": 6}
    for path, cost in costs.items():
        count_statements.clear()
        assert desk.client.get(desk.address + path).status_code == 200
        assert len(count_statements) == cost, (path, count_statements)
