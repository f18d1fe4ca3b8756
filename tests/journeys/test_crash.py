"""kill -9 of server and worker in mid-work: nothing acknowledged is missing, and pending work is done once."""

import itertools
import time

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_people import make_account
from clients import PASSWORD, Client, acknowledged_by, check_submissions, working

from solicit.mail.models import OutboxMail
from solicit.mail.states import MailState
from solicit.questions.models import Question, QuestionVector
from solicit.questions.states import Aspect

N_CLIENTS = 8
PATIENCE = 120


@pytest.mark.parametrize("n_kills", [1, pytest.param(3, marks=pytest.mark.full)])
def test_nothing_acknowledged_is_lost_and_work_is_done_once(make_site, in_site, exported_model, n_kills):
    site = make_site(model=exported_model)
    with in_site(site) as session:
        call = make_call(session, slug="deep-space")
        emails = [f"client{n}@example.org" for n in range(N_CLIENTS)]
        for email in emails:
            make_account(session, password=PASSWORD, email=email)
        session.commit()
    site.start()
    clients = [Client((site.url,), call.slug, email) for email in emails]
    with working(clients):
        for _ in range(n_kills):
            _let_work(clients)
            site.kill()
            site.start()
        _let_work(clients)
    site.kill()
    acknowledged = acknowledged_by(clients)
    with in_site(site) as session:
        check_submissions(session, acknowledged)
    _finish_pending_work(site)
    with in_site(site) as session:
        _check_effects(session)


def _let_work(clients: list[Client]) -> None:
    """Until so many more were acknowledged that most clients are in the middle of another one."""
    count = lambda: sum(len(client.acknowledged) for client in clients)  # noqa: E731
    wanted, end = count() + N_CLIENTS, time.monotonic() + PATIENCE
    while count() < wanted:
        assert time.monotonic() < end, f"{count()} of {wanted} acknowledged within {PATIENCE} s"
        time.sleep(0.05)


def _finish_pending_work(site) -> None:
    """Rescue what the dead workers held, as the site's periodic task does, then work off the queue."""
    site.rescue()
    result = site.run("worker", "--until-idle")
    assert result.returncode == 0, result.stderr
    engine = sa.create_engine(site.urls.app)
    with engine.connect() as connection:
        unfinished = connection.exec_driver_sql("SELECT task_name, status::text FROM procrastinate_jobs").all()
    engine.dispose()
    assert unfinished == []


def _check_effects(session) -> None:
    """One vector of each question and aspect; every receipt sent, and no mail under two identities."""
    vectors = session.execute(sa.select(QuestionVector.question_id, QuestionVector.aspect)).all()
    questions = session.scalars(sa.select(Question.id)).all()
    assert len(vectors) == len(questions) * len(Aspect)
    assert {tuple(vector) for vector in vectors} == set(itertools.product(questions, Aspect))
    states = session.execute(
        sa.select(OutboxMail.state, sa.func.count())
        .where(OutboxMail.kind == "submission_received")
        .group_by(OutboxMail.state)
    ).all()
    assert [(row.state) for row in states] == [MailState.SENT]
