"""Comparing a whole call: steps that are kept, audits, and what a worker that died leaves behind."""

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer
from builders_questions import make_model, make_pair, make_question, make_vector

from ml.language.embedding import BUNDLED_NAME
from solicit.jobs.models import Job
from solicit.jobs.states import JobState
from solicit.questions import tasks
from solicit.questions.models import DuplicateGroup, DuplicatePair, Question
from solicit.questions.service import duplicates
from solicit.questions.service.duplicates import audits, compare, suggest
from solicit.questions.states import Method, QuestionState, Verdict

pytestmark = pytest.mark.usefixtures("language_model")

TITLES = (
    "Is there liquid water under the south pole of Mars?",
    "Does liquid water exist beneath the south polar cap of Mars?",
    "Which materials shield astronauts from cosmic rays?",
    "What shields a crew against cosmic rays best?",
    "How do the rings of Saturn age?",
    "How old are the rings of Saturn?",
)


@pytest.fixture
def call(session):
    return make_call(session)


def start(session, call, now, **values) -> Job:
    organizer = make_organizer(session, call)
    job_id = duplicates.start_finding_duplicates(
        session, call_id=call.id, started_by_id=organizer.id, result_path="", now=now, **values
    )
    return session.get(Job, job_id)


def run(session, job, *, n_blocks=None) -> Job:
    arguments = job.arguments | (dict(n_blocks=n_blocks) if n_blocks else {})
    tasks.find_duplicates(job_id=job.id, **arguments)
    return session.get(Job, job.id, populate_existing=True)


def found(session, call) -> set[frozenset[str]]:
    """The titles of suggested pairs."""
    titles = dict(session.execute(sa.select(Question.id, Question.title)).all())
    pairs = sa.select(DuplicatePair.left_id, DuplicatePair.right_id).where(
        DuplicatePair.call_id == call.id, ~DuplicatePair.is_audit
    )
    return {frozenset((titles[one], titles[other])) for one, other in session.execute(pairs)}


def with_blocks(job, n_blocks):
    """A call of a few questions, cut as one of thousands is."""
    job.n_steps = compare.PORTIONS + n_blocks + compare.LAST_STEPS
    return n_blocks


def test_blocks_find_what_one_comparison_finds(session, call, now):
    for title in TITLES:
        make_question(session, call, title=title)
    whole = run(session, start(session, call, now))
    at_once = found(session, call)
    session.execute(sa.delete(DuplicatePair))

    job = start(session, call, now)
    cut = run(session, job, n_blocks=with_blocks(job, 7))

    assert (whole.state, cut.state, cut.step) == (JobState.DONE, JobState.DONE, 20)
    assert found(session, call) == at_once
    assert {frozenset(TITLES[:2]), frozenset(TITLES[4:])} <= at_once


def test_job_of_a_worker_that_died_does_not_compare_finished_blocks_again(session, call, now):
    """Pairs of finished blocks are taken away before the job goes on: only those of later blocks come."""
    for title in TITLES:
        make_question(session, call, title=title)
    run(session, start(session, call, now))
    blocks = {
        frozenset((session.get(Question, pair.left_id).title, session.get(Question, pair.right_id).title)): max(
            int.from_bytes(session.get(Question, each).text_digest[:4], "big") * 4 >> 32
            for each in (pair.left_id, pair.right_id)
        )
        for pair in session.scalars(sa.select(DuplicatePair).where(~DuplicatePair.is_audit))
    }
    for n_finished in range(5):
        session.execute(sa.delete(DuplicatePair))
        job = start(session, call, now)
        with_blocks(job, 4)
        job.state, job.started_at, job.step = JobState.RUNNING, now, compare.PORTIONS + n_finished
        session.flush()

        assert run(session, job, n_blocks=4).state is JobState.DONE
        assert found(session, call) == {pair for pair, block in blocks.items() if block >= n_finished}


def test_questions_keep_their_block_when_others_come_and_go(session, call, now):
    model = make_model(session)
    asked = [make_question(session, call) for _ in range(12)]
    for question in asked:
        make_vector(session, question, model, [1, 0, 0, 0])

    def blocks():
        (group,) = compare.questions_of_call(session, call_id=call.id, model_id=model.id, n_blocks=4)
        assert group.block.tolist() == sorted(group.block.tolist())
        return dict(zip(group.ids, group.block.tolist(), strict=True))

    before = blocks()
    make_vector(session, make_question(session, call), model, [1, 0, 0, 0])
    asked.pop(0).state = QuestionState.WITHDRAWN
    session.flush()
    after = blocks()

    assert all(after[question.id] == before[question.id] for question in asked)


def test_vectors_are_read_as_they_were_kept(session, call):
    model = make_model(session)
    make_vector(session, make_question(session, call), model, [0.6, -0.8, 0, 0])

    (group,) = compare.questions_of_call(session, call_id=call.id, model_id=model.id, n_blocks=1)

    np.testing.assert_allclose(group.vectors, [[0.6, -0.8, 0, 0]], atol=1e-3)


def test_other_languages_are_compared_by_words_in_the_job(session, call, now):
    same = ("كيف نشأت مياه القمر؟", "كيف نشأت مياه القمر في القطب؟")
    for title in (*same, "هل توجد حياة على المريخ؟"):
        make_question(session, call, title=title, goal_overview="", language="ar")
    make_question(session, call, title=same[0], goal_overview="", language="fa")

    run(session, start(session, call, now))

    assert found(session, call) == {frozenset(same)}
    assert set(session.scalars(sa.select(DuplicatePair.method))) == {Method.WORDS}


def make_crowd(session, call, model, *, n=30):
    """Questions of which the first ten are near each other and the rest in random directions."""
    random = np.random.default_rng(5)
    for at in range(n):
        vector = [1, 0.05 * at, 0, 0] if at < 10 else random.normal(size=4)
        make_vector(session, make_question(session, call), model, vector)
    return compare.questions_of_call(session, call_id=call.id, model_id=model.id, n_blocks=1)


def test_one_random_pair_from_below_stands_behind_every_nine_suggestions(session, call, now):
    model = make_model(session)
    groups = make_crowd(session, call, model)
    asked = [make_question(session, call) for _ in range(46)]
    for at, other in enumerate(asked[1:]):
        make_pair(session, asked[0], other, model=model, probability=0.95 - at / 100)
    draw = dict(method=Method.MEANING, call_id=call.id, model_id=model.id, now=now)

    assert audits.draw_audits(session, groups, seed=1, **draw) == 5

    drawn = sa.select(DuplicatePair).where(DuplicatePair.is_audit)
    first = list(session.scalars(drawn))
    assert sorted(round(pair.place, 2) for pair in first) == [0.51, 0.6, 0.69, 0.78, 0.87]
    assert all(pair.cosine < 0.54 and pair.probability < 0.2 for pair in first)
    assert all(pair.features["stands_for"] >= 1 for pair in first)
    pairs_of = {(pair.left_id, pair.right_id) for pair in first}
    for seed, is_same in ((1, True), (2, False)):
        audits.draw_audits(session, groups, seed=seed, **draw)
        again = {(pair.left_id, pair.right_id) for pair in session.scalars(drawn)}
        assert (len(again), again == pairs_of) == (5, is_same)


def test_audits_come_from_every_layer_and_stand_for_all_pairs_of_it(session, call):
    (group,) = make_crowd(session, call, make_model(session))
    n_pairs = len(group.ids) * (len(group.ids) - 1) // 2
    left, right = np.triu_indices(len(group.ids), k=1)
    cosine = group.cosine(left, right)

    drawn = audits.random_pairs([group], np.random.default_rng(1), below=0.5, n=10)

    assert len({(left, right) for _, left, right, _, _ in drawn}) == 10
    layers = [int(min(max(cosine / 0.1, 0), 4)) for _, _, _, cosine, _ in drawn]
    assert sorted(layers) == sorted([0, 1, 2, 3, 4] * 2)
    assert sum(each for *_, each in drawn) == pytest.approx((cosine < 0.5).sum(), abs=0.1)
    assert (cosine < 0.5).sum() < n_pairs


def test_no_audit_is_drawn_where_nothing_is_below(session, call):
    model = make_model(session)
    for _ in range(3):
        make_vector(session, make_question(session, call), model, [1, 0, 0, 0])
    groups = compare.questions_of_call(session, call_id=call.id, model_id=model.id, n_blocks=1)

    assert audits.random_pairs(groups, np.random.default_rng(1), below=0.5, n=3) == []
    assert audits.random_pairs([], np.random.default_rng(1), below=0.5, n=3) == []


def test_job_drops_what_is_no_longer_near_and_draws_groups(session, call, now):
    questions = [make_question(session, call, title=title, goal_overview="") for title in TITLES]
    model = make_model(session, name=BUNDLED_NAME, width=384)
    stale_id = make_pair(session, questions[0], questions[2], model=model).id
    verdict = dict(verdict=Verdict.DIFFERENT, decided_at=now)
    decided_id = make_pair(session, questions[0], questions[4], model=model, **verdict).id

    assert run(session, start(session, call, now)).state is JobState.DONE

    ids = set(session.scalars(sa.select(DuplicatePair.id)))
    assert (stale_id in ids, decided_id in ids) == (False, True)
    grouped = session.execute(sa.select(DuplicateGroup.question_id, DuplicateGroup.canonical_id)).all()
    assert {questions[0].id, questions[1].id} <= {question_id for question_id, _ in grouped}


def test_a_new_question_costs_as_many_statements_among_few_and_many(session, now, count_statements):
    counts = []
    for n in (3, 40):
        call, model = make_call(session), make_model(session, name=f"of {n}")
        asked = [make_question(session, call) for _ in range(n)]
        for question in asked:
            make_vector(session, question, model, [1, 0.1, 0, 0])
        what = dict(question_id=asked[0].id, model_id=model.id, now=now)
        duplicates.suggest_pairs_of(session, **what)
        before = len(count_statements)
        assert duplicates.suggest_pairs_of(session, **what) == min(n - 1, suggest.MOST_NEIGHBOURS)
        counts.append(len(count_statements) - before)

    assert counts[0] == counts[1] <= 18
