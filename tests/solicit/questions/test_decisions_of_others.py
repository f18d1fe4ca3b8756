"""A decision on many questions is carried on and undone by whoever made it, also through the page of its job."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_questions import make_question

from solicit.clock import utcnow
from solicit.jobs import service as jobs
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.questions import tasks
from solicit.questions.models import Question, ScreeningStep
from solicit.questions.service import screen
from solicit.questions.states import DecisionAct, QuestionState


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def maker(session, call):
    return make_organizer(session, call)


@pytest.fixture
def other(client, session, call):
    organizer = make_organizer(session, call)
    sign_in(client, session, organizer)
    return organizer


@pytest.fixture
def questions(session, call):
    return [make_question(session, call) for _ in range(3)]


def values(call, questions, maker) -> dict:
    ids = [question.id for question in questions]
    act = screen.Act(act=DecisionAct.IN_SCOPE)
    return dict(call_id=call.id, question_ids=ids, wanted=act, actor_id=maker.id, now=utcnow())


def states(session) -> set[QuestionState]:
    session.expire_all()
    return set(session.scalars(sa.select(Question.state)))


def started_again(client, session, call, job_id) -> Job:
    """The job that the button of a stopped one starts."""
    jobs.stop_job(session, job_id=job_id, now=utcnow())
    session.commit()
    client.post(f"/{call.slug}/organize/jobs/{job_id}/again")
    session.expire_all()
    return session.scalars(sa.select(Job).order_by(Job.id.desc()).limit(1)).one()


def test_undoing_of_somebody_else_is_not_taken_over(client, session, call, maker, other, questions):
    decision_id = screen.decide_many(session, **values(call, questions, maker)).decision_id
    path = f"/{call.slug}/organize/questions"
    told = dict(actor_id=maker.id, n=3, now=utcnow(), result_path=path)
    again = started_again(client, session, call, screen.start_undoing(session, decision_id=decision_id, **told))

    tasks.screening.undo_decision(job_id=again.id, **again.arguments)

    session.expire_all()
    assert (again.state, states(session)) == (JobState.FAILED, {QuestionState.IN_SCOPE})
    assert session.scalar(sa.select(sa.func.count()).select_from(ScreeningStep)) == 3
    assert "Only whoever made this decision" in client.get(f"/{call.slug}/organize/jobs/{again.id}").text


def test_decision_of_somebody_else_is_not_carried_on(client, session, call, maker, other, questions):
    """What it would do could never be undone by who did it."""
    job_id = screen.start_deciding(session, **values(call, questions, maker), result_path="/")
    again = started_again(client, session, call, job_id)

    tasks.screening.decide_many(job_id=again.id, **again.arguments)

    session.expire_all()
    assert (again.state, states(session)) == (JobState.FAILED, {QuestionState.NEW})


def test_own_decision_is_carried_on(client, session, call, other, questions):
    job_id = screen.start_deciding(session, **values(call, questions, other), result_path="/")
    again = started_again(client, session, call, job_id)

    tasks.screening.decide_many(job_id=again.id, **again.arguments)

    session.expire_all()
    assert (again.state, states(session)) == (JobState.DONE, {QuestionState.IN_SCOPE})
