"""The report of ranked themes: what organizers, chairs and the public read of it, as a page and as files."""

import io

import docx
import pytest
from builders import make_call, make_organizer, sign_in
from builders_rankings import Judged
from click.testing import CliRunner
from pypdf import PdfReader

from solicit.__main__ import cli
from solicit.access import service as access
from solicit.access.policy import Role
from solicit.calls.models import Call, Mission
from solicit.calls.queries import call_facts
from solicit.calls.states import CallState, ResultsFor
from solicit.clock import utcnow
from solicit.panels.models import ConflictOfInterest
from solicit.panels.states import ConflictSource, ConflictState
from solicit.questions.models import MissionLink
from solicit.questions.states import MissionVerdict
from solicit.rankings.service import publish
from solicit.rankings.service.annotate import annotate
from solicit.reports.queries.report import Audience, report_for


@pytest.fixture
def judged(session) -> Judged:
    judged = Judged(session, state=CallState.CLOSED)
    judged.score_all()
    judged.run_id = judged.freeze()
    return judged


@pytest.fixture
def organizer(judged, session, client):
    person = make_organizer(session, judged.call)
    sign_in(client, session, person)
    return person


def made(session, judged, audience, viewer_id=None, **values):
    wanted = dict(run_ids=(), language="en", now=utcnow(), viewer_id=viewer_id) | values
    return report_for(session, call=judged.call, audience=audience, **wanted)


def declare_conflict(session, person, question):
    session.add(
        ConflictOfInterest(
            question_id=question.id,
            person_id=person.id,
            source=ConflictSource.DECLARED,
            state=ConflictState.CONFIRMED,
            reason="A colleague.",
            created_at=utcnow(),
        )
    )
    session.flush()


def confirm_mission(session, judged, question):
    mission = Mission(call_id=judged.call.id, key="lighthouse", name="Lighthouse", position=1)
    session.add(mission)
    session.flush()
    session.add(
        MissionLink(
            question_id=question.id, mission_id=mission.id, verdict=MissionVerdict.CONFIRMED, judged_at=utcnow()
        )
    )
    session.flush()


def publish_all(session, judged):
    publish(session, call=judged.call, run_id=judged.run_id, actor_id=None, now=utcnow())
    return call_facts(session, slug=judged.call.slug)


def test_report_says_what_the_frozen_ranking_says(judged, session):
    best = judged.questions[-1]
    confirm_mission(session, judged, best)
    report = made(session, judged, Audience.ORGANIZER)
    rows = judged.rows(judged.run_id)
    (part,) = report.parts
    assert [(r.label, r.mean, r.low, r.high, r.place_first, r.p_top_k) for r in part.ranked] == [
        (f"Q-{number}", r.mean, r.low, r.high, r.place_first, r.p_top_k)
        for r in rows
        for number in [next(q.number for q in judged.questions if q.id == r.question_id)]
    ]
    assert (part.theme.key, part.k, part.n_ranked, part.n_set_aside, part.n_insufficient) == ("space", 2, 6, 0, 0)
    assert (report.runs[0].n_panelists, report.runs[0].n_ratings) == (5, 30)
    assert [row.missions for row in part.ranked] == [
        ("Lighthouse",) if row.title == best.title else () for row in part.ranked
    ]
    assert (report.is_draft, report.n_hidden, report.meeting, report.publication) == (True, 0, None, None)
    assert report.participation.n_submissions == 6


def test_public_reads_nothing_before_publication_and_then_no_more_than_places_and_values(judged, session):
    assert made(session, judged, Audience.PUBLIC) is None
    publish_all(session, judged)
    report = made(session, judged, Audience.PUBLIC)
    (part,) = report.parts
    assert (report.is_draft, part.n_ranked, len(part.ranked)) == (False, 6, 6)
    assert {(r.p_top_k, r.place_by_groups, r.plain_mean, r.chance_word, r.is_divided) for r in part.ranked} == {
        (None, None, None, None, False)
    }
    assert report.runs[0].agreement is None and report.remarks == ()


def test_organizer_in_conflict_reads_how_many_questions_are_left_out(judged, organizer, session, client):
    hidden = judged.questions[-1]
    declare_conflict(session, organizer, hidden)
    annotated = dict(run_id=judged.run_id, panel_id=judged.panel.id, person_id=organizer.id, now=utcnow())
    annotate(session, call=judged.call, label="", text="Read it with care.", **annotated)
    report = made(session, judged, Audience.ORGANIZER, organizer.id)
    (part,) = report.parts
    assert (report.n_hidden, part.n_ranked, report.participation.n_submissions) == (1, 5, 5)
    assert hidden.title not in [row.title for row in part.ranked]
    page = client.get(f"/{judged.call.slug}/organize/report").text
    assert "1 question is left out" in page and hidden.title not in page
    assert "Not published: for organizers and chairs of the call only." in page
    # Closed before its closing time.
    opened, closed = (f"{day.day} {day:%B %Y}" for day in (judged.call.opens_at, judged.call.closed_at))
    assert f"It was open from {opened} to {closed}." in page
    assert "Read it with care." in page and organizer.full_name in page


def test_chair_reads_agreement_of_the_own_panel_alone_and_no_small_numbers(judged, session):
    chair = judged.people[0]
    access.grant_role(
        session, person_id=chair.id, role=Role.CHAIR, call_id=judged.call.id, panel_id=judged.panel.id, now=utcnow()
    )
    report = made(session, judged, Audience.CHAIR, chair.id)
    assert report.runs[0].agreement is None
    assert report.participation.regions == ()
    assert [(each.value, each.least, each.most) for each in report.participation.bands] == [(None, 3, 9)]


def test_pdf_and_docx_hold_the_numbers_and_not_what_is_hidden(judged, organizer, session, client):
    hidden = judged.questions[-1]
    declare_conflict(session, organizer, hidden)
    address = f"/{judged.call.slug}/organize/report"
    row = made(session, judged, Audience.ORGANIZER, organizer.id).parts[0].ranked[0]
    pdf = client.get(f"{address}.pdf")
    assert pdf.content_type == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.data)).pages)
    file = docx.Document(io.BytesIO(client.get(f"{address}.docx").data))
    cells = [cell.text for table in file.tables for each in table.rows for cell in each.cells]
    for found in (text, "\n".join(cells)):
        assert f"{row.mean:.2f}" in found and row.label in found and f"{row.low:.2f}–{row.high:.2f}" in found
        assert hidden.title not in found
        assert not any(person.full_name in found for person in judged.people)
    assert client.get(f"{address}.pdf").data == pdf.data
    assert client.get(f"{address}.html").text.startswith("<!doctype html>")


def test_public_page_is_there_for_those_the_call_shows_its_results_to(judged, session, client):
    address = f"/en/{judged.call.slug}/report"
    assert client.get(address).status_code == 404
    publish_all(session, judged)
    page = client.get(address).text
    assert "Not published" not in page and "Among the first" not in page
    assert judged.questions[-1].title in page
    assert client.get(f"{address}.pdf").status_code == 200
    session.get_one(Call, judged.call.id).results_for = ResultsFor.NOBODY
    session.flush()
    assert client.get(address).status_code == client.get(f"{address}.docx").status_code == 404


@pytest.mark.parametrize("n_questions", [2, 9])
def test_statements_do_not_grow_with_the_questions(session, client, count_statements, n_questions):
    judged = Judged(session, n_questions=n_questions, n_panelists=3, state=CallState.CLOSED)
    judged.score_all()
    judged.run_id = judged.freeze()
    publish_all(session, judged)
    count_statements.clear()
    assert client.get(f"/en/{judged.call.slug}/report").status_code == 200
    assert len(count_statements) == 4
    sign_in(client, session, make_organizer(session, judged.call))
    count_statements.clear()
    assert client.get(f"/{judged.call.slug}/organize/report").status_code == 200
    assert len(count_statements) == 8


def test_desk_without_a_ranking_says_so(session, client):
    call = make_call(session)
    sign_in(client, session, make_organizer(session, call))
    assert "No ranking is frozen yet." in client.get(f"/{call.slug}/organize/report").text
    assert client.get(f"/{call.slug}/organize/report.pdf").status_code == 404


def test_command_writes_the_report(judged, tmp_path):
    written = tmp_path / "report.html"
    command = ["export", "report", "--call", judged.call.slug, "--format", "html", "--output", str(written)]
    done = CliRunner().invoke(cli, command)
    assert (done.exit_code, done.output) == (0, f"The report is in {written}.\n")
    assert judged.questions[0].title in written.read_text()
    assert CliRunner().invoke(cli, [*command, "--for", "public"]).exit_code == 1
