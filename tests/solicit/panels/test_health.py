"""The health of a panel: measured after the close, read by name only by organizers, and never acting by itself."""

import random

import pytest
import sqlalchemy as sa
from builders import make_organizer, make_person, sign_in
from builders_panels import ask, force_state, make_later_round, rate, seat
from builders_rankings import Judged

from solicit.audit.models import AuditEvent
from solicit.clock import utcnow
from solicit.errors import Closed, Conflict, NotFound, Refused
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.panels import tasks
from solicit.panels.models import HealthCase, PanelHealth, Round
from solicit.panels.service.health import decide_case, measure_health
from solicit.panels.service.rounds.later import _copy_criteria
from solicit.panels.states import Activity, Alarm, CaseState, Confidence


@pytest.fixture
def judged(session) -> Judged:
    """Nine panelists agree on twelve questions in the main, and the last one turns everything around."""
    judged = Judged(session, n_questions=12, n_panelists=10)
    noise = random.Random(3)
    for n_person in range(10):
        for n_question in range(12):
            worth = n_question if n_person < 9 else 11 - n_question
            judged.score(n_person, n_question, min(5, max(1, round(1 + worth * 0.36 + noise.gauss(0, 0.7)))))
    force_state(session, judged.round_id, "closed")
    return judged


def measured(session, judged) -> PanelHealth:
    measure_health(session, round_id=judged.round_id, actor_id=None, now=utcnow())
    return session.get_one(PanelHealth, judged.round_id, populate_existing=True)


def address(judged, more="") -> str:
    return f"/{judged.call.slug}/organize/panels/rounds/{judged.round_id}/health{more}"


def test_a_closed_round_is_measured(session, judged):
    report = measured(session, judged).report
    assert (report["n_questions"], report["n_panelists"], report["n_ratings"]) == (12, 10, 120)
    assert report["w"]["n_questions"] == 12 and 0 < report["w"]["value"] < 1
    assert report["alpha"]["low"] <= report["alpha"]["alpha"] <= report["alpha"]["high"]
    assert report["per_question"] == [0] * 10 + [12]
    assert report["outcomes"] == {"scored": 120} and report["confidence"] == {"my_field": 120}
    assert {each["person_id"] for each in report["panelists"]} == {person.id for person in judged.people}
    assert all(each["low"] <= each["severity"] <= each["high"] for each in report["panelists"])


def test_the_same_ratings_give_the_same_report(session, judged):
    first = measured(session, judged)
    report, digest = first.report, first.input_digest
    again = measured(session, judged)
    assert (again.report, again.input_digest) == (report, digest)


def test_who_rates_against_the_panel_opens_a_case_once_and_loses_nothing(session, judged):
    assert measure_health(session, round_id=judged.round_id, actor_id=None, now=utcnow()) == 1
    assert measure_health(session, round_id=judged.round_id, actor_id=None, now=utcnow()) == 0
    case = session.scalars(sa.select(HealthCase)).one()
    assert (case.alarm, case.person_id, case.state) == (Alarm.AGAINST_THE_PANEL, judged.people[9].id, CaseState.OPEN)
    assert case.measure < 0
    assert measured(session, judged).report["n_ratings"] == 120


def test_an_open_round_is_not_measured_and_not_shown(session, judged, client):
    measured(session, judged)
    force_state(session, judged.round_id, "open")
    with pytest.raises(Closed):
        measure_health(session, round_id=judged.round_id, actor_id=None, now=utcnow())
    sign_in(client, session, make_organizer(session, judged.call))
    assert "after the round has closed" in client.get(address(judged)).text
    assert judged.people[0].full_name not in client.post(address(judged, "/panelists")).text
    with pytest.raises(NotFound):
        measure_health(session, round_id=999_999, actor_id=None, now=utcnow())


def test_one_panelist_is_no_panel(session):
    judged = Judged(session, n_questions=3, n_panelists=1)
    judged.score(0, 0, [None] * 3, confidence=Confidence.OUTSIDE)
    judged.score(0, 1, 4)
    force_state(session, judged.round_id, "closed")
    report = measured(session, judged).report
    assert report["w"] is report["alpha"] is None and report["panelists"] == []
    assert report["outcomes"] == {"outside": 1, "scored": 1} and report["per_question"] == [2, 1]


def test_organizers_read_names_and_each_reading_is_noted(session, judged, client):
    measured(session, judged)
    organizer = make_organizer(session, judged.call)
    sign_in(client, session, organizer)
    page = client.get(address(judged)).text
    assert "None of them is a target" in page
    assert all(person.full_name not in page for person in judged.people)
    reading = sa.select(sa.func.count()).where(
        AuditEvent.act == "read_scores", AuditEvent.subject_id == judged.round_id
    )
    assert session.scalar(reading) == 0
    page = client.get(address(judged, "/panelists")).text
    assert all(person.full_name not in page for person in judged.people) and session.scalar(reading) == 0
    page = client.post(address(judged, "/panelists")).text
    assert all(person.full_name in page for person in judged.people)
    assert session.scalar(reading) == 1


def test_the_chair_of_the_panel_reads_numbers_without_names_or_counts(session, judged, client):
    measured(session, judged)
    chair = seat(session, judged.call, judged.panel, is_chair=True)
    sign_in(client, session, chair)
    for more in ("", "/panelists"):
        assert client.get(address(judged, more)).status_code == 403
    session.get_one(Round, judged.round_id).panel_id = judged.panel.id
    session.flush()
    assert client.get(address(judged)).status_code == 200
    page = client.post(address(judged, "/panelists")).text
    assert all(person.full_name not in page for person in judged.people)
    assert "Panelist 10" in page and ">Ratings<" not in page


def test_a_chair_reads_nothing_of_two_panelists(session, client):
    judged = Judged(session, n_questions=4, n_panelists=2)
    judged.score_all()
    force_state(session, judged.round_id, "closed")
    measured(session, judged)
    session.get_one(Round, judged.round_id).panel_id = judged.panel.id
    sign_in(client, session, seat(session, judged.call, judged.panel, is_chair=True))
    page = client.post(address(judged, "/panelists")).text
    assert "Fewer than 3 panelists rated" in page and "Panelist 1" not in page


def test_a_case_is_decided_once_with_a_note(session, judged):
    measured(session, judged)
    case = session.scalars(sa.select(HealthCase)).one()
    organizer = make_organizer(session, judged.call)
    decided = dict(case_id=case.id, actor_id=organizer.id, now=utcnow())
    for verdict, note in ((CaseState.OPEN, "Why"), (CaseState.UPHELD, "  ")):
        with pytest.raises(Refused):
            decide_case(session, verdict=verdict, note=note, **decided)
    decide_case(session, verdict=CaseState.EXPLAINED, note="Another reading of the criterion.", **decided)
    assert (case.state, case.decision_note) == (CaseState.EXPLAINED, "Another reading of the criterion.")
    with pytest.raises(Conflict):
        decide_case(session, verdict=CaseState.UPHELD, note="No.", **decided)
    measure_health(session, round_id=judged.round_id, actor_id=None, now=utcnow())
    assert session.get_one(HealthCase, case.id, populate_existing=True).state is CaseState.EXPLAINED


def test_nobody_decides_on_their_own_case(session, judged, client):
    measured(session, judged)
    case = session.scalars(sa.select(HealthCase)).one()
    page = f"/{judged.call.slug}/organize/panels/health/cases/{case.id}"
    sign_in(client, session, make_organizer(session, judged.call))
    assert client.post(page, data={"verdict": "upheld"}).status_code == 422
    assert client.get(page).status_code == 200
    answer = client.post(page, data={"verdict": "upheld", "note": "They told us so."})
    assert answer.status_code == 303 and "They told us so." in client.post(answer.location).text
    force_state(session, judged.round_id, "open")
    assert (
        "not shown now" in client.get(page).text
        and client.post(page, data={"verdict": "upheld", "note": "x"}).status_code == 409
    )
    case.person_id = make_organizer(session, judged.call).id
    session.flush()
    sign_in(client, session, session.get_one(type(judged.people[0]), case.person_id))
    assert client.get(page).status_code == client.post(page).status_code == 404


def test_measuring_is_asked_for_and_done_at_the_close(session, judged, client):
    organizer = make_organizer(session, judged.call)
    sign_in(client, session, organizer)
    assert "Nothing was measured yet" in client.get(address(judged)).text
    answer = client.post(address(judged))
    job = session.scalars(sa.select(Job)).one()
    assert answer.location.endswith(f"/organize/jobs/{job.id}")
    tasks.measure_again(job_id=job.id, round_id=judged.round_id, actor_id=organizer.id, result_path=address(judged))
    assert session.get_one(Job, job.id, populate_existing=True).state is JobState.DONE
    session.execute(sa.delete(PanelHealth))
    tasks.measure_at_close(round_id=judged.round_id)
    assert session.scalar(sa.select(sa.func.count()).select_from(PanelHealth)) == 1
    force_state(session, judged.round_id, "open")
    tasks.measure_at_close(round_id=judged.round_id)


def test_health_pages_cost_few_statements(session, judged, client, count_statements):
    measured(session, judged)
    sign_in(client, session, make_organizer(session, judged.call))
    session.commit()
    for method, more, cost in (("GET", "", 4), ("GET", "/panelists", 4), ("POST", "/panelists", 8)):
        count_statements.clear()
        assert client.open(address(judged, more), method=method).status_code == 200
        assert len(count_statements) == cost, count_statements


def test_strangers_stay_out(session, judged, client):
    for person in (make_person(session), judged.people[0]):
        sign_in(client, session, person)
        assert client.get(address(judged)).status_code == client.post(address(judged)).status_code == 403


def test_scoring_again_says_nothing_before_it_closes(session, judged):
    before = measured(session, judged).report["panelists"]
    again = make_later_round(session, judged.round_id, Activity.SCORING, judged.questions)
    first = session.get_one(Round, judged.round_id)
    _copy_criteria(session, first.id, again)
    for question in judged.questions:
        rate(session, ask(session, again, judged.panel, judged.people[0], question), 1)
    assert measured(session, judged).report["panelists"] == before
    force_state(session, again, "closed")
    assert measured(session, judged).report["panelists"] != before
