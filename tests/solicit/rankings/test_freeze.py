"""Freezing a ranking, and proving later that nothing was changed."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_panels import add_submission, force_state, make_read_question
from builders_rankings import Judged

from solicit.audit.models import AuditEvent
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.errors import Closed, NotFound, Refused
from solicit.panels.models import Assignment, Round
from solicit.panels.service import conflicts
from solicit.panels.service import review as reviews
from solicit.panels.states import Confidence, RoundState
from solicit.people.models import Person
from solicit.provenance import digest
from solicit.rankings.models import RankingRun
from solicit.rankings.service import freeze, verify
from solicit.rankings.service.compute import compute, result_digest
from solicit.rankings.states import NOTE_WORDS, TOO_FEW_PANELISTS, Evidence


def test_a_frozen_ranking_tells_order_bands_and_method(session):
    judged = Judged(session)
    judged.score_all()
    run_id = judged.freeze()
    rows = judged.rows(run_id)
    assert [row.question_id for row in rows] == [question.id for question in reversed(judged.questions)]
    assert [row.position for row in rows] == [1, 2, 3, 4, 5, 6]
    assert all(row.evidence is Evidence.RANKED and row.n_ratings == 5 for row in rows)
    assert all(row.low <= row.mean <= row.high for row in rows)
    assert rows[0].place_first == 1 and rows[-1].place_last == 6
    run = session.get_one(RankingRun, run_id)
    assert (run.seed, run.parameters["k"]["space"], run.parameters["weights"]["importance"]) == (7, 2, 50)
    assert set(run.versions) == {"python", "numpy", "scipy", "solicit"}
    assert set(run.variances) == {"question", "panelist", "residual"}
    assert session.get_one(Round, judged.round_id).state is RoundState.FROZEN
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "freeze")).one()
    assert event.details["result"] == run.result_digest.hex()


def test_a_run_verifies_and_every_tampering_shows(session):
    judged = Judged(session)
    judged.score_all()
    run_id = judged.freeze()
    assert verify(session, run_id).holds
    row = judged.rows(run_id)[0]
    row.mean += 1e-9
    session.flush()
    assert not verify(session, run_id).rows_match
    row.mean -= 1e-9
    run = session.get_one(RankingRun, run_id)
    run.inputs = run.inputs | {"ratings": run.inputs["ratings"][:-1]}
    session.flush()
    assert not verify(session, run_id).inputs_match
    assert not verify(session, run_id).result_matches


def test_verifying_an_unknown_run_is_missing(session):
    with pytest.raises(NotFound):
        verify(session, 999_999)


def test_the_same_inputs_give_the_same_bytes_and_another_seed_others(session):
    judged = Judged(session)
    judged.score_all()
    inputs = session.get_one(RankingRun, judged.freeze()).inputs
    first = compute(inputs)
    assert result_digest(first.rows, inputs) == result_digest(compute(inputs).rows, inputs)
    other = compute(inputs | {"seed": 8})
    assert digest(inputs) != digest(inputs | {"seed": 8})
    assert result_digest(other.rows, inputs) != result_digest(first.rows, inputs)


def test_ids_decide_nothing(session):
    judged = Judged(session)
    judged.score_all()
    inputs = session.get_one(RankingRun, judged.freeze()).inputs
    shifted = [question | {"id": 10_000 - question["id"]} for question in inputs["questions"]]
    panelists = {n: 4 - n for n in range(5)}
    ratings = [[question, panelists[panelist], scores] for question, panelist, scores in inputs["ratings"]]
    again = compute(inputs | {"questions": shifted, "ratings": sorted(ratings, key=lambda row: row[:2])})
    for before, after in zip(compute(inputs).rows, again.rows, strict=True):
        assert replace(after, question_id=before.question_id) == before


def test_later_changes_leave_a_frozen_run_alone(session):
    judged = Judged(session)
    judged.score_all()
    run_id = judged.freeze()
    add_submission(session, judged.questions[0], authors=(judged.people[0],))
    conflicts.confirm_own_conflicts(session, call_id=judged.call.id, now=utcnow())
    judged.questions[1].title = "Another wording"
    session.flush()
    assert verify(session, run_id).holds
    assert "Another wording" not in {row.title for row in judged.rows(run_id)}


@pytest.mark.parametrize("state", ["draft", "open", "frozen"])
def test_only_a_closed_round_is_frozen(session, state):
    judged = Judged(session)
    judged.score_all()
    force_state(session, judged.round_id, state)
    with pytest.raises(Closed):
        freeze(session, call=judged.call, round_id=judged.round_id, seed=1, actor_id=None, now=utcnow())
    assert session.scalar(sa.select(sa.func.count()).select_from(RankingRun)) == 0


def test_one_rated_question_is_nothing_to_rank(session):
    judged = Judged(session)
    for n_person in range(3):
        judged.score(n_person, 0, 4)
    judged.score(0, 1, [None] * 3, confidence=Confidence.OUTSIDE)
    with pytest.raises(Refused, match="Fewer than two"):
        judged.freeze()


def test_fewer_than_three_ratings_are_no_rank_and_come_last(session):
    judged = Judged(session)
    judged.score_all()
    weak, empty = (make_read_question(session, judged.call) for _ in range(2))
    judged.questions += [weak, empty]
    judged.score(0, 6, 5)
    judged.score(1, 6, 5)
    judged.score(2, 6, [None] * 3, confidence=Confidence.OUTSIDE)
    run_id = judged.freeze()
    rows = {row.question_id: row for row in judged.rows(run_id)}
    assert {rows[weak.id].position, rows[empty.id].position} == {7, 8}
    for question, n_ratings, n_outside in ((weak, 2, 1), (empty, 0, 0)):
        row = rows[question.id]
        assert (row.evidence, row.n_ratings, row.n_outside) == (Evidence.INSUFFICIENT, n_ratings, n_outside)
        assert row.band is row.place_first is row.place_last is None
    assert rows[empty.id].plain_mean is None and rows[weak.id].plain_mean == 5.0
    notes = session.get_one(RankingRun, run_id).notes
    assert "promising_without_evidence" in notes


def test_the_composite_weighs_the_criteria(session):
    judged = Judged(session, n_questions=2, n_panelists=3)
    for n_person in range(3):
        judged.score(n_person, 0, [5, 1, 1])
        judged.score(n_person, 1, [1, 5, 1])
    rows = {row.question_id: row for row in judged.rows(judged.freeze())}
    assert rows[judged.questions[0].id].plain_mean == pytest.approx((5 * 50 + 30 + 20) / 100)
    assert rows[judged.questions[1].id].plain_mean == pytest.approx((50 + 5 * 30 + 20) / 100)


def test_less_than_half_of_the_weight_is_no_rating(session):
    judged = Judged(session)
    judged.score_all()
    inputs = session.get_one(RankingRun, judged.freeze()).inputs
    question, panelist, _ = inputs["ratings"][0]
    for scores, counted in (([4, None, None], 5), ([None, 4, None], 4), ([None, 4, 4], 5)):
        ratings = [[question, panelist, scores], *inputs["ratings"][1:]]
        row = compute(inputs | {"ratings": ratings}).rows[question]
        assert row.n_ratings == counted, scores


def test_places_are_at_most_a_third_at_most_announced_at_least_one(session):
    for n_questions, n_places, k in ((2, 10, 1), (7, 10, 2), (9, 2, 2)):
        judged = Judged(session, n_questions=n_questions, n_panelists=3, n_places=n_places)
        judged.score_all()
        assert session.get_one(RankingRun, judged.freeze()).parameters["k"]["space"] == k


def test_abstained_voided_and_conflicted_reviews_do_not_count(session):
    judged = Judged(session)
    judged.score_all()
    first = session.scalars(
        sa.select(Assignment).where(Assignment.question_id == judged.questions[0].id).order_by(Assignment.person_id)
    ).all()
    reviews.abstain(session, assignment_id=first[0].id, person_id=first[0].person_id, reason="Late", now=utcnow())
    conflicts.declare_conflict(
        session, assignment_id=first[1].id, person_id=first[1].person_id, reason="My group", now=utcnow()
    )
    # This one never became a conflict on paper: the merge that made them an author came later.
    author = session.get_one(Person, first[2].person_id)
    add_submission(session, judged.questions[0], authors=(author,))
    rows = {row.question_id: row for row in judged.rows(judged.freeze())}
    assert rows[judged.questions[0].id].n_ratings == 2
    assert rows[judged.questions[1].id].n_ratings == 5


def test_only_questions_of_the_kind_and_in_scope_are_ranked(session):
    judged = Judged(session)
    judged.score_all()
    make_read_question(session, judged.call, kind=Kind.PLAN)
    make_read_question(session, make_call(session))
    assert len(judged.rows(judged.freeze())) == 6


def test_a_tiny_panel_is_ranked_and_says_so(session):
    judged = Judged(session, n_questions=4, n_panelists=2)
    for n_question, value in enumerate((2, 3, 4, 5)):
        for n_person in range(2):
            judged.score(n_person, n_question, value)
    run = session.get_one(RankingRun, judged.freeze())
    assert {NOTE_WORDS[key] for key in run.notes} >= {TOO_FEW_PANELISTS}
    assert run.variances["panelist"] == 0.0
    assert verify(session, run.id).holds


def test_a_disconnected_design_is_ranked_in_parts_and_says_so(session):
    judged = Judged(session, n_questions=8, n_panelists=6)
    for people, questions in ((range(3), range(4)), (range(3, 6), range(4, 8))):
        for n_person in people:
            for n_question in questions:
                judged.score(n_person, n_question, 1 + n_question % 4 + (n_person % 3 == 0) * (n_question % 4 < 2))
    run_id = judged.freeze()
    rows = judged.rows(run_id)
    assert "disconnected_design" in session.get_one(RankingRun, run_id).notes
    parts = [row.component for row in rows]
    assert parts == sorted(parts) and len(set(parts)) == 2
    for part in set(parts):
        places = [(row.place_first, row.place_last) for row in rows if row.component == part]
        assert places[0][0] == 1 and places[-1][1] == 4
    first_half = {question.id for question in judged.questions[:4]}
    assert len({row.component for row in rows if row.question_id in first_half}) == 1


def test_every_theme_has_its_own_places(session):
    judged = Judged(session, n_questions=3)
    judged.questions += [make_read_question(session, judged.call, theme="life") for _ in range(3)]
    judged.score_all()
    rows = judged.rows(judged.freeze())
    for key in ("space", "life"):
        of_theme = [row for row in rows if row.theme_id == judged.call.theme(key).id]
        assert [row.position for row in of_theme] == [1, 2, 3]
        assert of_theme[0].place_first == 1


def test_two_questions_of_one_wording_are_both_ranked(session):
    judged = Judged(session)
    judged.questions[1].text_digest = judged.questions[0].text_digest
    session.flush()
    judged.score_all()
    run_id = judged.freeze()
    assert len(judged.rows(run_id)) == 6 and verify(session, run_id).holds
