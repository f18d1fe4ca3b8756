"""The daily digest: what changed, for each organizer without their own questions, once a day."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_questions import make_pair, make_question

from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.jobs.tasks import queue
from solicit.mail.letters import read_letter
from solicit.mail.models import OutboxMail
from solicit.mail.service import stop_letters
from solicit.questions.models import ProblemReport, QuestionSource
from solicit.questions.states import QuestionState, ReportReason
from solicit.reports import tasks
from solicit.reports.queries.digest import changes
from solicit.reports.service.digest import write_digests
from solicit.submissions.models import RevisionRequest, Submission

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def call(session):
    return make_call(session, now=NOW)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


def arrive(session, call, *, at=NOW - HOUR, **values):
    """A question whose submission was sent at a time."""
    question = make_question(session, call, created_at=at, **values)
    submission_of(session, question).sent_at = at
    session.flush()
    return question


def submission_of(session, question) -> Submission:
    source = sa.select(QuestionSource.submission_id).where(QuestionSource.question_id == question.id)
    return session.get_one(Submission, session.scalars(source).one())


def suggest(session, call, one, other, *, at=NOW - HOUR) -> None:
    make_pair(session, one, other).suggested_at = at
    session.flush()


def report(session, call, question, *, at=NOW - HOUR) -> None:
    values = dict(reason=ReportReason.SPAM, text="It sells something.", reported_at=at)
    session.add(ProblemReport(call_id=call.id, question_id=question.id, **values))
    session.flush()


def answer(session, question, *, at=NOW - HOUR) -> None:
    submission_id = submission_of(session, question).id
    session.add(RevisionRequest(submission_id=submission_id, text="Please", asked_at=at - DAY, answered_at=at))
    session.flush()


def everything_happens(session, call, **values) -> None:
    one, other = (arrive(session, call, **values) for _ in range(2))
    suggest(session, call, one, other)
    report(session, call, one)
    answer(session, other)


def numbers(session, call, viewer) -> tuple[int, ...]:
    return tuple(vars(changes(session, call_id=call.id, viewer_id=viewer.id, since=NOW - DAY)).values())


def letters(session) -> list[OutboxMail]:
    return list(session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "digest").order_by(OutboxMail.id)))


def test_digest_counts_what_is_new_and_what_waits(session, call, ada, count_statements):
    everything_happens(session, call)
    old = arrive(session, call, at=NOW - 3 * DAY)
    report(session, call, old, at=NOW - 3 * DAY)
    count_statements.clear()
    assert numbers(session, call, ada) == (2, 3, 1, 1, 1, 2, 1)
    assert len(count_statements) == 1


def test_own_questions_are_not_counted(session, call, ada):
    everything_happens(session, call, submitter=ada)
    assert numbers(session, call, ada) == (0,) * 7
    assert numbers(session, call, make_organizer(session, call)) == (2, 2, 1, 1, 1, 1, 1)
    assert write_digests(session, now=NOW) == 1


def test_digest_is_written_once_a_day_to_every_organizer(session, call, ada):
    grace = make_organizer(session, call, locale="en")
    make_person(session)
    everything_happens(session, call)
    assert write_digests(session, now=NOW) == 2
    assert [mail.person_id for mail in letters(session)] == [ada.id, grace.id]
    assert write_digests(session, now=NOW) == write_digests(session, now=NOW + HOUR) == 0
    arrive(session, call, at=NOW + HOUR)
    assert write_digests(session, now=NOW + 2 * HOUR) == 0
    assert write_digests(session, now=NOW + DAY) == 2
    assert letters(session)[-1].params["n_new_submissions"] == 1


def test_nothing_new_is_no_letter(session, call, ada):
    arrive(session, call, at=NOW - 2 * DAY)
    assert write_digests(session, now=NOW) == 0


def test_days_without_a_letter_are_told_of_in_the_next(session, call, ada):
    arrive(session, call)
    write_digests(session, now=NOW)
    arrive(session, call, at=NOW + 3 * DAY)
    arrive(session, call, at=NOW + 4 * DAY)
    write_digests(session, now=NOW + 5 * DAY)
    assert letters(session)[-1].params["n_new_submissions"] == 2


def test_digest_that_is_not_wanted_is_not_written(session, call, ada):
    stop_letters(session, person_id=ada.id, kind="digest", now=NOW)
    arrive(session, call)
    assert write_digests(session, now=NOW) == 0


@pytest.mark.parametrize(("state", "n"), [(CallState.CLOSED, 1), (CallState.DRAFT, 0), (CallState.PUBLISHED, 0)])
def test_only_calls_that_run_are_told_of(session, state, n):
    call = make_call(session, state=state, now=NOW)
    make_organizer(session, call)
    arrive(session, call)
    assert write_digests(session, now=NOW) == n


def test_task_writes_at_six(session, call, ada):
    arrive(session, call, at=utcnow() - HOUR)
    for _ in range(2):
        tasks.write_digests(timestamp=0)
    assert len(letters(session)) == 1
    assert queue.periodic_registry.periodic_tasks["reports.write_digests", ""].cron == "0 6 * * *"


def test_letter_says_how_much_and_where(session, call, ada):
    everything_happens(session, call)
    arrive(session, call, state=QuestionState.IN_SCOPE)
    write_digests(session, now=NOW)
    (mail,) = letters(session)
    letter = read_letter(mail.kind, params=mail.params, locale="en")
    assert letter.subject == "6 changes in a call you organize"
    text = letter.as_text()
    assert "3 submissions were received. 2 questions wait for a decision." in text
    for path in ("", "/questions", "/duplicates", "/reports"):
        assert f"http://localhost/{call.slug}/organize{path}\n" in text
