"""The pages of a long job, and what becomes of its work."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_panels import make_panel, seat

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import Closed
from solicit.jobs import service
from solicit.jobs.models import Job
from solicit.jobs.queries import progress_of_job
from solicit.jobs.states import JobState
from solicit.jobs.tasks import long_task, note, take_step, tell_starter
from solicit.mail.models import OutboxMail


@pytest.fixture
def call(session):
    return make_call(session)


def make_job(session, call, *, kind="topics.group", n_steps=4, starter=None, now=None, **arguments) -> int:
    return service.start_job(
        session,
        kind=kind,
        call_id=call.id,
        task="tests.none",
        n_steps=n_steps,
        started_by_id=starter.id if starter else None,
        now=now or utcnow(),
        **arguments,
    )


def make_running_job(session, call, *, ran: timedelta, step: int = 0, n_done: int = 0, n_total: int = 0, **values):
    """A job that began its work some time ago and is this far."""
    job_id = make_job(session, call, now=utcnow() - ran, **values)
    service.begin_job(session, job_id=job_id, now=utcnow() - ran)
    service.report_step(session, job_id=job_id, step=step, doing="Reading", n_done=n_done, n_total=n_total)
    return job_id


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
    assert "Step 3 of 4" in page and "Reading the questions" in page
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    service.finish_job(session, job_id=job_id, now=utcnow(), result_path="/there")
    done = client.get(f"/{call.slug}/organize/jobs/{job_id}").text
    assert 'href="/there"' in done and "http-equiv" not in done


def test_a_chairs_way_back_from_their_job_is_open_to_them(client, session, call):
    chair = seat(session, call, make_panel(session, call), is_chair=True)
    job_id = make_job(session, call, kind="panels.assign", starter=chair)
    sign_in(client, session, chair)

    page = client.get(f"/{call.slug}/organize/jobs/{job_id}").text

    crumbs = page.split('aria-label="Breadcrumb"')[1].split("</nav>")[0]
    assert f'<a href="/{call.slug}/review">Review</a>' in crumbs and "/organize" not in crumbs


def test_fragment_is_the_panel_alone(client, session, call):
    job_id = make_job(session, call)
    sign_in(client, session, make_organizer(session, call))

    fragment = client.get(f"/{call.slug}/organize/jobs/{job_id}/fragment").text

    assert "<html" not in fragment
    assert 'data-step="Step 1 of 4"' in fragment and "data-ended" not in fragment


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


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("get", "/fragment"), ("post", "/stop"), ("post", "/again")])
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


def test_a_reason_with_values_in_it_is_the_last_line_of_the_log(client, session, call):
    @long_task("tests.refuses")
    def work(job_id: int) -> str:
        raise Closed("These questions have too few ratings: %(labels)s.", labels="Q-1, Q-50% of it")

    job_id = make_job(session, call)
    work(job_id=job_id)
    sign_in(client, session, make_organizer(session, call))

    page = client.get(f"/{call.slug}/organize/jobs/{job_id}").text
    assert "The last line of the log says why" in page
    assert "These questions have too few ratings: Q-1, Q-50% of it." in page and "<details open>" in page


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


def test_page_shows_who_how_far_within_the_step_and_the_log(client, session, call):
    ada = make_organizer(session, call, full_name="Ada")
    job_id = make_running_job(session, call, ran=timedelta(minutes=2), step=1, n_done=640, n_total=10_000, starter=ada)
    note(job_id, "Read %(n)s questions.", n=640)
    sign_in(client, session, ada)

    page = client.get(f"/{call.slug}/organize/jobs/{job_id}").text

    assert "by Ada" in page
    assert "640 of 10,000" in page
    assert '<progress max="1" value="0.266">' in page
    assert "<summary>Log</summary>" in page and "Read 640 questions." in page


@pytest.mark.parametrize(
    ("ran", "step", "n_done", "words"),
    [
        (timedelta(minutes=4), 2, 0, "Between 2 minutes and 8 minutes left"),
        (timedelta(minutes=10), 1, 50, "Between 8 minutes and 33 minutes left"),
        (timedelta(seconds=9), 2, 0, None),
        (timedelta(minutes=4), 0, 39, None),
    ],
)
def test_rest_is_a_range_and_nothing_before_there_is_something_to_judge_by(
    client, session, call, ran, step, n_done, words
):
    job_id = make_running_job(session, call, ran=ran, step=step, n_done=n_done, n_total=100)
    sign_in(client, session, make_organizer(session, call))

    fragment = client.get(f"/{call.slug}/organize/jobs/{job_id}/fragment").text

    assert (words in fragment) if words else (" left" not in fragment)


@pytest.mark.parametrize("n", [1, 3, 60])
def test_list_shows_the_jobs_of_the_call_newest_first_at_the_same_cost(client, session, call, count_statements, n):
    ada = make_organizer(session, call, full_name="Ada")
    for number in range(n):
        job_id = make_running_job(session, call, ran=timedelta(minutes=3), kind=f"kind {number}", starter=ada)
        service.finish_job(session, job_id=job_id, now=utcnow())
    newest = make_job(session, call)
    make_job(session, make_call(session), kind="panels.assign")
    sign_in(client, session, ada)
    count_statements.clear()

    page = client.get(f"/{call.slug}/organize/jobs").text

    assert len(count_statements) == 4
    assert page.index(f"/jobs/{newest}") < page.index(f"/jobs/{job_id}")
    assert page.count(f'href="/{call.slug}/organize/jobs/') == min(n + 1, 50)
    assert "3 minutes" in page and "Ada" in page and "the site itself" in page
    assert "Assign questions" not in page


def test_failed_job_starts_again_as_a_new_one_in_the_name_of_who_asks(client, session, call):
    ada, eve = (make_organizer(session, call) for _ in range(2))
    job_id = make_job(session, call, starter=ada, round_id=7, actor_id=ada.id)
    service.begin_job(session, job_id=job_id, now=utcnow())
    service.finish_job(session, job_id=job_id, now=utcnow(), problem="No vector.")
    sign_in(client, session, eve)
    address = f"/{call.slug}/organize/jobs/{job_id}"
    assert f'action="{address}/again"' in client.get(address).text

    answer = client.post(f"{address}/again")

    new = session.scalars(sa.select(Job).order_by(Job.id.desc()).limit(1)).one()
    assert answer.location.endswith(f"/jobs/{new.id}") and new.id != job_id
    assert (new.state, new.task, new.n_steps, new.started_by_id) == (JobState.QUEUED, "tests.none", 4, eve.id)
    assert new.arguments == {"round_id": 7, "actor_id": eve.id}
    assert job(session, job_id).state is JobState.FAILED


def test_job_that_waits_or_is_done_is_not_started_again(client, session, call):
    job_id = make_job(session, call)
    sign_in(client, session, make_organizer(session, call))
    address = f"/{call.slug}/organize/jobs/{job_id}/again"
    assert "Only a job that failed or was stopped" in client.post(address, follow_redirects=True).text
    service.begin_job(session, job_id=job_id, now=utcnow())
    service.finish_job(session, job_id=job_id, now=utcnow())
    assert "Only a job that failed or was stopped" in client.post(address, follow_redirects=True).text
    assert session.scalar(sa.select(sa.func.count(Job.id)).where(Job.call_id == call.id)) == 1


def test_second_click_on_start_again_starts_nothing(client, session, call):
    job_id = make_job(session, call)
    service.stop_job(session, job_id=job_id, now=utcnow())
    sign_in(client, session, make_organizer(session, call))
    address = f"/{call.slug}/organize/jobs/{job_id}/again"
    client.post(address)
    assert "already waiting or running" in client.post(address, follow_redirects=True).text
    assert session.scalar(sa.select(sa.func.count(Job.id)).where(Job.call_id == call.id)) == 2


def test_work_taken_up_again_knows_its_step(session, call):
    begun_at = []

    @long_task("tests.dies")
    def work(job_id: int) -> str:
        begun_at.append(progress_of_job(session, job_id=job_id).step)
        if len(begun_at) == 1:
            take_step(job_id, 2, "Working")
            raise KeyboardInterrupt
        return ""

    job_id = make_job(session, call)
    with pytest.raises(KeyboardInterrupt):
        work(job_id=job_id)
    work(job_id=job_id)

    assert begun_at == [0, 2]
    assert job(session, job_id).state is JobState.DONE


def letters(session) -> list[OutboxMail]:
    return list(session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "job_finished")))


@pytest.mark.parametrize(("waited", "n_letters"), [(timedelta(seconds=50), 0), (timedelta(seconds=70), 1)])
def test_starter_gets_one_letter_after_a_minute(session, call, waited, n_letters):
    ada = make_organizer(session, call)
    job_id = make_running_job(session, call, ran=waited, starter=ada)
    service.finish_job(session, job_id=job_id, now=utcnow(), problem="No vector.")
    asked = session.scalars(
        sa.text("SELECT args->>'job_id' FROM procrastinate_jobs WHERE task_name = 'jobs.tell_starter'")
    )
    assert list(asked) == [str(job_id)] * n_letters
    for _ in range(2 * n_letters):
        tell_starter(job_id=job_id)
    assert [(mail.person_id, mail.params["outcome"]) for mail in letters(session)] == [
        (ada.id, "No vector.")
    ] * n_letters


def test_job_without_a_starter_writes_to_nobody(session, call):
    job_id = make_running_job(session, call, ran=timedelta(minutes=5))
    service.finish_job(session, job_id=job_id, now=utcnow())
    tell_starter(job_id=job_id)
    assert letters(session) == []
