import pytest
from builders import make_call, make_organizer, make_person
from builders_invitations import (
    make_authors,
    make_candidates,
    make_nomination,
    make_ranked_question,
    make_ranked_run,
)

from solicit.clock import utcnow
from solicit.invitations.models import StatementScore, SubregionBand, TravelBand
from solicit.invitations.queries.candidates import candidate_pool
from solicit.invitations.states import Basis
from solicit.people.states import Career
from solicit.rankings.states import Evidence


@pytest.fixture
def call(session):
    return make_call(session, n_places=1)


@pytest.fixture
def run(session, call):
    return make_ranked_run(session, call)


def by_person(session, call, run):
    pool = candidate_pool(session, call=call, run_ids=[run.id])
    return {candidate.person_id: candidate for candidate in pool.candidates}


def test_merit_is_the_best_three_shares(session, call, run):
    ana, ben = make_person(session, career=Career.ENGINEER), make_person(session)
    for theme, p in (("space", 0.9), ("life", 0.5), ("nature", 0.4), ("station", 0.1)):
        make_ranked_question(session, call, run, p_top_k=p, people=[ana], theme_key=theme)
    make_ranked_question(session, call, run, p_top_k=0.61, people=[ana, ben], theme_key="station")
    found = by_person(session, call, run)
    assert found[ana.id].merit == round(100 * (0.9 + 0.5 + 0.4))
    assert found[ben.id].merit == round(100 * 0.61 / 2)
    assert found[ana.id].career is Career.ENGINEER
    assert found[ana.id].theme_keys == ("life", "nature", "space", "station")
    assert found[ana.id].basis is Basis.QUESTIONS


def test_author_of_several_submissions_counts_once(session, call, run):
    ana, ben = make_person(session), make_person(session)
    question = make_ranked_question(session, call, run, p_top_k=0.8, people=[ana, ben])
    make_authors(session, call, question, [ana])
    found = by_person(session, call, run)
    assert found[ana.id].merit == 40
    assert found[ana.id].question_ids == (question.id,)


def test_candidates_stop_after_three_times_the_places(session, call, run):
    people = [make_person(session) for _ in range(5)]
    for place, person in enumerate(people, 1):
        make_ranked_question(session, call, run, p_top_k=0.9, people=[person], position=place)
    assert set(by_person(session, call, run)) == {person.id for person in people[:3]}


def test_places_come_from_the_run(session, call):
    run = make_ranked_run(session, call, parameters={"k": {"space": 2}})
    for place in range(1, 8):
        make_ranked_question(session, call, run, p_top_k=0.5, people=[make_person(session)], position=place)
    pool = candidate_pool(session, call=call, run_ids=[run.id])
    assert len(pool.questions) == 6
    assert [question.value for question in pool.questions] == [50, 50, 0, 0, 0, 0]


def test_unranked_question_makes_no_candidate(session, call, run):
    values = dict(evidence=Evidence.INSUFFICIENT, place_first=None, place_last=None, band=None, n_ratings=2)
    make_ranked_question(session, call, run, p_top_k=0.9, people=[make_person(session)], **values)
    assert by_person(session, call, run) == {}


@pytest.mark.parametrize("flags", [dict(willing=False), dict(confirmed=False)])
def test_unwilling_or_unconfirmed_author_is_no_candidate(session, call, run, flags):
    ana = make_person(session)
    question = make_ranked_question(session, call, run, p_top_k=0.9)
    make_authors(session, call, question, [ana], **flags)
    assert by_person(session, call, run) == {}


def test_closed_account_is_no_candidate(session, call, run):
    make_ranked_question(session, call, run, p_top_k=0.9, people=[make_person(session, active=False)])
    assert by_person(session, call, run) == {}


def test_consent_to_a_nomination_makes_an_author_willing(session, call, run):
    ana = make_person(session)
    question = make_ranked_question(session, call, run, p_top_k=0.9)
    make_authors(session, call, question, [ana], willing=False)
    make_nomination(session, call, person_id=ana.id)
    assert by_person(session, call, run)[ana.id].merit == 90


def test_nominee_waits_for_three_scores(session, call, run):
    nomination = make_nomination(session, call)
    make_nomination(session, call, consented=False)
    for value in (60, 71):
        score(session, call, nomination, value)
    waiting = by_person(session, call, run)
    assert set(waiting) == {nomination.person_id}
    assert (waiting[nomination.person_id].merit, waiting[nomination.person_id].basis) == (0, Basis.WAITING)
    score(session, call, nomination, 80)
    scored = by_person(session, call, run)[nomination.person_id]
    assert (scored.merit, scored.basis) == (70, Basis.STATEMENT)


def score(session, call, nomination, value):
    organizer = make_organizer(session, call)
    session.add(StatementScore(nomination_id=nomination.id, organizer_id=organizer.id, value=value, scored_at=utcnow()))
    session.flush()


# Stay, visa and insurance by the defaults.
AROUND = 5 * 18_000 + 14_000 + 6_000


def test_journey_costs_what_the_table_says(session, call, run):
    make_candidates(session, call, run, n=1, country="KE")
    session.add(SubregionBand(call_id=call.id, subregion="Sub-Saharan Africa", band=3))
    session.add(TravelBand(call_id=call.id, band=3, amount_cents=123_400))
    session.flush()
    (candidate,) = candidate_pool(session, call=call, run_ids=[run.id]).candidates
    assert (candidate.region, candidate.cost_cents) == ("Sub-Saharan Africa", 123_400 + AROUND)


def test_unknown_country_travels_at_the_highest_price(session, call, run):
    make_candidates(session, call, run, n=1, country=None)
    (candidate,) = candidate_pool(session, call=call, run_ids=[run.id]).candidates
    assert (candidate.region, candidate.cost_cents) == ("", 230_000 + AROUND)


def test_run_of_another_call_is_missing(session, call, run):
    assert candidate_pool(session, call=make_call(session), run_ids=[run.id]) is None
    assert candidate_pool(session, call=call, run_ids=[2**62]) is None


@pytest.mark.parametrize("n", [1, 3])
def test_pool_costs_seven_statements(session, call, run, n, count_statements):
    make_candidates(session, call, run, n=n)
    count_statements.clear()
    candidate_pool(session, call=call, run_ids=[run.id])
    assert len(count_statements) == 7
