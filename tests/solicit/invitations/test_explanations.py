"""The second job: every reason, the reserve, the prices and the stability, each piece stored at once."""

import numpy as np
import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person
from builders_invitations import make_authors, make_candidates, make_selection
from builders_rankings import Judged, plain_inputs

from solicit.calls.queries import call_facts
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.errors import NotFound
from solicit.invitations.models import Selection, SelectionCandidate
from solicit.invitations.queries.limits import Limits
from solicit.invitations.service.selecting import reasons
from solicit.invitations.service.selecting.stability import runs_to_draw, top_k_of_draws
from solicit.invitations.tasks import explanations as tasks
from solicit.jobs.models import Job
from solicit.jobs.service import stop_job
from solicit.jobs.states import JobState
from solicit.rankings.models import RankingRow, RankingRun

LIMITS = Limits(seats=2, budget_cents=2_000_000)


@pytest.fixture
def call(session):
    return make_call(session, n_places=10)


@pytest.fixture
def people(session, call, run):
    return make_candidates(session, call, run, n=5)


@pytest.fixture
def ada(session, call):
    return make_organizer(session, call)


@pytest.fixture
def selection_id(session, call, run, people, ada):
    run.inputs = plain_inputs(session, run)
    return make_selection(session, call, run, proposer=ada, limits=LIMITS)


def explain(session, call, selection_id, ada) -> Job:
    job_id = reasons.start_explaining(session, call=call, selection_id=selection_id, actor_id=ada.id, now=utcnow())
    tasks.explain(job_id=job_id, call_slug=call.slug, selection_id=selection_id)
    return session.get(Job, job_id, populate_existing=True)


def rows_of(session, selection_id) -> list[SelectionCandidate]:
    of_selection = sa.select(SelectionCandidate).where(SelectionCandidate.selection_id == selection_id)
    in_order = of_selection.order_by(SelectionCandidate.merit.desc())
    return list(session.scalars(in_order, execution_options={"populate_existing": True}))


def test_job_explains_everything(session, call, people, selection_id, ada):
    job = explain(session, call, selection_id, ada)
    assert (job.state, job.result_path) == (JobState.DONE, f"/{call.slug}/organize/invite/{selection_id}")
    selection = session.get(Selection, selection_id, populate_existing=True)
    assert selection.explained_at is not None
    assert (selection.n_draws, selection.explanation["n_reserve"]) == (60, 3)
    rows = rows_of(session, selection_id)
    assert [row.why["price"] for row in rows] == [40, 20, 20, 40, 60]
    assert [row.why.get("substitutes") for row in rows] == [[people[2].id], [people[2].id], None, None, None]
    assert [row.reserve_place for row in rows] == [None, None, 1, 2, 3]
    assert all(0 <= row.draw_share <= 1 for row in rows)
    assert sum(row.draw_share for row in rows) == pytest.approx(2)
    seat = next(price for price in selection.explanation["prices"] if price["name"] == "seats" and price["widened_by"])
    assert (seat["gained"], seat["enters"]) == (140, [people[2].id])


def test_what_is_explained_is_not_solved_again(session, call, people, selection_id, ada):
    known = {"price": 7, "extra_breach": 0, "leaves": [], "enters": []}
    reasons.keep_reason(session, selection_id=selection_id, person_id=people[0].id, reason=known)
    reasons.keep_worth(session, selection_id=selection_id, worth={"prices": ["kept"]})
    explain(session, call, selection_id, ada)
    assert rows_of(session, selection_id)[0].why == known
    assert session.get(Selection, selection_id).explanation["prices"] == ["kept"]


def test_stopped_job_leaves_what_is_done_and_another_goes_on(session, call, people, selection_id, ada):
    job_id = reasons.start_explaining(session, call=call, selection_id=selection_id, actor_id=ada.id, now=utcnow())
    stop_job(session, job_id=job_id, now=utcnow())
    tasks.explain(job_id=job_id, call_slug=call.slug, selection_id=selection_id)
    assert session.get(Selection, selection_id).explained_at is None
    assert explain(session, call, selection_id, ada).state is JobState.DONE
    assert session.get(Selection, selection_id, populate_existing=True).explained_at is not None


def test_one_job_explains_every_selection(session, call, run, people, selection_id, ada):
    second = make_selection(session, call, run, proposer=ada, limits=LIMITS)
    job_id = reasons.start_explaining(session, call=call, selection_id=selection_id, actor_id=ada.id, now=utcnow())
    again = reasons.start_explaining(session, call=call, selection_id=second, actor_id=ada.id, now=utcnow())
    assert again == job_id
    tasks.explain(job_id=job_id, call_slug=call.slug, selection_id=selection_id)
    unexplained = sa.select(sa.func.count()).where(Selection.explained_at.is_(None))
    assert session.scalar(unexplained.select_from(Selection)) == 0


def test_repeated_explanations_are_the_same_bytes(session, call, run, people, selection_id, ada):
    explain(session, call, selection_id, ada)
    second = make_selection(session, call, run, proposer=ada, limits=LIMITS)
    explain(session, call, second, ada)
    told = [
        [(row.person_id, row.why, row.draw_share, row.reserve_place) for row in rows_of(session, number)]
        for number in (selection_id, second)
    ]
    assert told[0] == told[1]


def test_run_that_keeps_no_votes_has_no_stability(session, call, run, people, ada):
    selection_id = make_selection(session, call, run, proposer=ada, limits=LIMITS)
    assert explain(session, call, selection_id, ada).state is JobState.DONE
    assert {row.draw_share for row in rows_of(session, selection_id)} == {None}
    assert session.get(Selection, selection_id, populate_existing=True).n_draws == 0


def test_reason_of_one_more_person_is_given_when_asked(session, call, people, selection_id, ada):
    asked = dict(call=call, selection_id=selection_id, actor_id=ada.id, now=utcnow())
    assert reasons.ask_why(session, person_id=people[4].id, **asked) is None
    assert session.get(SelectionCandidate, (selection_id, people[4].id)).why["price"] == 60
    with pytest.raises(NotFound):
        reasons.ask_why(session, person_id=ada.id, **asked)


def test_reason_that_takes_long_is_a_job(session, call, people, selection_id, ada, monkeypatch):
    explain(session, call, selection_id, ada)
    monkeypatch.setattr(reasons, "SOLVED_AT_ONCE", 1)
    reasons.keep_reason(session, selection_id=selection_id, person_id=people[4].id, reason={})
    asked = dict(call=call, selection_id=selection_id, actor_id=ada.id, now=utcnow())
    job_id = reasons.ask_why(session, person_id=people[4].id, **asked)
    assert session.get(Selection, selection_id).explained_at is None
    tasks.explain(job_id=job_id, call_slug=call.slug, selection_id=selection_id)
    assert rows_of(session, selection_id)[4].why["price"] == 60


@pytest.fixture
def judged(session) -> Judged:
    judged = Judged(session, state=CallState.CLOSED)
    judged.score_all()
    judged.run_id = judged.freeze()
    return judged


def test_draws_say_what_the_ranking_says(session, judged):
    (cells,) = runs_to_draw(session, call=judged.call, run_ids=[judged.run_id]).values()
    shares = top_k_of_draws(cells, n_draws=None).mean(axis=0)
    rows = session.execute(sa.select(RankingRow.question_id, RankingRow.p_top_k)).all()
    p_top_k = dict((row.question_id, row.p_top_k) for row in rows)
    assert shares == pytest.approx(np.array([p_top_k[number] for number in cells.question_ids]), abs=1e-9)


def test_candidates_of_a_real_ranking_are_chosen_in_their_share_of_the_draws(session, judged):
    call = call_facts(session, slug=judged.call.slug)
    ada = make_organizer(session, call)
    people = [make_person(session) for _ in judged.questions]
    for person, question in zip(people, judged.questions, strict=True):
        make_authors(session, call, question, [person])
    run = session.get(RankingRun, judged.run_id)
    selection_id = make_selection(session, call, run, proposer=ada, limits=LIMITS)
    explain(session, call, selection_id, ada)
    rows = {row.person_id: row for row in rows_of(session, selection_id)}
    mine = [rows[person.id] for person in people]
    assert sum(row.draw_share for row in rows.values()) == pytest.approx(2)
    assert min(row.draw_share for row in mine if row.is_chosen) >= max(
        row.draw_share for row in mine if not row.is_chosen
    )
