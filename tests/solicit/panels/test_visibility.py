"""What does this person see? The page against the doors themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import ask, force_state, make_later_round, make_panel, make_read_question, make_round, rate, seat
from builders_seats import make_offer, make_suspicion

from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.panels.queries import visibility as queries
from solicit.panels.queries.desk import panels_of
from solicit.panels.states import Activity, ConflictState
from solicit.panels.views.visibility import _pages, open_doors

PERSONAS = ("submitter", "panelist", "chair", "organizer", "organizer and panelist", "other organizer")


class Desk:
    def __init__(self, session):
        self.session = session
        self.call, self.other_call = make_call(session), make_call(session)
        self.viewer = make_organizer(session, self.call)
        self.panel, self.other_panel = make_panel(session, self.call), make_panel(session, self.call)
        self.address = f"/{self.call.slug}/organize/people"

    def person(self, persona: str):
        person = make_person(self.session, full_name=f"Name of {persona}")
        if "organizer" in persona:
            call = self.other_call if "other" in persona else self.call
            person = make_organizer(self.session, call, full_name=f"Name of {persona}")
        if "panelist" in persona or persona == "chair":
            seat(self.session, self.call, self.panel, person=person, is_chair=persona == "chair")
        if persona in ("submitter", "other organizer"):
            make_offer(self.session, self.call, self.panel, email=person.email, inviter=self.viewer)
        return person

    def facts(self, person):
        return queries.person_facts(self.session, call_id=self.call.id, person_id=person.id)

    def sights(self, person):
        identity, panel_ids = self.facts(person).identity, panels_of(self.session, call_id=self.call.id)
        return queries.rounds_seen(self.session, call=self.call, identity=identity, panel_ids=panel_ids)

    def closed(self, person, viewer=None):
        viewer_id = (viewer or self.viewer).id
        return queries.closed_questions(self.session, call_id=self.call.id, person_id=person.id, viewer_id=viewer_id)


@pytest.fixture
def desk(session):
    return Desk(session)


@pytest.mark.parametrize("persona", PERSONAS)
def test_pages_that_are_said_to_open_open_and_no_others(app, desk, client, session, persona):
    person = desk.person(persona)
    panel_ids = panels_of(session, call_id=desk.call.id)
    with app.test_request_context():
        doors = open_doors(desk.call, desk.facts(person).identity, panel_ids)
        every = {address for _, _, address in _pages(desk.call, panel_ids)}
        anybody = open_doors(desk.call, replace(desk.facts(person).identity, grants=frozenset()), panel_ids)
    said = {address for addresses in doors.values() for address in addresses}
    assert anybody == {} and said <= every
    sign_in(client, session, person)
    for address in sorted(every):
        status = client.get(address, buffered=True).status_code
        # 404 behind an open door: there is no such thing yet, or its query string names nothing.
        assert (status not in (401, 403)) if address in said else (status in (403, 404)), (address, status)


def test_page_names_roles_panels_and_pages(desk, client, session):
    person = desk.person("chair")
    sign_in(client, session, desk.viewer)
    page = client.get(f"{desk.address}/{person.id}")
    assert page.status_code == 200
    for text in ("Name of chair", "panel chair", desk.panel.name, f"/{desk.call.slug}/review/panels/{desk.panel.id}"):
        assert text in page.text, text
    assert f"/{desk.call.slug}/organize/panels<" not in page.text
    assert f"/review/panels/{desk.other_panel.id}" not in page.text


def test_people_are_found_by_name_or_address(desk, client, session):
    for persona in PERSONAS:
        desk.person(persona)
    make_person(session, full_name="Name of a stranger")
    sign_in(client, session, desk.viewer)
    page = client.get(desk.address).text
    assert page.count("Name of ") == len(PERSONAS) and "stranger" not in page
    assert client.get(f"{desk.address}?q=of+CHAIR").text.count("Name of ") == 1
    for nobody in ("%25", "_", "zzz", "%00"):
        assert client.get(f"{desk.address}?q={nobody}").status_code == 200
    assert "Nobody with a role" in client.get(f"{desk.address}?q=zzz%25").text


def test_people_without_a_part_in_the_call_are_missing(desk, client, session):
    stranger = make_person(session)
    elsewhere = seat(session, desk.other_call, make_panel(session, desk.other_call))
    sign_in(client, session, desk.viewer)
    for person_id in (stranger.id, elsewhere.id, 2**40):
        assert client.get(f"{desk.address}/{person_id}").status_code == 404


def test_shut_account_and_missing_second_factor_are_said(app, desk, client, session, monkeypatch):
    person, organizer = desk.person("panelist"), desk.person("organizer")
    person.active = False
    session.commit()
    sign_in(client, session, desk.viewer)
    text = client.get(f"{desk.address}/{person.id}").text
    assert (
        "This account is shut" in text
        and "/review" not in text.split("Pages their roles open")[1].split("</section>")[0]
    )
    desk.viewer.totp_secret, desk.viewer.totp_confirmed_at = "x", utcnow()
    session.commit()
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], second_factor="required"))
    text = client.get(f"{desk.address}/{organizer.id}").text
    assert (
        "have not set up a second factor" in text
        and "/organize/panels" not in text.split("Pages their roles open")[1].split("</section>")[0]
    )


def test_closed_questions_are_counted_by_reason_and_without_those_of_the_viewer(desk, session):
    person = desk.person("panelist")
    round_id = make_round(session, desk.call, state="open")
    make_read_question(session, desk.call, authors=[person])
    shared = make_read_question(session, desk.call, authors=[person, desk.viewer])
    confirmed, suspected, judged = (make_read_question(session, desk.call) for _ in range(3))
    make_suspicion(session, confirmed, person, state=ConflictState.CONFIRMED)
    make_suspicion(session, suspected, person)
    rate(session, ask(session, round_id, desk.panel, person, judged), 3)
    found = desk.closed(person)
    assert (found.n_questions, found.n_own, found.n_confirmed, found.n_judged, found.n_suspected) == (4, 1, 1, 1, 1)
    assert shared.id is not None


def test_nobody_reads_what_is_suspected_of_themselves(desk, client, session):
    both = desk.person("organizer and panelist")
    make_suspicion(session, make_read_question(session, desk.call), both)
    assert desk.closed(both, viewer=both).n_suspected is None
    assert desk.closed(both).n_suspected == 1
    sign_in(client, session, both)
    assert "Only suspected" not in client.get(f"{desk.address}/{both.id}").text
    sign_in(client, session, desk.viewer)
    assert "Only suspected" in client.get(f"{desk.address}/{both.id}").text


@pytest.mark.parametrize(
    ("state", "organizer", "chair", "panelist"),
    [
        ("open", (True, False, False), (True, False, False), (False, False, False)),
        ("closed", (True, True, False), (True, True, False), (False, False, False)),
        ("frozen", (True, True, True), (True, True, True), (False, False, False)),
    ],
)
def test_scores_and_rankings_follow_the_table_of_rules(desk, session, state, organizer, chair, panelist):
    people = {persona: desk.person(persona) for persona in ("organizer", "chair", "panelist", "submitter")}
    round_id = make_round(session, desk.call, state="open")
    for step in ("closed", "frozen")[: ("open", "closed", "frozen").index(state)]:
        force_state(session, round_id, step)
    expected = dict(organizer=organizer, chair=chair, panelist=panelist, submitter=(False, False, False))
    for persona, person in people.items():
        (sight,) = desk.sights(person)
        assert (sight.counts, sight.others_scores, sight.ranking) == expected[persona], persona


def test_discussion_opens_scores_to_panelists_and_publication_the_ranking_to_all(desk, session):
    panelist, submitter = desk.person("panelist"), desk.person("submitter")
    round_id = make_round(session, desk.call, state="open")
    force_state(session, round_id, "closed")
    make_later_round(session, round_id, Activity.DISCUSSION, [make_read_question(session, desk.call)])
    assert [sight.others_scores for sight in desk.sights(panelist)][0]
    assert not any(sight.others_scores for sight in desk.sights(submitter))
    desk.call = replace(desk.call, state=CallState.PUBLISHED)
    assert all(sight.ranking for sight in desk.sights(submitter))


@pytest.mark.parametrize("n", [1, 6])
def test_page_costs_few_statements(desk, client, count_statements, session, n):
    person = desk.person("panelist")
    for _ in range(n):
        make_round(session, desk.call, opens_at=utcnow() - timedelta(days=2))
        make_suspicion(session, make_read_question(session, desk.call), person)
    sign_in(client, session, desk.viewer)
    client.get(f"{desk.address}/{person.id}")
    count_statements.clear()
    assert client.get(f"{desk.address}/{person.id}").status_code == 200
    assert len(count_statements) == 8
