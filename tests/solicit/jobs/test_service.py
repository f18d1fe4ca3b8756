"""A job exists exactly if the transaction that wrote it committed, and a long job has one life."""

import pytest
import sqlalchemy as sa
from builders import make_call

from solicit.errors import Conflict, InvalidMove
from solicit.jobs import service
from solicit.jobs.models import Job
from solicit.jobs.states import JobState


def waiting(session) -> list[str]:
    return list(session.execute(sa.text("SELECT task_name FROM procrastinate_jobs ORDER BY id")).scalars())


def test_job_vanishes_with_its_transaction(session):
    service.defer(session, "a.task", number=1)
    assert waiting(session) == ["a.task"]
    session.rollback()
    assert waiting(session) == []


def test_second_job_under_a_waiting_lock_is_enough_and_keeps_the_transaction(session):
    call = make_call(session)
    for _ in range(2):
        service.defer(session, "a.task", queueing_lock="one", number=1)
    assert waiting(session) == ["a.task"]
    assert session.scalar(sa.text("SELECT slug FROM call WHERE id = :id"), {"id": call.id}) == call.slug


@pytest.fixture
def start(session, now):
    call = make_call(session, now=now)

    def start_one(kind: str = "topics.group") -> int:
        return service.start_job(session, kind=kind, call_id=call.id, task=kind, n_steps=3, started_by_id=None, now=now)

    return start_one


def test_one_job_of_a_kind_waits_or_runs(start, session, now):
    job_id = start()
    with pytest.raises(Conflict):
        start()
    start("questions.find_duplicates")
    service.begin_job(session, job_id=job_id, now=now)
    service.finish_job(session, job_id=job_id, now=now)
    assert start() != job_id


def test_finished_job_is_not_begun_again(start, session, now):
    job_id = start()
    assert service.begin_job(session, job_id=job_id, now=now)
    service.finish_job(session, job_id=job_id, now=now, result_path="/there")
    assert not service.begin_job(session, job_id=job_id, now=now)
    job = session.get(Job, job_id)
    assert (job.state, job.step, job.result_path) == (JobState.DONE, 3, "/there")


def test_job_of_a_dead_worker_is_taken_up_again(start, session, now):
    job_id = start()
    assert service.begin_job(session, job_id=job_id, now=now)
    assert service.begin_job(session, job_id=job_id, now=now)


def test_stopped_job_hears_of_it_at_its_next_step(start, session, now):
    job_id = start()
    service.begin_job(session, job_id=job_id, now=now)
    assert service.report_step(session, job_id=job_id, step=1, doing="Reading")
    service.stop_job(session, job_id=job_id, now=now)
    assert not service.report_step(session, job_id=job_id, step=2, doing="Writing")
    with pytest.raises(InvalidMove):
        service.finish_job(session, job_id=job_id, now=now)


def test_many_jobs_are_written_with_few_statements_and_vanish_together(session):
    service.defer_all(session, "a.task", [{"number": number} for number in range(1_500)])
    numbers = session.execute(sa.text("SELECT args->>'number' FROM procrastinate_jobs ORDER BY id")).scalars().all()
    assert [int(number) for number in numbers] == list(range(1_500))
    session.rollback()
    assert waiting(session) == []


def test_no_jobs_are_no_statement(session):
    service.defer_all(session, "a.task", [])
    assert waiting(session) == []
