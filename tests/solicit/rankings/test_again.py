"""Corrected rankings, rankings without upheld panelists, what differs between them, and remarks beside them."""

import pytest
import sqlalchemy as sa
from builders import make_organizer, sign_in
from builders_panels import add_submission, seat
from builders_rankings import Judged

from solicit.calls.service import publish_call
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.errors import Closed, NotFound, Refused
from solicit.invitations.queries.selections import run_lines
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.panels.models import HealthCase, Panel, Round
from solicit.panels.states import Alarm, CaseState
from solicit.rankings import tasks
from solicit.rankings.models import RankingAnnotation, RankingRun
from solicit.rankings.queries.differences import differences
from solicit.rankings.queries.runs import runs
from solicit.rankings.service import publish, verify
from solicit.rankings.service.again import correct, without
from solicit.rankings.service.annotate import annotate
from solicit.rankings.states import Purpose
from solicit.reports.queries.exports.ranked import run_facts
from solicit.reports.service.erase import erase_person
from solicit.web.pagination import Window


@pytest.fixture
def judged(session) -> Judged:
    judged = Judged(session, state=CallState.CLOSED)
    judged.score_all()
    judged.run_id = judged.freeze()
    return judged


def corrected(session, judged, reason="A conflict was found late.") -> int:
    asked = dict(call=judged.call, round_id=judged.round_id, actor_id=None, now=utcnow())
    return correct(session, reason=reason, **asked)


def found_late(session, judged, n_person=0, n_question=5) -> None:
    add_submission(session, judged.questions[n_question], authors=(judged.people[n_person],))


def upheld(session, judged, n_person=0) -> HealthCase:
    case = HealthCase(
        round_id=judged.round_id,
        alarm=Alarm.AGAINST_THE_PANEL,
        person_id=judged.people[n_person].id,
        measure=-0.4,
        state=CaseState.UPHELD,
        decision_note="They said so.",
        opened_at=utcnow(),
        decided_at=utcnow(),
    )
    session.add(case)
    session.flush()
    return case


def page_of(judged, run_id: int, more: str = "") -> str:
    return f"/{judged.call.slug}/organize/ranking/{run_id}{more}"


def test_a_corrected_ranking_has_the_same_inputs_without_the_voided_rows(session, judged):
    before = session.get_one(RankingRun, judged.run_id).inputs
    found_late(session, judged)
    run_id = corrected(session, judged)
    after = session.get_one(RankingRun, run_id).inputs
    gone = [row for row in before["ratings"] if row not in after["ratings"]]
    assert len(gone) == 1 and before["questions"][gone[0][0]]["id"] == judged.questions[5].id
    same = set(before) - {"ratings"}
    assert {name: before[name] for name in same} == {name: after[name] for name in same}
    assert verify(session, judged.run_id).holds and verify(session, run_id).holds
    current = {run.id: run.is_current for run in runs(session, call_id=judged.call.id)}
    assert current == {judged.run_id: False, run_id: True}


def test_nothing_is_corrected_twice_or_without_a_cause_or_reason(session, judged):
    with pytest.raises(Refused, match="nothing to correct"):
        corrected(session, judged)
    found_late(session, judged)
    with pytest.raises(Refused, match="Say why"):
        corrected(session, judged, reason="  ")
    corrected(session, judged)
    with pytest.raises(Refused, match="corrected already"):
        corrected(session, judged)


def test_there_is_nothing_to_correct_before_the_freeze(session):
    judged = Judged(session)
    judged.score_all()
    with pytest.raises(Closed):
        corrected(session, judged)


def test_without_upheld_panelists_is_for_comparison_only(session, judged):
    case = upheld(session, judged)
    asked = dict(call=judged.call, round_id=judged.round_id, reason="With and without.", actor_id=None, now=utcnow())
    run_id = without(session, case_ids=[case.id], **asked)
    run = session.get_one(RankingRun, run_id)
    assert (run.purpose, run.parameters["n_left_out"], run.parameters["cases"]) == (Purpose.WITHOUT, 1, [case.id])
    assert len(run.inputs["ratings"]) == 24
    assert {link.id: link.is_current for link in runs(session, call_id=judged.call.id)}[judged.run_id]
    assert [line.id for line in run_lines(session, call=judged.call)] == [judged.run_id]
    assert run_facts(session, call=judged.call, run_id=None).id == judged.run_id
    case.state, case.decided_at = CaseState.OPEN, None
    session.flush()
    for case_ids in ([case.id], [], [999_999]):
        with pytest.raises(Refused, match="upheld"):
            without(session, case_ids=case_ids, **asked)


def test_both_are_asked_for_on_pages_and_done_by_jobs(session, judged, client):
    organizer = make_organizer(session, judged.call)
    sign_in(client, session, organizer)
    base = f"/{judged.call.slug}/organize/ranking/rounds/{judged.round_id}"
    assert "No case of this round was upheld" in client.get(f"{base}/without").text
    found_late(session, judged)
    case = upheld(session, judged, n_person=1)
    assert judged.people[1].full_name in client.get(f"{base}/without").text
    works = {"correct": tasks.correct_ranking, "without": tasks.rank_without}
    for name, more in (("correct", {}), ("without", {"cases": [str(case.id)]})):
        assert client.get(f"{base}/{name}").status_code == 200
        assert client.post(f"{base}/{name}", data=more).status_code == 422
        assert client.post(f"{base}/{name}", data={"reason": "Because.", **more}).status_code == 303
        job = session.scalars(sa.select(Job).where(Job.kind == f"rankings.{name}")).one()
        works[name](job_id=job.id, **job.arguments)
        assert session.get_one(Job, job.id, populate_existing=True).state is JobState.DONE
    for odd in ("999", "²", "9" * 30, "x"):
        assert client.post(f"{base}/without", data={"reason": "x", "cases": [odd]}).status_code == 422
    page = client.get(page_of(judged, judged.run_id)).text
    assert "Another ranking is the current one" in page and page.count("What differs") == 2


def test_what_differs_is_told_from_the_furthest_move(session, judged, client):
    found_late(session, judged, 0, 5)
    found_late(session, judged, 1, 5)
    found_late(session, judged, 2, 5)
    run_id = corrected(session, judged)
    asked = dict(before_id=judged.run_id, after_id=run_id, window=Window(1))
    organizer = make_organizer(session, judged.call)
    found = differences(session, viewer_id=organizer.id, **asked)
    assert found.n_compared == 6 and found.n_moved >= 1 and found.rows[0].label == f"Q-{judged.questions[5].number}"
    assert found.rows[0].after == (None, None) and found.rows[0].n_ratings_change == -3 and found.rows[0].left_its_band
    sign_in(client, session, organizer)
    assert judged.questions[5].title in client.get(page_of(judged, run_id, "/changes")).text
    add_submission(session, judged.questions[5], authors=(organizer,))
    hidden = differences(session, viewer_id=organizer.id, **asked)
    assert (
        hidden.n_compared == 5 and judged.questions[5].title not in client.get(page_of(judged, run_id, "/changes")).text
    )
    assert client.get(page_of(judged, judged.run_id, "/changes?of=x")).status_code == 200


def test_a_remark_is_signed_and_changes_nothing(session, judged, client):
    chair = seat(session, judged.call, judged.panel, is_chair=True)
    sign_in(client, session, chair)
    form = page_of(judged, judged.run_id, "/remark")
    assert judged.panel.name in client.get(form).text
    assert client.post(form, data={"panel": str(judged.panel.id)}).status_code == 422
    said = {"panel": str(judged.panel.id), "text": "Needs a larger telescope than any planned."}
    refused = client.post(form, data=said | {"label": "Q-1"})
    assert refused.status_code == 409 and said["text"] in refused.text
    label = f"Q-{judged.questions[0].number}"
    assert client.post(form, data=said | {"label": label.lower()}).status_code == 303
    page = client.get(page_of(judged, judged.run_id)).text
    assert said["text"] in page and chair.full_name in page and judged.panel.name in page
    assert verify(session, judged.run_id).holds


def test_remarks_are_written_for_own_panels_and_hide_with_their_question(session, judged, client):
    other = Panel(call_id=judged.call.id, name="Another panel")
    session.add(other)
    chair = seat(session, judged.call, judged.panel, is_chair=True)
    sign_in(client, session, chair)
    form = page_of(judged, judged.run_id, "/remark")
    assert client.post(form, data={"panel": str(other.id), "text": "x"}).status_code == 422
    said = dict(call=judged.call, run_id=judged.run_id, text="About my own.", person_id=chair.id, now=utcnow())
    annotate(session, panel_id=judged.panel.id, label=f"Q-{judged.questions[1].number}", **said)
    organizer = make_organizer(session, judged.call)
    add_submission(session, judged.questions[1], authors=(organizer,))
    sign_in(client, session, organizer)
    assert "About my own." not in client.get(page_of(judged, judged.run_id)).text
    with pytest.raises(Refused):
        annotate(
            session, panel_id=other.id, label=f"Q-{judged.questions[1].number}", **said | {"person_id": organizer.id}
        )
    with pytest.raises(NotFound):
        annotate(session, panel_id=999_999, label="", **said)
    assert session.scalar(sa.select(sa.func.count()).select_from(RankingAnnotation)) == 1


def test_erasing_a_person_takes_their_remarks_and_leaves_the_run(session, judged):
    chair = seat(session, judged.call, judged.panel, is_chair=True)
    said = dict(call=judged.call, run_id=judged.run_id, panel_id=judged.panel.id, now=utcnow())
    annotate(session, label="", text="My own words.", person_id=chair.id, **said)
    for person in (chair, judged.people[0]):
        erase_person(session, person_id=person.id, blanks_texts=True, now=utcnow())
    assert session.scalar(sa.select(sa.func.count()).select_from(RankingAnnotation)) == 0
    assert verify(session, judged.run_id).holds
    with pytest.raises(Refused, match="nothing to correct"):
        corrected(session, judged)


def test_single_ratings_are_public_only_where_the_round_said_so(session, judged, client):
    publish(session, call=judged.call, run_id=judged.run_id, actor_id=None, now=utcnow())
    public = f"/en/{judged.call.slug}/ranking"
    assert "Single ratings" not in client.get(public).text
    session.get_one(Round, judged.round_id).publishes_ratings = True
    session.flush()
    page = client.get(public).text
    assert page.count("Single ratings by size") == 1 + len(judged.questions)
    assert all(person.full_name not in page for person in judged.people)


def test_the_public_page_shows_the_corrected_ranking_first(session, judged, client):
    found_late(session, judged)
    run_id = corrected(session, judged)
    for each in (judged.run_id, run_id):
        publish(session, call=judged.call, run_id=each, actor_id=None, now=utcnow())
    publish_call(session, call_id=judged.call.id, actor_id=None, now=utcnow())
    public = f"/en/{judged.call.slug}/ranking"
    assert "This ranking was corrected" in client.get(public).text
    earlier = client.get(f"{public}?run={judged.run_id}").text
    assert "Another ranking is the current one" in earlier and "A conflict was found late." not in earlier


def test_filters_search_and_sort_keep_to_what_is_shown(session, judged, client):
    sign_in(client, session, make_organizer(session, judged.call))
    page = page_of(judged, judged.run_id)
    one = client.get(f"{page}?q=Question+3+OF").text
    assert judged.questions[3].title in one and judged.questions[2].title not in one
    by_label = client.get(f"{page}?q=q-{judged.questions[2].number}").text
    assert judged.questions[2].title in by_label and judged.questions[3].title not in by_label
    assert "No question of this ranking fits" in client.get(f"{page}?evidence=insufficient").text
    votes = client.get(f"{page}?sort=plain&evidence=ranked").text
    assert all(question.title in votes for question in judged.questions)
    for odd in ("q=%00", "sort=x", "evidence=x", "q=%25&sort=chance", "page=9"):
        assert client.get(f"{page}?{odd}").status_code == 200


def test_a_ranking_without_panelists_is_never_published(session, judged, client):
    asked = dict(call=judged.call, round_id=judged.round_id, reason="To compare.", actor_id=None, now=utcnow())
    run_id = without(session, case_ids=[upheld(session, judged).id], **asked)
    with pytest.raises(Refused, match="comparison only"):
        publish(session, call=judged.call, run_id=run_id, actor_id=None, now=utcnow())
    sign_in(client, session, make_organizer(session, judged.call))
    assert client.post(f"{page_of(judged, run_id)}/publish").status_code == 409
    assert "/publish" not in client.get(page_of(judged, run_id)).text
    assert "/publish" in client.get(page_of(judged, judged.run_id)).text
