"""The matrix of questions and missions: what is suggested, what people say, and what they do not see."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_published, sign_in
from builders_panels import add_submission
from builders_submissions import label_of, make_question

from solicit.audit.models import AuditEvent
from solicit.calls.models import Mission
from solicit.calls.queries import missions as missions_of
from solicit.calls.states import NewMission
from solicit.clock import utcnow
from solicit.embeddings.encoders import worker_encoder
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.questions import tasks
from solicit.questions.models import MissionLink, Question
from solicit.questions.service import missions as service
from solicit.questions.states import MissionVerdict, QuestionState

MISSIONS = (
    NewMission(key="ice", name="Ice Prospector", goal="Look for water ice at the south pole of the Moon."),
    NewMission(key="jove", name="Jove Orbiter", goal="Explore the moons of Jupiter and their oceans."),
    NewMission(key="bees", name="Bee Counter", goal="Count bees in city gardens."),
)
ICE = "How much water ice lies in the dark craters at the south pole of the Moon?"


@pytest.fixture
def call(session):
    return make_call(session, missions=MISSIONS)


@pytest.fixture
def organizer(session, client, call):
    person = make_organizer(session, call)
    sign_in(client, session, person)
    return person


def links(session) -> dict[tuple[str, str], tuple]:
    """What is kept of each question and mission, by title and key."""
    rows = session.execute(
        sa.select(MissionLink, Question.title, Mission.key)
        .join(Question, Question.id == MissionLink.question_id)
        .join(Mission, Mission.id == MissionLink.mission_id)
        .execution_options(populate_existing=True)
    )
    return {(title, key): (link.similarity, link.verdict) for link, title, key in rows}


def link(session, question, mission, *, similarity=0.5, verdict=None) -> None:
    said = dict(verdict=verdict, judged_at=utcnow() if verdict else None)
    at = utcnow() if similarity is not None else None
    pair = dict(question_id=question.id, mission_id=mission.id)
    session.add(MissionLink(**pair, similarity=similarity, suggested_at=at, **said))
    session.flush()


def run_suggestions(session, call, organizer) -> Job:
    with session.begin_nested():
        job_id = service.start_suggesting(
            session, call_id=call.id, started_by_id=organizer.id, result_path="/there", now=utcnow()
        )
    session.commit()
    tasks.suggest_missions(job_id=job_id, result_path="/there")
    return session.get_one(Job, job_id, populate_existing=True)


def test_suggestions_name_the_most_alike_and_keep_every_verdict(session, call, organizer, language_model):
    ice, jove, bees = missions_of(session, call.id)
    asked = make_question(session, call, title=ICE, goal_overview="Find and map the ice.")
    refused = make_question(session, call, title=ICE + " Again?", goal_overview="Find and map the ice.")
    make_question(session, call, title=ICE, state=QuestionState.NEW)
    tasks.embed_missing(call_id=call.id, encoder=worker_encoder(), report=lambda done, total: None)
    link(session, refused, ice, similarity=0.31, verdict=MissionVerdict.REFUSED)
    link(session, asked, bees, similarity=0.9)

    job = run_suggestions(session, call, organizer)
    first = links(session)
    run_suggestions(session, call, organizer)

    assert (job.state, job.result_path) == (JobState.DONE, "/there")
    assert links(session) == first
    assert first[refused.title, "ice"] == (0.31, MissionVerdict.REFUSED)
    cosine, verdict = first[ICE, "ice"]
    assert verdict is None and cosine > 0.5
    assert (ICE, "bees") not in first
    assert all(similarity >= service.LEAST_COSINE for similarity, _ in first.values())


def test_one_press_says_and_takes_back(session, client, call, organizer):
    ice, jove, _bees = missions_of(session, call.id)
    question = make_question(session, call, title=ICE)
    link(session, question, ice)
    matrix = f"/{call.slug}/organize/missions/matrix"
    assert client.get(matrix).text.count("Suggested") == 1
    for mission in (ice, jove):
        answer = client.post(f"{matrix}/{question.id}/{mission.id}/confirmed?theme=space")
        assert answer.location == f"{matrix}?theme=space#question-{question.id}"
    assert links(session) == {
        (ICE, "ice"): (0.5, MissionVerdict.CONFIRMED),
        (ICE, "jove"): (None, MissionVerdict.CONFIRMED),
    }
    assert client.get(matrix).text.count("✓ Confirmed") == 2
    for mission in (ice, jove):
        client.post(f"{matrix}/{question.id}/{mission.id}/open")
    assert links(session) == {(ICE, "ice"): (0.5, None)}
    acts = session.scalars(
        sa.select(AuditEvent.details).where(AuditEvent.act == "judge mission").order_by(AuditEvent.id)
    )
    assert [act["verdict"] for act in acts] == ["confirmed", "confirmed", None, None]


def test_many_cells_are_judged_at_once_or_none(session, client, call, organizer):
    ice, jove, _bees = missions_of(session, call.id)
    one, other = (make_question(session, call, title=f"{n}. {ICE}") for n in (1, 2))
    own = make_question(session, call, title="My own question?")
    add_submission(session, own, authors=(organizer,))
    for question in (one, other, own):
        link(session, question, ice)
    before, matrix = links(session), f"/{call.slug}/organize/missions/matrix"
    pairs = [f"{question.id}-{ice.id}" for question in (one, other)]
    for selected in ([*pairs, f"{own.id}-{ice.id}"], [*pairs, "7-"], [*pairs, f"{one.id}-999999"]):
        assert client.post(matrix, data={"selected": selected, "verdict": "refused"}).status_code == 404
    assert client.post(matrix, data={"verdict": "refused"}).status_code == 303
    assert links(session) == before
    assert client.post(matrix, data={"selected": pairs, "verdict": "refused"}).status_code == 303
    refused = (0.5, MissionVerdict.REFUSED)
    assert links(session) == before | {(one.title, "ice"): refused, (other.title, "ice"): refused}
    assert client.post(f"{matrix}/{own.id}/{ice.id}/confirmed").status_code == 404


def test_the_matrix_filters_counts_and_is_taken_away_without_ones_own(
    session, client, call, organizer, count_statements
):
    ice, jove, bees = missions_of(session, call.id)
    waiting = make_question(session, call, title="Is it ice?")
    said = make_question(session, call, title="Is it life?", theme="life")
    own = make_question(session, call, title="Is it mine?")
    add_submission(session, own, authors=(organizer,))
    link(session, waiting, ice)
    link(session, said, jove, similarity=None, verdict=MissionVerdict.CONFIRMED)
    link(session, own, bees, verdict=MissionVerdict.CONFIRMED)
    session.commit()
    matrix = f"/{call.slug}/organize/missions/matrix"
    shown = {
        "": {"Is it ice?", "Is it life?"},
        "?standing=waiting": {"Is it ice?"},
        "?standing=confirmed": {"Is it life?"},
        "?theme=life": {"Is it life?"},
        "?mission=ice": {"Is it ice?"},
        "?mission=bees": set(),
    }
    for query, titles in shown.items():
        count_statements.clear()
        page = client.get(matrix + query).text
        assert len(count_statements) <= 8
        assert {title for title in ("Is it ice?", "Is it life?", "Is it mine?") if title in page} == titles, query
    rows = client.get(f"{matrix}.csv").text.splitlines()
    assert rows[1:] == [
        f'"{label_of(waiting)}","space","Is it ice?","ice","Ice Prospector","0.5","waiting"',
        f'"{label_of(said)}","life","Is it life?","jove","Jove Orbiter","","confirmed"',
    ]


def test_readers_see_what_is_confirmed_once_results_are_out(session, client):
    call = make_call(session, missions=MISSIONS)
    ice, jove, _bees = missions_of(session, call.id)
    question = make_question(session, call, title=ICE)
    link(session, question, ice, verdict=MissionVerdict.CONFIRMED)
    link(session, question, jove, verdict=MissionVerdict.REFUSED)
    counted = []
    for is_published in (False, True):
        if is_published:
            make_published(session, call.id)
        page = client.get(f"/en/{call.slug}/questions/{label_of(question)}").text
        counted.append((page.count("Ice Prospector"), page.count("Jove Orbiter")))
    assert counted == [(0, 0), (1, 0)]
