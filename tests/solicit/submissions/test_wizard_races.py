"""Real transactions that race: the same form from many threads at once."""

import threading
from uuid import uuid4

import pytest
import sqlalchemy as sa
from builders import make_call, make_person
from builders_drafts import make_draft, text_form

from solicit import create_app
from solicit.access import service as access
from solicit.access.guard import TOKEN_KEY
from solicit.clock import utcnow
from solicit.db import db
from solicit.mail.models import OutboxMail
from solicit.questions.models import Question
from solicit.settings import Settings
from solicit.submissions.models import Authorship, Draft, Submission, SubmissionVersion
from solicit.submissions.states import SubmissionState

N_AT_ONCE = 20


@pytest.fixture(scope="module")
def site(make_database, tmp_path_factory):
    settings = Settings(instance_dir=tmp_path_factory.mktemp("races"), testing=True, public_url="http://localhost")
    site = create_app(settings, make_database("solicit_wizard_races"))
    site.config.update(WTF_CSRF_ENABLED=False)
    yield site
    with site.app_context():
        db.engine.dispose()


@pytest.fixture
def draft(site):
    """A call, a signed-in writer's token, and a draft that is ready to be sent."""
    with site.app_context():
        session = db.session()
        call, writer = make_call(session), make_person(session)
        token = access.open_sign_in(session, person_id=writer.id, now=utcnow())
        reference = make_draft(session, call, writer)
        session.commit()
        yield call, token, reference
        db.session.remove()


def all_at_once(site, token: str, path: str, form: dict) -> list[tuple[int, str | None]]:
    """What many windows of one browser are answered that send the same form at the same moment."""
    answers, start = [], threading.Barrier(N_AT_ONCE)

    def send() -> None:
        window = site.test_client()
        with window.session_transaction() as cookie:
            cookie[TOKEN_KEY] = token
        start.wait()
        answer = window.post(path, data=form)
        answers.append((answer.status_code, answer.location))

    threads = [threading.Thread(target=send) for _ in range(N_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def n_rows(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_sending_twenty_times_at_once_is_one_submission(site, draft):
    call, token, reference = draft
    before = {model: n_rows(model) for model in (Question, Authorship, SubmissionVersion, OutboxMail)}
    db.session.rollback()
    path = f"/en/{call.slug}/submit/{reference}/check"
    answers = all_at_once(site, token, path, {"version": 2, "has_consented": "y"})
    assert set(answers) == {(303, f"/en/{call.slug}/my/{reference}/received")}
    assert {model: n_rows(model) - n for model, n in before.items()} == dict.fromkeys(before, 1)
    sent = sa.select(Submission.state).where(Submission.reference == reference)
    assert db.session.scalars(sent).all() == [SubmissionState.SENT]


def test_beginning_twenty_times_at_once_is_one_draft(site, draft):
    call, token, _reference = draft
    before = n_rows(Draft)
    db.session.rollback()
    form = {"kind": "question", "idempotency_key": str(uuid4())}
    answers = all_at_once(site, token, f"/en/{call.slug}/submit", form)
    assert {status for status, _ in answers} == {303} and len(set(answers)) == 1
    assert n_rows(Draft) - before == 1


def test_saving_and_sending_at_once_loses_nothing(site, draft):
    """Whoever comes first wins; nobody is told that something was saved that was not sent."""
    call, token, reference = draft
    path, answers = f"/en/{call.slug}/submit/{reference}", {}
    forms = {
        "question": text_form(version=2, significance="Saved at the moment of sending, or refused."),
        "check": {"version": 2, "has_consented": "y"},
    }
    start = threading.Barrier(2)

    def send(step: str) -> None:
        window = site.test_client()
        with window.session_transaction() as cookie:
            cookie[TOKEN_KEY] = token
        start.wait()
        answers[step] = window.post(f"{path}/{step}", data=forms[step]).status_code

    threads = [threading.Thread(target=send, args=[step]) for step in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = db.session.scalars(sa.select(Submission).where(Submission.reference == reference)).one()
    was_saved = stored.significance.startswith("Saved at the moment")
    assert (answers["question"], answers["check"]) == ((303, 409) if was_saved else (409, 303))
    assert stored.state is (SubmissionState.DRAFT if was_saved else SubmissionState.SENT)
