from datetime import timedelta

import pytest
from builders import make_call, make_organizer, make_person
from builders_invitations import (
    make_authors,
    make_candidates,
    make_double,
    make_nomination,
    make_ranked_question,
    make_ranked_run,
    make_ranking_row,
)
from hypothesis import given
from hypothesis import strategies as st

from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.invitations.models import CandidateWish, StatementScore, SubregionBand, TravelBand
from solicit.invitations.queries.candidates import candidate_pool
from solicit.invitations.queries.pool.accounts import Account
from solicit.invitations.queries.pool.unite import Decision, unite
from solicit.invitations.states import Attendance, Basis, DoubleState, NominationSource, Wish
from solicit.people.states import Career
from solicit.rankings.states import Evidence


@pytest.fixture
def call(session):
    return make_call(session, n_places=1)


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


def test_question_in_two_runs_counts_once_and_best_three_over_all(session, call, run):
    other = make_ranked_run(session, call)
    ana = make_person(session)
    both = make_ranked_question(session, call, run, p_top_k=0.5, people=[ana])
    again = dict(run_id=other.id, question_id=both.id, p_top_k=0.8)
    make_ranking_row(session, both, **again)
    for theme, p in (("life", 0.7), ("nature", 0.6), ("station", 0.1)):
        make_ranked_question(session, call, other, p_top_k=p, people=[ana], theme_key=theme)
    (found,) = candidate_pool(session, call=call, run_ids=[run.id, other.id]).candidates
    assert (found.merit, len(found.question_ids)) == (210, 4)


def test_plan_is_worth_what_a_question_is(session, call):
    plans = make_ranked_run(session, call, kind=Kind.PLAN)
    ana, ben = make_person(session), make_person(session)
    make_ranked_question(session, call, plans, p_top_k=0.8, people=[ana, ben], kind=Kind.PLAN)
    assert by_person(session, call, plans)[ana.id].merit == 40


def test_closed_account_with_a_wish_is_no_candidate(session, call, run):
    ana = make_person(session, active=False)
    make_ranked_question(session, call, run, p_top_k=0.9, people=[ana])
    wish(session, call, ana, Wish.IN_PERSON)
    assert by_person(session, call, run) == {}


@pytest.mark.parametrize(("said", "is_candidate"), [(Wish.NOT, False), (Wish.ONLINE, True), (None, True)])
def test_what_a_person_wishes_counts(session, call, run, said, is_candidate):
    ana = make_person(session)
    make_ranked_question(session, call, run, p_top_k=0.9, people=[ana])
    wish(session, call, ana, said)
    found = by_person(session, call, run)
    assert (ana.id in found) is is_candidate
    if said is Wish.ONLINE:
        assert (found[ana.id].attendance, found[ana.id].cost_cents) == (Attendance.ONLINE, 10_000)


def wish(session, call, person, said, *, at=None, **values):
    session.add(CandidateWish(call_id=call.id, person_id=person.id, wish=said, changed_at=at or utcnow(), **values))
    session.flush()


ORCID = "0000-0002-1825-0097"


def test_two_accounts_with_one_orcid_are_one_candidate(session, call, run):
    one, two, ben = make_person(session, orcid=ORCID), make_person(session, orcid=ORCID), make_person(session)
    shared = make_ranked_question(session, call, run, p_top_k=0.9, people=[one, two, ben])
    own = make_ranked_question(session, call, run, p_top_k=0.4, people=[two], theme_key="life")
    found = by_person(session, call, run)
    assert set(found) == {two.id, ben.id}
    united = found[two.id]
    assert united.question_ids == (shared.id, own.id)
    assert united.n_authors == (2, 1)
    assert united.merit == round(100 * (0.9 / 2 + 0.4))
    assert (united.also_ids, united.shares_orcid) == ((one.id,), True)
    assert candidate_pool(session, call=call, run_ids=[run.id]).person_ids == {one.id, two.id, ben.id}


def test_ties_between_accounts_go_to_the_lowest(session, call, run):
    one, two = make_person(session, orcid=ORCID), make_person(session, orcid=ORCID)
    make_ranked_question(session, call, run, p_top_k=0.9, people=[two, one])
    assert set(by_person(session, call, run)) == {one.id}


def test_accounts_decided_to_be_two_people_stay_two(session, call, run):
    one, two, three = (make_person(session, orcid=ORCID) for _ in range(3))
    make_ranked_question(session, call, run, p_top_k=0.9, people=[one, two, three])
    decide(session, call, one, two, DoubleState.DIFFERENT)
    found = by_person(session, call, run)
    assert {number: candidate.also_ids for number, candidate in found.items()} == {one.id: (three.id,), two.id: ()}


def test_accounts_decided_to_be_one_person_are_one(session, call, run):
    one, two = make_person(session), make_person(session, country=None)
    make_ranked_question(session, call, run, p_top_k=0.2, people=[one])
    make_ranked_question(session, call, run, p_top_k=0.9, people=[two], theme_key="life")
    decide(session, call, one, two, DoubleState.SAME)
    (found,) = by_person(session, call, run).values()
    assert (found.person_id, found.also_ids, found.merit, found.country) == (two.id, (one.id,), 110, "KE")
    assert not found.shares_orcid


def test_suspicion_alone_unites_nobody(session, call, run):
    one, two = make_person(session), make_person(session)
    make_ranked_question(session, call, run, p_top_k=0.9, people=[one, two])
    make_double(session, call, one, two)
    assert len(by_person(session, call, run)) == 2


def test_a_typed_orcid_takes_nobody_out(session, call, run):
    """Whoever types the iD of somebody else and says no speaks for their own account alone."""
    ana, thief = make_person(session, orcid=ORCID), make_person(session, orcid=ORCID)
    make_ranked_question(session, call, run, p_top_k=0.9, people=[ana])
    make_ranked_question(session, call, run, p_top_k=0.5, people=[thief], theme_key="life")
    wish(session, call, thief, Wish.NOT)
    (found,) = by_person(session, call, run).values()
    assert (found.person_id, found.merit, found.also_ids) == (ana.id, 90, ())


def test_the_last_word_of_one_person_counts(session, call, run):
    one, two = make_person(session), make_person(session)
    make_ranked_question(session, call, run, p_top_k=0.9, people=[one, two])
    decide(session, call, one, two, DoubleState.SAME)
    wish(session, call, one, Wish.IN_PERSON, at=utcnow() - timedelta(days=1))
    wish(session, call, two, Wish.NOT)
    assert by_person(session, call, run) == {}


def test_proposed_account_and_author_are_one_person(session, call, run):
    one, two = make_person(session, orcid=ORCID), make_person(session, orcid=ORCID)
    make_authors(session, call, make_ranked_question(session, call, run, p_top_k=0.9), [one], willing=False)
    make_nomination(session, call, person_id=two.id)
    (found,) = by_person(session, call, run).values()
    assert (found.person_id, found.merit, found.basis, found.also_ids) == (one.id, 90, Basis.QUESTIONS, (two.id,))
    assert found.sources == (NominationSource.ORGANIZER,)


def test_best_of_several_statements_counts(session, call, run):
    ana = make_person(session)
    for values in ((90, 90), (40, 50, 60), (70, 70, 71)):
        nomination = make_nomination(session, call, person_id=ana.id, proposer=make_organizer(session, call))
        for value in values:
            score(session, call, nomination, value)
    found = by_person(session, call, run)[ana.id]
    assert (found.merit, found.basis, found.n_scores) == (70, Basis.STATEMENT, 3)


def decide(session, call, one, two, state):
    make_double(session, call, one, two, state=state, reason="I asked them.", decided_at=utcnow())


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.booleans()), max_size=12), st.randoms())
def test_uniting_is_a_partition_that_keeps_apart_what_is_apart(pairs, chance):
    accounts = [account(number, orcid=chance.choice(["A", "B", None])) for number in range(8)]
    decisions = {tuple(sorted((a, b))): same for a, b, same in pairs if a != b}
    given_ = [Decision(a, b, same) for (a, b), same in sorted(decisions.items())]
    groups = unite(accounts, given_)
    assert all(number in group and groups[other] == group for number, group in groups.items() for other in group)
    assert not any({a, b} <= groups[a] for (a, b), same in decisions.items() if not same)
    chance.shuffle(accounts)
    assert unite(accounts, given_) == groups


def account(number, **values):
    names = ("country", "career", "wish", "wished_at", "gender")
    defaults = dict.fromkeys(names) | dict(name="A", orcid=None, institution="", is_active=True, is_young=False)
    return Account(person_id=number, **defaults | values)


@pytest.mark.parametrize("n", [1, 3])
def test_pool_costs_three_statements(session, call, run, n, count_statements):
    make_candidates(session, call, run, n=n)
    count_statements.clear()
    candidate_pool(session, call=call, run_ids=[run.id])
    assert len(count_statements) == 3
