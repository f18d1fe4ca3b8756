"""The pages of a long job, and what becomes of its work."""

import pytest
from builders import make_call, make_organizer, make_person, sign_in

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import Closed
from solicit.jobs import service
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.jobs.tasks import long_task, take_step


@pytest.fixture
def call(session):
    return make_call(session)


def make_job(session, call, *, kind="topics.group", n_steps=4) -> int:
    return service.start_job(
        session, kind=kind, call_id=call.id, task="tests.none", n_steps=n_steps, started_by_id=None, now=utcnow()
    )


def job(session, job_id: int) -> Job:
    return session.get(Job, job_id, populate_existing=True)


def test_page_shows_progress_and_stops_refreshing_at_the_end(client, session, call, count_statements):
    job_id = make_job(session, call)
    service.begin_job(session, job_id=job_id, now=utcnow())
    service.report_step(session, job_id=job_id, step=2, doing="Reading the questions")
    sign_in(client, session, make_organizer(session, call))
    count_statements.clear()

    page = client.get(f"/{call.slug}/organize/jobs/{job_id}").text

    assert len(count_statements) <= 8
    assert "Group the questions into topics" in page
    assert "Step 2 of 4" in page and "Reading the questions" in page
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    service.finish_job(session, job_id=job_id, now=utcnow(), result_path="/there")
    done = client.get(f"/{call.slug}/organize/jobs/{job_id}").text
    assert 'href="/there"' in done and "http-equiv" not in done


def test_fragment_is_the_panel_alone(client, session, call):
    job_id = make_job(session, call)
    sign_in(client, session, make_organizer(session, call))

    fragment = client.get(f"/{call.slug}/organize/jobs/{job_id}/fragment").text

    assert "<html" not in fragment
    assert 'data-step="Step 0 of 4"' in fragment and "data-ended" not in fragment


def test_failed_job_tells_its_reason(client, session, call):
    job_id = make_job(session, call)
    service.begin_job(session, job_id=job_id, now=utcnow())
    service.finish_job(session, job_id=job_id, now=utcnow(), problem="No question has a vector.")
    sign_in(client, session, make_organizer(session, call))

    fragment = client.get(f"/{call.slug}/organize/jobs/{job_id}/fragment").text

    assert "No question has a vector." in fragment and "data-ended" in fragment


def test_stop_button_stops_and_says_when_it_was_too_late(client, session, call):
    job_id = make_job(session, call)
    sign_in(client, session, make_organizer(session, call))
    address = f"/{call.slug}/organize/jobs/{job_id}/stop"

    assert client.post(address).status_code == 303
    assert job(session, job_id).state is JobState.STOPPED
    assert "was over already" in client.post(address, follow_redirects=True).text


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("get", "/fragment"), ("post", "/stop")])
def test_job_is_for_organizers_of_its_call(client, session, call, method, path):
    job_id = make_job(session, call)
    other = make_call(session)
    address = f"/{call.slug}/organize/jobs/{job_id}{path}"

    assert getattr(client, method)(address).status_code == (303 if method == "get" else 401)
    sign_in(client, session, make_person(session))
    assert getattr(client, method)(address).status_code == 404
    sign_in(client, session, make_organizer(session, other))
    assert getattr(client, method)(f"/{other.slug}/organize/jobs/{job_id}{path}").status_code == 404
    for missing in (2**62, 2**64, 0):
        assert getattr(client, method)(f"/{other.slug}/organize/jobs/{missing}{path}").status_code == 404
    assert job(session, job_id).state is JobState.QUEUED


def test_work_ends_as_done_with_its_result(session, call):
    @long_task("tests.works")
    def work(job_id: int, more: str) -> str:
        take_step(job_id, 1, "Working")
        return f"/{more}"

    job_id = make_job(session, call)
    work(job_id=job_id, more="result")

    assert (job(session, job_id).state, job(session, job_id).result_path) == (JobState.DONE, "/result")


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (Closed("The desk is closed."), "The desk is closed."),
        (RuntimeError("secret"), "Something went wrong on our side. Start it again."),
    ],
)
def test_work_that_fails_tells_a_sentence_and_no_secret(session, call, error, problem):
    @long_task(f"tests.fails-{type(error).__name__}")
    def work(job_id: int) -> str:
        raise error

    job_id = make_job(session, call)
    work(job_id=job_id)

    assert (job(session, job_id).state, job(session, job_id).problem) == (JobState.FAILED, problem)


def test_work_stops_before_its_next_step_and_is_not_repeated(session, call):
    reached = []

    @long_task("tests.stops")
    def work(job_id: int) -> str:
        reached.append(1)
        with transaction() as edge:
            service.stop_job(edge, job_id=job_id, now=utcnow())
        take_step(job_id, 1, "Working")
        reached.append(2)
        return ""

    job_id = make_job(session, call)
    work(job_id=job_id)
    work(job_id=job_id)

    assert reached == [1]
    assert job(session, job_id).state is JobState.STOPPED
