"""A ranking of a whole series: second readings, comparisons and ballots count together, and nobody is named."""

import pytest
import sqlalchemy as sa
from builders import make_organizer
from builders_panels import ask, force_state, make_later_round, make_read_question, rate
from builders_rankings import Judged

from solicit.clock import utcnow
from solicit.errors import Closed, Conflict, Refused
from solicit.jobs.models import Job, JobNote
from solicit.jobs.service import start_job
from solicit.jobs.states import JobState
from solicit.panels.models import Ballot, BallotPlace, Comparison, Round
from solicit.panels.states import Activity, BallotState, ComparisonState, Preference, RoundState
from solicit.rankings import tasks
from solicit.rankings.models import RankingRun
from solicit.rankings.service import verify
from solicit.rankings.service.compute import compute
from solicit.rankings.service.freeze import collect_closed, store_frozen
from solicit.rankings.states import RatingModel


def compare(judged, round_id: int, n_person: int, left: int, right: int, preference=Preference.LEFT) -> None:
    judged.session.add(
        Comparison(
            round_id=round_id,
            theme_id=judged.call.theme("space").id,
            person_id=judged.people[n_person].id,
            left_id=judged.questions[left].id,
            right_id=judged.questions[right].id,
            batch=1,
            state=ComparisonState.JUDGED,
            preference=preference,
            offered_at=utcnow(),
            judged_at=utcnow(),
        )
    )
    judged.session.flush()


def order(judged, round_id: int, n_person: int, *questions: int) -> None:
    ballot = Ballot(
        round_id=round_id,
        theme_id=judged.call.theme("space").id,
        person_id=judged.people[n_person].id,
        state=BallotState.SUBMITTED,
        saved_at=utcnow(),
        submitted_at=utcnow(),
    )
    judged.session.add(ballot)
    judged.session.flush()
    judged.session.add_all(
        BallotPlace(ballot_id=ballot.id, question_id=judged.questions[n].id, place=place)
        for place, n in enumerate(questions, 1)
    )
    judged.session.flush()


@pytest.fixture
def judged(session) -> Judged:
    judged = Judged(session)
    judged.score_all()
    return judged


def inputs_of(session, run_id: int) -> dict:
    return session.get_one(RankingRun, run_id).inputs


def test_comparisons_and_ballots_move_a_question(session, judged):
    pairs = make_later_round(session, judged.round_id, Activity.COMPARING, judged.questions)
    ballots = make_later_round(session, judged.round_id, Activity.BALLOT, judged.questions)
    for n_person in range(5):
        for better in range(1, 6):
            compare(judged, pairs, n_person, 0, better)
        order(judged, ballots, n_person, 0, 5, 4)
    for round_id in (pairs, ballots):
        force_state(session, round_id, "closed")
    run_id = judged.freeze()
    rows = {row.question_id: row for row in judged.rows(run_id)}
    first = rows[judged.questions[0].id]
    assert (first.n_ratings, first.n_comparisons, first.n_ballots) == (5, 25, 5)
    assert (first.place_by_ratings, first.place_by_comparisons, first.place_by_ballots) == (6, 1, 1)
    assert first.position < 6 and first.place_best is not None
    run = session.get_one(RankingRun, run_id)
    assert (run.rating_model, run.parameters["n_comparisons"], run.parameters["n_ballots"]) == (
        RatingModel.ROBUST,
        25,
        5,
    )
    assert verify(session, run_id).holds
    assert {session.get_one(Round, id_).state for id_ in (pairs, ballots, judged.round_id)} == {RoundState.FROZEN}


def test_the_latest_rating_of_a_series_counts(session, judged):
    again = make_later_round(session, judged.round_id, Activity.SCORING, judged.questions[:1])
    session.execute(
        sa.text(
            "INSERT INTO criterion (round_id, key, position, name, question, low, high, weight) "
            "SELECT :again, key, 10 - position, name, question, low, high, weight FROM criterion "
            "WHERE round_id = :first"
        ),
        {"again": again, "first": judged.round_id},
    )
    rate(session, ask(session, again, judged.panel, judged.people[0], judged.questions[0]), [5, 3, 1])
    force_state(session, again, "closed")
    inputs = inputs_of(session, judged.freeze())
    index = [question["id"] for question in inputs["questions"]].index(judged.questions[0].id)
    given = [scores for question, _, scores in inputs["ratings"] if question == index]
    # The later round lists its criteria the other way round.
    assert [1, 3, 5] in given and len(given) == 5 and len(inputs["ratings"]) == 30


def test_inputs_name_nobody(session, judged):
    inputs = inputs_of(session, judged.freeze())
    assert {panelist for _, panelist, _ in inputs["ratings"]} == set(range(5))
    assert len(set(inputs["panelists"])) == 5 and all(len(key) == 36 for key in inputs["panelists"])
    assert all(person.full_name not in str(inputs) for person in judged.people)


@pytest.mark.parametrize(
    ("countries", "groups"),
    [
        (("FR", "FR", "FR", "JP", "JP", "JP"), ["Eastern Asia", "Western Europe"]),
        (("FR", "FR", "FR", "JP", "JP", None), ["Western Europe", "others"]),
        (("FR", "FR", "FR", "JP", "JP", "JP", "KE"), ["Western Europe", "others"]),
        (("FR", "JP", "KE", None), ["others"]),
    ],
)
def test_small_groups_join_the_others(session, countries, groups):
    judged = Judged(session, n_panelists=len(countries), n_questions=3)
    for person, country in zip(judged.people, countries, strict=True):
        person.country = country
    judged.score_all()
    inputs = inputs_of(session, judged.freeze())
    assert inputs["groups"] == groups
    assert all(inputs["group_of_panelist"].count(n) >= 3 for n in range(len(groups)))


def test_a_series_with_an_open_round_is_not_frozen(session, judged):
    make_later_round(session, judged.round_id, Activity.COMPARING, judged.questions)
    with pytest.raises(Closed):
        judged.freeze()


def test_a_promising_question_without_evidence_stops_a_staged_round(session, judged):
    weak = make_read_question(session, judged.call)
    judged.questions.append(weak)
    judged.score(0, 6, 5)
    session.get_one(Round, judged.round_id).is_staged = True
    with pytest.raises(Refused) as refused:
        judged.freeze()
    assert f"Q-{weak.number}" in refused.value.params["labels"]
    session.get_one(Round, judged.round_id).is_staged = False
    assert judged.freeze()


def test_the_job_names_what_lacks_ratings(session, judged):
    weak = make_read_question(session, judged.call)
    judged.questions.append(weak)
    judged.score(0, 6, 5)
    session.get_one(Round, judged.round_id).is_staged = True
    job = started(session, judged)
    assert job.state is JobState.FAILED and "too few ratings" in job.problem
    assert f"Q-{weak.number}" in session.scalars(sa.select(JobNote.params)).one()["labels"]


def test_the_job_names_nothing_that_a_reader_is_in_conflict_with(session, judged):
    weak = make_read_question(session, judged.call, authors=(make_organizer(session, judged.call),))
    judged.questions.append(weak)
    judged.score(0, 6, 5)
    session.get_one(Round, judged.round_id).is_staged = True
    assert started(session, judged).state is JobState.FAILED
    assert session.scalars(sa.select(JobNote.params)).one()["labels"] == "–"


def test_what_changes_while_it_is_computed_is_not_frozen(session, judged):
    force_state(session, judged.round_id, "closed")
    asked = dict(call=judged.call, round_id=judged.round_id)
    inputs = collect_closed(session, seed=7, **asked)
    computed = compute(inputs)
    make_read_question(session, judged.call)
    with pytest.raises(Conflict):
        store_frozen(session, inputs=inputs, computed=computed, actor_id=None, now=utcnow(), **asked)


def started(session, judged) -> Job:
    force_state(session, judged.round_id, "closed")
    organizer = make_organizer(session, judged.call)
    given = dict(call_slug=judged.call.slug, round_id=judged.round_id, actor_id=organizer.id)
    job_id = start_job(
        session, kind=tasks.FREEZE, task=tasks.FREEZE, call_id=judged.call.id, n_steps=tasks.N_STEPS,
        started_by_id=organizer.id, now=utcnow(), **given,
    )  # fmt: skip
    tasks.freeze_ranking(job_id=job_id, **given)
    return session.get_one(Job, job_id, populate_existing=True)


def test_a_job_that_is_taken_up_twice_freezes_once(session, judged):
    job = started(session, judged)
    assert job.state is JobState.DONE
    tasks.freeze_ranking(job_id=job.id, **job.arguments)
    assert session.scalar(sa.select(sa.func.count()).select_from(RankingRun)) == 1
    assert session.get_one(Job, job.id, populate_existing=True).state is JobState.DONE


def test_a_worker_that_dies_before_it_writes_leaves_nothing_and_the_next_one_finishes(session, judged, monkeypatch):
    def dies(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(tasks, "store_frozen", dies)
        started(session, judged)
    job = session.scalars(sa.select(Job)).one()
    assert session.scalar(sa.select(sa.func.count()).select_from(RankingRun)) == 0
    tasks.freeze_ranking(job_id=job.id, **job.arguments)
    assert session.get_one(Job, job.id, populate_existing=True).state is JobState.DONE
    assert session.scalar(sa.select(sa.func.count()).select_from(RankingRun)) == 1
