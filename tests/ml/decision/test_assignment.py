import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.assignment import Caps, InfeasibleAssignment, assign_panelists
from ml.decision.assignment_flow import SOLVERS
from tests.ml.decision.assignment_oracle import best_of, is_overpinned, panels, within

# OR-Tools documentation, "Solving an Assignment Problem": cost of each of five workers for four tasks.
OR_TOOLS_COST = np.array(
    [[90, 80, 75, 70], [35, 85, 55, 65], [125, 95, 90, 95], [45, 110, 95, 115], [50, 100, 90, 100]]
)
OR_TOOLS_TOTAL = 265


@settings(max_examples=300)
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


@settings(max_examples=150)
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


def test_started_work_beyond_a_cap_stays_and_takes_nobody_else():
    caps = Caps(home=np.array([[True, True, True, False]]), region=np.zeros(4, int), institution=np.zeros(4, int),
                most_home=np.array([1]))  # fmt: skip
    result = assign_panelists(
        affinity=np.array([[1.0, 2.0, 3.0, 0.0]]),
        demand=np.array([3]),
        min_load=np.zeros(4, dtype=int),
        max_load=np.ones(4, dtype=int),
        forbidden=np.zeros((1, 4), dtype=bool),
        pinned=np.array([[True, True, False, False]]),
        caps=caps,
    )

    assert result.panelist.tolist() == [0, 1, 3]


@pytest.mark.parametrize(
    "change",
    [
        {"region": np.zeros(3, int)},
        {"institution": np.array([0, -1])},
        {"most_home": np.array([1, 1])},
        {"most_per_region": -1},
    ],
)
def test_caps_that_make_no_sense_are_refused(change):
    sound = {"home": np.ones((1, 2), bool), "region": np.zeros(2, int), "institution": np.zeros(2, int)}
    with pytest.raises(ValueError):
        Caps(**{**sound, **change})
