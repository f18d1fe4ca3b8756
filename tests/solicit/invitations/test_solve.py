"""The pure part: values in, values out."""

import random
from dataclasses import replace

import pytest

from solicit.errors import Refused
from solicit.invitations.queries.candidates import Candidate, CandidatePool, RankedQuestion
from solicit.invitations.queries.costs import CostRates
from solicit.invitations.queries.limits import Limits, Pin, QuotaLimit
from solicit.invitations.queries.stored import StoredSelection
from solicit.invitations.service.limits import check_limits
from solicit.invitations.service.selecting.explain import choice_of, reason_of, reserve_of, to_explain, worth_of_limits
from solicit.invitations.service.selecting.problem import in_tie_order, pose
from solicit.invitations.service.selecting.solve import Solved, solve
from solicit.invitations.states import Basis, Outcome, QuotaField, Rule
from solicit.people.states import Career

RATES = CostRates("CN", "USD", 10_000, 5, 0, 0, 5_000, (100_000,) * 7, {}, True)
REGIONS = (("KE", "Sub-Saharan Africa"), ("FR", "Western Europe"), ("CN", "Eastern Asia"))


def make_candidate(number, merit, *, place=0, cost=150_000, questions=()):
    country, region = REGIONS[place]
    return Candidate(
        person_id=number,
        name=f"Person {number}",
        merit=merit,
        basis=Basis.QUESTIONS,
        cost_cents=cost,
        country=country,
        region=region,
        career=Career.STUDENT if number % 2 else Career.RESEARCHER,
        theme_keys=("space",) if number % 2 else ("life",),
        question_ids=questions,
    )


def make_pool(candidates, values=()):
    questions = tuple(RankedQuestion(n, f"Q-{n}", 1, "space", None, 0.5, value) for n, value in enumerate(values, 1))
    return CandidatePool((1,), "salt", (b"digest",), RATES, questions, tuple(candidates))


def limits(seats=2, budget=1_000_000, quotas=(), pins=()):
    return Limits(seats, budget, quotas=tuple(quotas), pins=tuple(pins))


def solved_from(pool, wanted) -> Solved:
    return solve(pose(pool, wanted))


def choice_from(pool, wanted):
    """What is stored of a solved selection, in numbers again."""
    found = solved_from(pool, wanted)
    stored = StoredSelection(
        id=1,
        pool=pool,
        limits=wanted,
        kept=frozenset(),
        chosen=found.chosen,
        outcome=found.outcome,
        is_proven=found.is_proven,
        gap=found.gap,
        input_digest=b"",
        result_digest=b"",
        explanation={},
        n_draws=0,
    )
    return choice_of(stored)


FOUR = (make_candidate(1, 90), make_candidate(2, 80), make_candidate(3, 70, place=1), make_candidate(4, 60, place=2))


def test_best_merit_wins():
    solved = solved_from(make_pool(FOUR), limits())
    assert (solved.outcome, solved.is_proven, solved.chosen) == (Outcome.OPTIMAL, True, {1, 2})
    assert (solved.merit_total, solved.coverage_total, solved.cost_total_cents) == (170, 0, 300_000)


def test_covering_another_question_counts():
    two_of_one = (make_candidate(1, 50, questions=(1,)), make_candidate(2, 49, questions=(1,)))
    pool = make_pool((*two_of_one, make_candidate(3, 40, questions=(2,))), values=(30, 30))
    solved = solved_from(pool, limits())
    assert (solved.chosen, solved.merit_total, solved.coverage_total) == ({1, 3}, 90, 60)


def test_budget_is_kept():
    pool = make_pool((make_candidate(1, 90, cost=500_000), make_candidate(2, 50), make_candidate(3, 45)))
    assert solved_from(pool, limits(budget=400_000)).chosen == {2, 3}


def test_hard_quota_has_a_price():
    quota = QuotaLimit(QuotaField.REGION, "Eastern Asia", 1, 2)
    worth = worth_of_limits(choice_from(make_pool(FOUR), limits(quotas=[quota])))
    assert (worth["value"], worth["value_without_quotas"], worth["more_cents"]) == (150, 170, 500_000)
    prices = {(price["name"], price["widened_by"]): price for price in worth["prices"]}
    assert prices["region:Eastern Asia", None] | {"kept": 0} == {
        "name": "region:Eastern Asia",
        "widened_by": None,
        "gained": 20,
        "saved": 0,
        "kept": 0,
        "enters": [2],
        "leaves": [4],
    }
    assert (prices["seats", 1]["gained"], prices["seats", 1]["enters"]) == (80, [2])
    assert prices["budget", 500_000]["gained"] == 0


def test_soft_quota_is_missed_only_where_it_cannot_hold():
    quota = QuotaLimit(QuotaField.COUNTRY, "CN", 2, 2, price=10)
    solved = solved_from(make_pool(FOUR), limits(quotas=[quota]))
    assert solved.outcome is Outcome.OPTIMAL
    assert solved.chosen == {1, 4}
    assert solved.explanation["shortfall"] == {"country:CN": 1}


def test_reasons_name_price_replacement_and_what_would_change_them():
    choice = choice_from(make_pool(FOUR), limits())
    first, last = reason_of(choice, 1), reason_of(choice, 4)
    assert (first["price"], first["leaves"], first["enters"], first["substitutes"]) == (20, [], [3], [3])
    assert (last["price"], last["leaves"], last["enters"], last["merit_gain"]) == (20, [2], [], 21)
    assert "substitutes" not in last


def test_everybody_chosen_and_the_best_left_out_are_explained():
    people = [make_candidate(number, 100 - number) for number in range(1, 51)]
    wanted = limits(budget=10**8, pins=[Pin(3, Rule.NEVER, "Asked not to")])
    assert sorted(to_explain(choice_from(make_pool(people), wanted))) == [1, 2, *range(4, 44)]


def test_reserve_is_in_the_order_of_merit():
    people = [make_candidate(number, 100 - number) for number in range(1, 9)]
    wanted = limits(budget=10**8, pins=[Pin(3, Rule.NEVER, "Asked not to")])
    assert reserve_of(choice_from(make_pool(people), wanted)) == [4, 5, 6, 7, 8]
    assert reserve_of(choice_from(make_pool(people[:3]), wanted)) == []


def test_whom_to_keep_is_kept_whatever_they_are_worth():
    assert solve(pose(make_pool(FOUR), limits(), kept=frozenset({4}))).chosen == {1, 4}


def test_answers_are_pins():
    pins = [Pin(4, Rule.ACCEPTED, ""), Pin(1, Rule.OUT, "")]
    assert solved_from(make_pool(FOUR), limits(pins=pins)).chosen == {2, 4}


def test_pins_are_kept():
    pins = [Pin(4, Rule.ALWAYS, "Host"), Pin(1, Rule.NEVER, "Asked not to")]
    solved = solved_from(make_pool(FOUR), limits(pins=pins))
    assert solved.chosen == {2, 4}


def test_too_many_pins_are_explained():
    pins = [Pin(number, Rule.ALWAYS, "Host") for number in (1, 2, 3)]
    solved = solved_from(make_pool(FOUR), limits(pins=pins))
    assert (solved.outcome, solved.is_proven, solved.chosen) == (Outcome.INFEASIBLE, True, frozenset())
    assert solved.explanation == {"conflict": ["always", "seats"], "repair": {"seats": 1}}


def test_clashing_quotas_are_named_with_the_smallest_repair():
    quotas = [QuotaLimit(QuotaField.CAREER, "student", 2, 2), QuotaLimit(QuotaField.THEME, "life", 1, 2)]
    solved = solved_from(make_pool(FOUR), limits(quotas=quotas))
    assert set(solved.explanation["conflict"]) == {"seats", "career:student", "theme:life"}
    assert sum(map(abs, solved.explanation["repair"].values())) == 1


def test_any_order_and_any_run_give_the_same_bytes():
    people = [make_candidate(number, 50 + number % 3, place=number % 3) for number in range(1, 25)]
    quotas = [QuotaLimit(QuotaField.REGION, region, 1, 3) for _, region in REGIONS]
    wanted = limits(seats=6, quotas=quotas)
    first = solved_from(make_pool(people), wanted)
    for seed in range(3):
        random.Random(seed).shuffle(people)
        shuffled = replace(wanted, quotas=tuple(random.Random(seed).sample(quotas, 3)))
        assert solved_from(make_pool(people), shuffled) == first


def test_equal_candidates_are_told_apart_by_the_salt():
    people = [make_candidate(number, 50) for number in range(1, 21)]
    pools = [replace(make_pool(people), salt=salt) for salt in ("a", "b")]
    chosen = [solved_from(pool, limits(seats=5)).chosen for pool in pools]
    assert chosen[0] == {candidate.person_id for candidate in in_tie_order(pools[0])[:5]}
    assert chosen[0] != chosen[1]


def test_another_input_has_another_digest():
    digests = {
        pose(make_pool(FOUR), limits()).input_digest,
        pose(make_pool(FOUR), limits(seats=3)).input_digest,
        pose(make_pool(FOUR), limits(), kept=frozenset({1})).input_digest,
        pose(make_pool(FOUR[:3]), limits()).input_digest,
        pose(replace(make_pool(FOUR), salt="other"), limits()).input_digest,
    }
    assert len(digests) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        limits(seats=0),
        limits(budget=-1),
        limits(quotas=[QuotaLimit(QuotaField.THEME, "life", 2, 1)]),
        limits(quotas=[QuotaLimit(QuotaField.THEME, "life", 0, 1)] * 2),
    ],
)
def test_senseless_limits_are_refused(wrong):
    with pytest.raises(Refused):
        check_limits(wrong)
