"""The pure part: values in, values out."""

import random
from dataclasses import replace

import pytest

from solicit.errors import Refused
from solicit.invitations.queries.candidates import Candidate, CandidatePool, RankedQuestion
from solicit.invitations.queries.costs import CostRates
from solicit.invitations.queries.limits import Limits, Pin, QuotaLimit, limits_as_json, limits_from_json
from solicit.invitations.service.limits import check_limits
from solicit.invitations.service.solve import in_tie_order, n_steps, solve
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


def silent(step, doing):
    pass


def limits(seats=2, budget=1_000_000, quotas=(), pins=()):
    return Limits(seats, budget, quotas=tuple(quotas), pins=tuple(pins))


FOUR = (make_candidate(1, 90), make_candidate(2, 80), make_candidate(3, 70, place=1), make_candidate(4, 60, place=2))


def test_best_merit_wins():
    solved = solve(make_pool(FOUR), limits(), report=silent)
    assert (solved.outcome, solved.is_proven, solved.chosen) == (Outcome.OPTIMAL, True, {1, 2})
    assert (solved.merit_total, solved.coverage_total, solved.cost_total_cents) == (170, 0, 300_000)


def test_covering_another_question_counts():
    two_of_one = (make_candidate(1, 50, questions=(1,)), make_candidate(2, 49, questions=(1,)))
    pool = make_pool((*two_of_one, make_candidate(3, 40, questions=(2,))), values=(30, 30))
    solved = solve(pool, limits(), report=silent)
    assert (solved.chosen, solved.merit_total, solved.coverage_total) == ({1, 3}, 90, 60)


def test_budget_is_kept():
    pool = make_pool((make_candidate(1, 90, cost=500_000), make_candidate(2, 50), make_candidate(3, 45)))
    assert solve(pool, limits(budget=400_000), report=silent).chosen == {2, 3}


def test_hard_quota_has_a_price():
    quota = QuotaLimit(QuotaField.REGION, "Eastern Asia", 1, 2)
    solved = solve(make_pool(FOUR), limits(quotas=[quota]), report=silent)
    assert solved.chosen == {1, 4}
    assert solved.explanation["value"] == 150
    assert solved.explanation["value_without_quotas"] == 170
    assert solved.explanation["one_more_seat"] == 80
    assert solved.explanation["quotas"] == [{"name": "region:Eastern Asia", "gained": 20, "saved": 0}]


def test_soft_quota_is_missed_only_where_it_cannot_hold():
    quota = QuotaLimit(QuotaField.COUNTRY, "CN", 2, 2, price=10)
    solved = solve(make_pool(FOUR), limits(quotas=[quota]), report=silent)
    assert solved.outcome is Outcome.OPTIMAL
    assert solved.chosen == {1, 4}
    assert solved.explanation["shortfall"] == {"country:CN": 1}


def test_reasons_name_price_and_replacement():
    solved = solve(make_pool(FOUR), limits(), report=silent)
    assert solved.why[1] == {"price": 20, "extra_breach": 0, "leaves": [], "enters": [3]}
    assert solved.why[4] == {"price": 20, "extra_breach": 0, "leaves": [2], "enters": []}
    assert set(solved.why) == {1, 2, 3, 4}
    assert solved.explanation["binding"] == ["seats"]


def test_only_the_best_left_out_are_explained():
    pool = make_pool(make_candidate(number, 100 - number) for number in range(1, 31))
    solved = solve(pool, limits(budget=10**8), report=silent)
    assert solved.chosen == {1, 2}
    assert set(solved.why) == set(range(1, 18))


def test_pins_are_kept():
    pins = [Pin(4, Rule.ALWAYS, "Host"), Pin(1, Rule.NEVER, "Asked not to")]
    solved = solve(make_pool(FOUR), limits(pins=pins), report=silent)
    assert solved.chosen == {2, 4}


def test_too_many_pins_are_explained():
    pins = [Pin(number, Rule.ALWAYS, "Host") for number in (1, 2, 3)]
    solved = solve(make_pool(FOUR), limits(pins=pins), report=silent)
    assert (solved.outcome, solved.is_proven, solved.chosen) == (Outcome.INFEASIBLE, True, frozenset())
    assert solved.explanation == {"conflict": ["seats"], "repair": {"seats": 1}}


def test_clashing_quotas_are_named_with_the_smallest_repair():
    quotas = [QuotaLimit(QuotaField.CAREER, "student", 2, 2), QuotaLimit(QuotaField.THEME, "life", 1, 2)]
    solved = solve(make_pool(FOUR), limits(quotas=quotas), report=silent)
    assert set(solved.explanation["conflict"]) == {"seats", "career:student", "theme:life"}
    assert sum(map(abs, solved.explanation["repair"].values())) == 1


def test_any_order_and_any_run_give_the_same_bytes():
    people = [make_candidate(number, 50 + number % 3, place=number % 3) for number in range(1, 25)]
    quotas = [QuotaLimit(QuotaField.REGION, region, 1, 3) for _, region in REGIONS]
    wanted = limits(seats=6, quotas=quotas)
    first = solve(make_pool(people), wanted, report=silent)
    for seed in range(3):
        random.Random(seed).shuffle(people)
        shuffled = replace(wanted, quotas=tuple(random.Random(seed).sample(quotas, 3)))
        assert solve(make_pool(people), shuffled, report=silent) == first


def test_equal_candidates_are_told_apart_by_the_salt():
    people = [make_candidate(number, 50) for number in range(1, 21)]
    pools = [replace(make_pool(people), salt=salt) for salt in ("a", "b")]
    chosen = [solve(pool, limits(seats=5), report=silent).chosen for pool in pools]
    assert chosen[0] == {candidate.person_id for candidate in in_tie_order(pools[0])[:5]}
    assert chosen[0] != chosen[1]


def test_another_input_has_another_digest():
    digests = {
        solve(make_pool(FOUR), limits(), report=silent).input_digest,
        solve(make_pool(FOUR), limits(seats=3), report=silent).input_digest,
        solve(make_pool(FOUR[:3]), limits(), report=silent).input_digest,
        solve(replace(make_pool(FOUR), salt="other"), limits(), report=silent).input_digest,
    }
    assert len(digests) == 4


def test_progress_stays_within_the_announced_steps():
    steps = []
    pool = make_pool(make_candidate(number, number) for number in range(1, 31))
    solve(pool, limits(), report=lambda step, doing: steps.append(step))
    assert steps == sorted(steps)
    assert steps[-1] <= n_steps(limits(), pool)


def test_limits_survive_the_journey_through_a_job():
    wanted = limits(
        quotas=[QuotaLimit(QuotaField.THEME, "life", 1, 2, price=5)], pins=[Pin(1, Rule.NEVER, "Asked not to")]
    )
    assert limits_from_json(limits_as_json(wanted)) == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        limits(seats=0),
        limits(budget=-1),
        limits(quotas=[QuotaLimit(QuotaField.THEME, "life", 2, 1)]),
        limits(quotas=[QuotaLimit(QuotaField.THEME, "life", 0, 1)] * 2),
        limits(pins=[Pin(99, Rule.ALWAYS, "Host")]),
        limits(pins=[Pin(1, Rule.ALWAYS, "")]),
        limits(pins=[Pin(1, Rule.ALWAYS, "Host"), Pin(1, Rule.NEVER, "Host")]),
    ],
)
def test_senseless_limits_are_refused(wrong):
    with pytest.raises(Refused):
        check_limits(wrong, make_pool(FOUR))
