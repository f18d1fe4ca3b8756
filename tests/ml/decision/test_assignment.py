from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.assignment import Caps, InfeasibleAssignment, assign_panelists
from ml.decision.assignment_flow import SOLVERS

# OR-Tools documentation, "Solving an Assignment Problem": cost of each of five workers for four tasks.
OR_TOOLS_COST = np.array(
    [[90, 80, 75, 70], [35, 85, 55, 65], [125, 95, 90, 95], [45, 110, 95, 115], [50, 100, 90, 100]]
)
OR_TOOLS_TOTAL = 265


def assignments(demand, min_load, max_load, forbidden, pinned, caps):
    """Every assignment there is, as a mask."""
    n_questions, n_panelists = forbidden.shape
    for team in product(*(combinations(range(n_panelists), seats) for seats in demand)):
        chosen = np.zeros(forbidden.shape, dtype=bool)
        for question, panelists in enumerate(team):
            chosen[question, list(panelists)] = True
        load = chosen.sum(axis=0)
        kept = (min_load <= load).all() and (load <= max_load).all()
        if kept and not (chosen & forbidden).any() and not (pinned & ~chosen).any() and within(caps, chosen, pinned):
            yield chosen


def within(caps, chosen, pinned):
    """Whether no group gives more than its cap, or more than was pinned where that is beyond it."""
    for question, (row, fixed) in enumerate(zip(chosen, pinned, strict=True)):
        groups = {}
        for panelist in np.flatnonzero(row):
            side = bool(caps.home[question, panelist]) if caps.most_home is not None else None
            region = int(caps.region[panelist]) if caps.most_per_region is not None else None
            institution = int(caps.institution[panelist])
            if side:
                groups.setdefault(("side",), []).append(panelist)
            if caps.most_per_region is not None:
                groups.setdefault(("region", side, region), []).append(panelist)
            if caps.most_per_institution is not None:
                groups.setdefault(("institution", side, region, institution), []).append(panelist)
        for (level, *_), members in groups.items():
            most = {
                "side": caps.most_home[question] if caps.most_home is not None else None,
                "region": caps.most_per_region,
                "institution": caps.most_per_institution,
            }[level]
            if len(members) > max(most, fixed[members].sum()):
                return False
    return True


def best_of(affinity, floor, pinned, **limits):
    """Floor and total of the best assignment by looking at each, or None. The floor is -inf where not asked for."""
    values = [
        (affinity[chosen & ~pinned].min(initial=np.inf) if floor else -np.inf, affinity[chosen].sum())
        for chosen in assignments(pinned=pinned, **limits)
    ]
    if not values:
        return None
    highest = max(lowest for lowest, _ in values)
    return highest, max(total for lowest, total in values if lowest == highest)


@st.composite
def panels(draw):
    n_questions, n_panelists = draw(st.integers(1, 4)), draw(st.integers(1, 4))

    def table(element):
        cells = draw(st.lists(element, min_size=n_questions * n_panelists, max_size=n_questions * n_panelists))
        return np.array(cells).reshape(n_questions, n_panelists)

    def column(size, highest):
        return np.array(draw(st.lists(st.integers(0, highest), min_size=size, max_size=size)), dtype=int)

    forbidden = table(st.integers(0, 4)) == 0
    min_load = column(n_panelists, 2)
    return {
        "affinity": table(st.integers(-20, 100)) / 7.0,
        "demand": column(n_questions, min(3, n_panelists)),
        "min_load": min_load,
        "max_load": min_load + column(n_panelists, 3),
        "forbidden": forbidden,
        "pinned": (table(st.integers(0, 9)) == 0) & ~forbidden,
        "caps": Caps(
            home=table(st.booleans()),
            region=column(n_panelists, 1),
            institution=column(n_panelists, 1),
            most_home=column(n_questions, 3) if draw(st.booleans()) else None,
            most_per_region=draw(st.none() | st.integers(0, 2)),
            most_per_institution=draw(st.none() | st.integers(0, 2)),
        ),
        "floor": draw(st.booleans()),
    }


def is_overpinned(panel):
    too_many = panel["pinned"].sum(axis=1) > panel["demand"]
    return too_many.any() or (panel["pinned"].sum(axis=0) > panel["max_load"]).any()


@pytest.fixture(params=SOLVERS)
def solver(request):
    return request.param


@settings(max_examples=300, deadline=None)
@given(panels(), st.sampled_from(SOLVERS))
def test_floor_and_total_are_those_of_brute_force_or_the_shortage_is_explained(panel, solver):
    if is_overpinned(panel):
        with pytest.raises(ValueError):
            assign_panelists(**panel)
        return
    best = best_of(**panel)
    if best is None:
        with pytest.raises(InfeasibleAssignment) as refusal:
            assign_panelists(**panel, solver=solver)
        shortage = refusal.value.shortage
        assert shortage.unfilled_seats > 0 or shortage.unfilled_minimum > 0
        assert (shortage.unfilled_seats > 0) == (len(shortage.competing_question) > 0)
        assert shortage.unfilled_seats >= max([shortage.seats_over_load, *shortage.scarce_by])
        assert shortage.unfilled_minimum >= max([shortage.minimum_over_demand, *shortage.idle_by])
        return
    result = assign_panelists(**panel, solver=solver)
    highest, total = best
    assert result.total_affinity == pytest.approx(total, abs=1e-6)
    assert result.total_affinity == pytest.approx(panel["affinity"][result.question, result.panelist].sum())
    if panel["floor"] and np.isfinite(highest):
        assert result.floor == highest


@settings(max_examples=150, deadline=None)
@given(panels(), st.sampled_from(SOLVERS))
def test_every_limit_is_kept(panel, solver):
    if is_overpinned(panel) or best_of(**panel) is None:
        return
    result = assign_panelists(**panel, solver=solver)
    chosen = np.zeros(panel["forbidden"].shape, dtype=int)
    np.add.at(chosen, (result.question, result.panelist), 1)

    assert chosen.max(initial=0) <= 1
    assert not (chosen * panel["forbidden"]).any()
    assert (chosen[panel["pinned"]] == 1).all()
    np.testing.assert_array_equal(chosen.sum(axis=1), panel["demand"])
    np.testing.assert_array_equal(chosen.sum(axis=0), result.load)
    assert (panel["min_load"] <= result.load).all() and (result.load <= panel["max_load"]).all()
    assert within(panel["caps"], chosen.astype(bool), panel["pinned"])


def test_or_tools_published_assignment():
    result = assign_panelists(
        affinity=-OR_TOOLS_COST.T.astype(float),
        demand=np.ones(4, dtype=int),
        min_load=np.zeros(5, dtype=int),
        max_load=np.ones(5, dtype=int),
        forbidden=np.zeros((4, 5), dtype=bool),
        floor=False,
    )

    assert result.total_affinity == -OR_TOOLS_TOTAL
    assert dict(zip(result.question.tolist(), result.panelist.tolist(), strict=True)) == {
        3: 0,
        2: 1,
        1: 2,
        0: 3,
    }


def test_a_larger_panel_is_solved_whole_and_alike_twice():
    random = np.random.default_rng(0)
    panel = {
        "affinity": random.normal(size=(200, 20)),
        "demand": np.full(200, 3),
        "min_load": np.full(20, 24),
        "max_load": np.full(20, 36),
        "forbidden": random.random((200, 20)) < 0.05,
    }
    result, again = assign_panelists(**panel), assign_panelists(**panel)

    assert len(result.question) == 600
    assert result.load.min() >= 24 and result.load.max() <= 36
    assert result.question.tobytes() + result.panelist.tobytes() == again.question.tobytes() + again.panelist.tobytes()


def test_a_scarce_question_and_an_overfull_panel_are_named():
    forbidden = np.zeros((3, 3), dtype=bool)
    forbidden[1, 1:] = True
    with pytest.raises(InfeasibleAssignment) as refusal:
        assign_panelists(
            affinity=np.ones((3, 3)),
            demand=np.array([2, 3, 2]),
            min_load=np.zeros(3, dtype=int),
            max_load=np.array([2, 2, 1]),
            forbidden=forbidden,
        )
    shortage = refusal.value.shortage

    assert shortage.seats_over_load == 2
    assert (shortage.scarce_question.tolist(), shortage.scarce_by.tolist()) == ([1], [2])
    assert shortage.unfilled_seats == 2
    assert 1 in shortage.competing_question


def test_questions_that_compete_for_one_panelist_are_found():
    forbidden = np.ones((3, 4), dtype=bool)
    forbidden[:2, 0] = False
    forbidden[2, 1:] = False
    with pytest.raises(InfeasibleAssignment) as refusal:
        assign_panelists(
            affinity=np.zeros((3, 4)),
            demand=np.ones(3, dtype=int),
            min_load=np.zeros(4, dtype=int),
            max_load=np.ones(4, dtype=int),
            forbidden=forbidden,
        )
    shortage = refusal.value.shortage

    assert len(shortage.scarce_question) == 0 and shortage.seats_over_load == 0
    assert shortage.unfilled_seats == 1
    assert shortage.competing_question.tolist() == [0, 1]
    assert shortage.unfilled_minimum == 0


def test_an_idle_panelist_is_named():
    with pytest.raises(InfeasibleAssignment) as refusal:
        assign_panelists(
            affinity=np.zeros((2, 2)),
            demand=np.array([1, 1]),
            min_load=np.array([0, 2]),
            max_load=np.array([2, 2]),
            forbidden=np.array([[False, False], [False, True]]),
        )
    shortage = refusal.value.shortage

    assert (shortage.idle_panelist.tolist(), shortage.idle_by.tolist()) == ([1], [1])
    assert (shortage.unfilled_minimum, shortage.competing_panelist.tolist()) == (1, [1])
    assert shortage.unfilled_seats == 0


@pytest.mark.parametrize(
    "change",
    [
        {"demand": np.array([1])},
        {"affinity": np.array([[1.0, np.inf], [1.0, 1.0]])},
        {"min_load": np.array([3, 0])},
        {"pinned": np.array([[True, False], [False, False]])},
    ],
)
def test_input_that_makes_no_sense_is_refused(change):
    sound = {
        "affinity": np.ones((2, 2)),
        "demand": np.array([1, 1]),
        "min_load": np.zeros(2, dtype=int),
        "max_load": np.full(2, 2),
        "forbidden": np.array([[True, False], [False, False]]),
    }
    with pytest.raises(ValueError):
        assign_panelists(**{**sound, **change})
