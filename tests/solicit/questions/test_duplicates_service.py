"""Duplicate suggestions: which pairs come up, and what people may say of them."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_questions import make_model, make_pair, make_question, make_vector

from ml.language.embedding import BUNDLED_NAME
from solicit.audit.models import AuditEvent
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.errors import Conflict, NotFound, Refused
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.questions import tasks
from solicit.questions.models import DuplicatePair
from solicit.questions.queries.duplicates.calibration import LEAST_PROBABILITY
from solicit.questions.service import duplicates
from solicit.questions.states import Aspect, Method, QuestionState, Verdict

# Embedded with the real model, exported once for the whole run.
pytestmark = pytest.mark.usefixtures("language_model")

SAME = (
    "Is there liquid water under the south pole of Mars?",
    "Does liquid water exist beneath the south polar cap of Mars?",
)
OTHER = "Which materials shield astronauts from cosmic rays?"


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def model(session):
    return make_model(session)


def near(session, call, model, *, angle=0.1, **values):
    """A question whose words point almost the same way as those of every other one made here."""
    question = make_question(session, call, **values)
    make_vector(session, question, model, [1, angle, 0, 0])
    return question


def pairs(session) -> list[DuplicatePair]:
    found = sa.select(DuplicatePair).order_by(DuplicatePair.left_id, DuplicatePair.right_id)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def suggest(session, question, model, now) -> int:
    return duplicates.suggest_pairs_of(session, question_id=question.id, model_id=model.id, now=now)


def run_job(session, job_id) -> Job:
    """Work as a worker does, with the arguments that the job was started with."""
    tasks.find_duplicates(job_id=job_id, **session.get(Job, job_id).arguments)
    return session.get(Job, job_id, populate_existing=True)


def test_near_questions_become_a_pair(session, call, model, now):
    one, other = near(session, call, model), near(session, call, model, angle=0.3)
    far = make_question(session, call)
    make_vector(session, far, model, [0, 0, 1, 0])

    assert suggest(session, other, model, now) == 1

    (pair,) = pairs(session)
    assert (pair.left_id, pair.right_id, pair.verdict) == (one.id, other.id, None)
    assert 0.97 < pair.cosine < 1
    assert LEAST_PROBABILITY < pair.probability < 1


def test_titles_have_no_say_where_there_is_a_text(session, call, model, now):
    one, other = make_question(session, call), make_question(session, call)
    for question, axis in ((one, [1, 0, 0, 0]), (other, [0, 1, 0, 0])):
        make_vector(session, question, model, [0, 0, 1, 0], aspects=(Aspect.TITLE,))
        make_vector(session, question, model, axis, aspects=(Aspect.TEXT,))

    assert suggest(session, one, model, now) == 0


def test_titles_alone_are_weighed_as_titles(session, call, model, now):
    """The same cosine says less of two titles than of two texts; one overview makes it a pair of texts."""
    chances = []
    for overviews in (("", ""), ("Why.", ""), ("Why.", "How.")):
        world = make_call(session)
        one = near(session, world, model, angle=0, goal_overview=overviews[0])
        near(session, world, model, angle=1, goal_overview=overviews[1])
        suggest(session, one, model, now)
        (pair,) = [pair for pair in pairs(session) if pair.call_id == world.id]
        chances.append(round(pair.probability, 2))

    assert chances == [0.47, 0.78, 0.78]


@pytest.mark.parametrize(
    "values",
    [
        dict(kind=Kind.PLAN),
        dict(state=QuestionState.WITHDRAWN),
        dict(state=QuestionState.MERGED),
        dict(state=QuestionState.OUT_OF_SCOPE),
    ],
)
def test_what_is_not_compared_makes_no_pair(session, call, model, now, values):
    one = near(session, call, model)
    if values.get("state") is QuestionState.MERGED:
        values["merged_into_id"] = make_question(session, call).id
    if values.get("state") is QuestionState.OUT_OF_SCOPE:
        values["reason_id"] = session.scalar(sa.text("SELECT min(id) FROM out_of_scope_reason"))
    other = near(session, call, model, **values)

    assert suggest(session, one, model, now) == suggest(session, other, model, now) == 0


def test_calls_are_not_compared_with_each_other(session, call, model, now):
    one = near(session, call, model)
    near(session, make_call(session), model)

    assert suggest(session, one, model, now) == 0


ARABIC = ("كيف نشأت مياه القمر؟", "كيف نشأت مياه القمر في القطب؟", "هل توجد حياة على المريخ؟")


def test_other_languages_are_compared_by_words_within_themselves(session, call, now):
    """The bundled model holds any two Arabic titles for near; words say which ones are."""
    bundled = make_model(session, name=BUNDLED_NAME)
    english = near(session, call, bundled)
    words = dict(language="ar", goal_overview="")
    one, other, third = (near(session, call, bundled, title=title, **words) for title in ARABIC)

    assert [suggest(session, each, bundled, now) for each in (english, other, third)] == [0, 1, 0]

    (pair,) = pairs(session)
    assert (pair.left_id, pair.right_id, pair.method) == (one.id, other.id, Method.WORDS)
    assert (pair.features["cosine"], pair.features["is_bare"]) == (pair.cosine, 1)


def test_suggesting_twice_changes_nothing(session, call, model, now):
    one, other = near(session, call, model), near(session, call, model)
    suggest(session, one, model, now)
    (first,) = pairs(session)
    before = (first.id, first.cosine, first.probability)

    suggest(session, other, model, now)

    (again,) = pairs(session)
    assert (again.id, again.cosine, again.probability) == before


def test_verdict_is_never_overwritten(session, call, model, now):
    one, other = near(session, call, model), near(session, call, model, angle=0.4)
    decided = make_pair(
        session, one, other, model=model, cosine=0.5, verdict=Verdict.DIFFERENT, decided_at=now, probability=0.3
    )

    suggest(session, one, model, utcnow())

    (pair,) = pairs(session)
    assert (pair.id, pair.verdict, pair.cosine) == (decided.id, Verdict.DIFFERENT, 0.5)


def test_pair_that_is_no_longer_near_goes_unless_decided(session, call, model, now):
    one, other = near(session, call, model), make_question(session, call)
    third = make_question(session, call)
    stale = make_pair(session, one, other, model=model)
    kept = make_pair(session, one, third, model=model, verdict=Verdict.RELATED, decided_at=now)

    suggest(session, one, model, utcnow())

    assert [pair.id for pair in pairs(session)] == [kept.id] != [stale.id]


def test_embedding_two_wordings_of_a_question_finds_them(session, call):
    questions = [make_question(session, call, title=title) for title in (*SAME, OTHER)]

    for question in questions:
        tasks.embed(question_id=question.id)

    (pair,) = pairs(session)
    assert (pair.left_id, pair.right_id) == (questions[0].id, questions[1].id)
    assert pair.probability > 0.5


def test_embedding_a_question_that_is_gone_does_nothing(session):
    tasks.embed(question_id=2**62)

    assert pairs(session) == []


def test_whole_call_is_compared_by_a_job(session, call, now):
    organizer = make_organizer(session, call)
    questions = [make_question(session, call, title=title) for title in (*SAME, OTHER)]
    job_id = duplicates.start_finding_duplicates(
        session, call_id=call.id, started_by_id=organizer.id, result_path="/there", now=now
    )

    run_job(session, job_id)

    job = session.get(Job, job_id, populate_existing=True)
    assert (job.state, job.result_path, job.step, job.problem) == (JobState.DONE, "/there", job.n_steps, "")
    assert [(pair.left_id, pair.right_id) for pair in pairs(session)] == [(questions[0].id, questions[1].id)]


def test_job_and_single_task_agree(session, call, now):
    organizer = make_organizer(session, call)
    for title in (*SAME, OTHER):
        tasks.embed(question_id=make_question(session, call, title=title).id)
    (single,) = pairs(session)
    by_task = (single.cosine, single.probability)
    job_id = duplicates.start_finding_duplicates(
        session, call_id=call.id, started_by_id=organizer.id, result_path="", now=now
    )

    run_job(session, job_id)

    assert session.get(Job, job_id, populate_existing=True).state is JobState.DONE
    (pair,) = pairs(session)
    assert (pair.cosine, pair.probability) == pytest.approx(by_task, abs=1e-3)


def test_stopped_job_writes_nothing_more(session, call, now):
    organizer = make_organizer(session, call)
    for title in SAME:
        make_question(session, call, title=title)
    job_id = duplicates.start_finding_duplicates(
        session, call_id=call.id, started_by_id=organizer.id, result_path="", now=now
    )
    session.get(Job, job_id).state = JobState.STOPPED
    session.get(Job, job_id).finished_at = now

    run_job(session, job_id)

    assert pairs(session) == []
    assert session.get(Job, job_id, populate_existing=True).state is JobState.STOPPED


def test_second_job_waits_for_the_first(session, call, now):
    organizer = make_organizer(session, call)
    start = dict(call_id=call.id, started_by_id=organizer.id, result_path="", now=now)
    duplicates.start_finding_duplicates(session, **start)

    with pytest.raises(Conflict):
        duplicates.start_finding_duplicates(session, **start)


def test_verdict_is_recorded_and_undone(session, call, now):
    organizer = make_organizer(session, call)
    pair = make_pair(session, make_question(session, call), make_question(session, call))

    duplicates.give_verdict(session, pair_id=pair.id, verdict=Verdict.RELATED, actor_id=organizer.id, now=now)
    assert (pair.verdict, pair.decided_at, pair.decided_by_id) == (Verdict.RELATED, now, organizer.id)
    duplicates.undo_verdict(session, pair_id=pair.id, actor_id=organizer.id, now=now)

    assert (pair.verdict, pair.decided_at, pair.decided_by_id) == (None, None, None)
    acts = session.scalars(
        sa.select(AuditEvent.act).where(AuditEvent.subject == "duplicate_pair").order_by(AuditEvent.id)
    )
    assert list(acts) == ["give verdict", "undo verdict"]


def test_same_is_said_by_merging(session, call, now):
    organizer = make_organizer(session, call)
    pair = make_pair(session, make_question(session, call), make_question(session, call))

    with pytest.raises(Refused):
        duplicates.give_verdict(session, pair_id=pair.id, verdict=Verdict.SAME, actor_id=organizer.id, now=now)

    assert pair.verdict is None


def test_second_verdict_is_a_conflict(session, call, now):
    organizer = make_organizer(session, call)
    pair = make_pair(
        session, make_question(session, call), make_question(session, call), verdict=Verdict.RELATED, decided_at=now
    )
    given = dict(pair_id=pair.id, actor_id=organizer.id, now=now)

    with pytest.raises(Conflict):
        duplicates.give_verdict(session, verdict=Verdict.DIFFERENT, **given)

    assert pair.verdict is Verdict.RELATED


def test_missing_pair_is_not_found(session, now):
    with pytest.raises(NotFound):
        duplicates.undo_verdict(session, pair_id=2**62, actor_id=1, now=now)
