"""Selections on published data: knapsacks with known optima, and pools of volunteers with quotas."""

from dataclasses import replace

import pytest

from benchmarks.conferences import EXAMPLE_SMALL, POOLS, SORTITION, pool_problem
from ml.decision.selection import PROVEN, select_candidates
from ml.decision.selection_conflict import cheapest_repair, smallest_conflict
from ml.decision.selection_model import InfeasibleSelection
from ml.decision.selection_problem import BUDGET, SEATS, broken_hard_limits
from tests.ml.decision.selection_oracle import without

# J. Burkardt, KNAPSACK_01, https://people.sc.fsu.edu/~jburkardt/datasets/knapsack_01/ (P07 and P08 after Kreher and
# Stinson 1999, Combinatorial algorithms): capacity, weights, profits, the optimal set, its profit.
KNAPSACKS = {
    "P01": (165, "23 31 29 44 53 38 63 85 89 82", "92 57 49 68 60 43 67 84 87 72", "1111010000", 309),
    "P02": (26, "12 7 11 8 9", "24 13 23 15 16", "01110", 51),
    "P03": (190, "56 59 80 64 75 17", "50 50 64 46 50 5", "110010", 150),
    "P04": (50, "31 10 20 19 4 3 6", "70 20 39 37 7 5 10", "1001000", 107),
    "P05": (104, "25 35 45 5 25 3 2 2", "350 400 450 20 70 8 5 5", "10111011", 900),
    "P06": (170, "41 50 49 59 55 57 60", "442 525 511 593 546 564 617", "0101001", 1735),
    "P07": (
        750,
        "70 73 77 80 82 87 90 94 98 106 110 113 115 118 120",
        "135 139 149 150 156 163 173 184 192 201 210 214 221 229 240",
        "101010111000011",
        1458,
    ),
    "P08": (
        6_404_180,
        "382745 799601 909247 729069 467902 44328 34610 698150 823460 903959 853665 551830 610856 670702 488960 "
        "951111 323046 446298 931161 31385 496951 264724 224916 169684",
        "825594 1677009 1676628 1523970 943972 97426 69666 1296457 1679693 1902996 1844992 1049289 1252836 1319836 "
        "953277 2067538 675367 853655 1826027 65731 901489 577243 466257 369261",
        "110111000110100100000111",
        13_549_094,
    ),
}


@pytest.mark.parametrize("name", KNAPSACKS)
def test_a_published_knapsack_is_packed_as_published(name, small_problem):
    capacity, weights, profits, packed, profit = KNAPSACKS[name]
    problem = small_problem(
        [int(one) for one in profits.split()], cost=[int(one) for one in weights.split()], budget=capacity
    )
    selection = select_candidates(problem)

    assert "".join("01"[int(one)] for one in selection.chosen) == packed
    assert selection.merit_total == profit and selection.mip_gap == 0


REGIONS = (
    "Central Scotland",
    "Glasgow",
    "Highlands and Islands",
    "Lothian",
    "Mid Scotland and Fife",
    "North East Scotland",
    "South Scotland",
    "West Scotland",
)


@pytest.fixture(params=[SORTITION, EXAMPLE_SMALL], ids=lambda pool: pool.name)
def pool(request):
    return problem_of(request.param)


def problem_of(pool):
    if not (POOLS / pool.people).exists():
        pytest.skip("the public pools of ../shared/data/E_selection are not beside the repository")
    return pool_problem(pool)


def asked_for(problem, minimum):
    """The problem with other minimums for the named quotas."""
    quotas = [
        replace(quota, minimum=minimum[quota.name], maximum=max(quota.maximum, minimum[quota.name]))
        if quota.name in minimum
        else quota
        for quota in problem.quotas
    ]
    return replace(problem, quotas=tuple(quotas))


def test_every_published_quota_of_a_pool_is_met(pool):
    selection = select_candidates(pool)

    assert selection.status == PROVEN and selection.mip_gap == 0
    assert selection.chosen.sum() == pool.seats
    for quota in pool.quotas:
        assert quota.minimum <= (quota.members & selection.chosen).sum() <= quota.maximum
    assert broken_hard_limits(pool, selection.chosen) == []


def test_the_sizes_are_the_published_ones():
    small, sortition = problem_of(EXAMPLE_SMALL), problem_of(SORTITION)
    statistics = POOLS / "citizensassemblies/reference_output/example_small_20_statistics.txt"
    published = dict(line.split(":", 1) for line in statistics.read_text().splitlines() if ":" in line)

    assert int(published["pool size n"]) == small.n_candidates == 200
    assert int(published["panel size k"]) == small.seats == 20
    assert len(small.quotas) == 5
    assert (sortition.n_candidates, sortition.seats, len(sortition.quotas)) == (150, 22, 21)


@pytest.mark.parametrize(
    ("pool", "asked", "conflict", "repair"),
    [
        (
            EXAMPLE_SMALL,
            {"gender: female": 12},
            ("all seats", "gender: female", "gender: male"),
            {"gender: male": -1},
        ),
        # All 100 men are conservative and all but one of the women liberal.
        (
            EXAMPLE_SMALL,
            {"leaning: liberal": 13, "gender: male": 11},
            ("all seats", "leaning: liberal", "leaning: conservative"),
            {"leaning: liberal": -4},
        ),
        (
            SORTITION,
            {"geo_bucket: Glasgow": 4},
            ("all seats", *(f"geo_bucket: {region}" for region in REGIONS)),
            {"geo_bucket: West Scotland": -1},
        ),
        (
            SORTITION,
            {"Gender: Non-binary or other": 3},
            ("Gender: Non-binary or other",),
            {"Gender: Non-binary or other": -3},
        ),
    ],
)
def test_impossible_quotas_of_a_pool_are_explained(pool, asked, conflict, repair):
    problem = asked_for(problem_of(pool), asked)
    with pytest.raises(InfeasibleSelection):
        select_candidates(problem)
    others = {SEATS, BUDGET, *(quota.name for quota in problem.quotas)} - set(conflict)

    assert smallest_conflict(problem) == conflict
    for name in conflict:
        assert select_candidates(without(problem, others | {name})).status == PROVEN
    assert cheapest_repair(problem) == repair
    lowered = {quota.name: quota.minimum + repair.get(quota.name, 0) for quota in problem.quotas}
    assert select_candidates(asked_for(problem, lowered)).status == PROVEN
