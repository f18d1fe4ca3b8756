from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.assignment import Caps, InfeasibleAssignment, assign_panelists
from ml.decision.assignment_flow import SOLVERS
from ml.decision.assignment_shortage import Change
from tests.ml.decision.assignment_oracle import best_of, panels


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


def repaired(panel, repair):
    """The panel with its limits changed as the repair says; caps are dropped for the questions it names."""
    demand, low, high = (panel[name].copy() for name in ("demand", "min_load", "max_load"))
    demand[repair.accept_fewer.who] -= repair.accept_fewer.by
    low[repair.lower_minimum.who] -= repair.lower_minimum.by
    high[repair.raise_load.who] += repair.raise_load.by
    return {**panel, "demand": demand, "min_load": np.minimum(low, high), "max_load": high}


@settings(max_examples=200)
@given(panels(), st.sampled_from(SOLVERS))
def test_the_repair_repairs_and_nothing_in_it_is_idle(panel, solver):
    panel = panel | {"floor": False, "pinned": np.zeros_like(panel["forbidden"]), "caps": None}
    if best_of(**panel) is not None:
        return
    with pytest.raises(InfeasibleAssignment) as refusal:
        assign_panelists(**panel, solver=solver)
    repair = refusal.value.shortage.repair

    assert best_of(**repaired(panel, repair)) is not None
    for name in ("accept_fewer", "lower_minimum", "raise_load"):
        change = getattr(repair, name)
        for at in range(len(change.who)):
            by = change.by.copy()
            by[at] -= 1
            assert best_of(**repaired(panel, replace(repair, **{name: Change(change.who, by)}))) is None


def test_the_cap_in_the_way_is_named_and_loosened():
    panel = {
        "affinity": np.ones((2, 3)),
        "demand": np.array([2, 1]),
        "min_load": np.zeros(3, dtype=int),
        "max_load": np.full(3, 2),
        "forbidden": np.array([[False, False, True], [False, False, False]]),
    }
    caps = Caps(home=np.ones((2, 3), bool), region=np.zeros(3, int), institution=np.zeros(3, int),
                most_home=np.array([1, 1]))  # fmt: skip
    with pytest.raises(InfeasibleAssignment) as refusal:
        assign_panelists(**panel, caps=caps)
    shortage = refusal.value.shortage

    assert {name: who.tolist() for name, who in shortage.binding_caps.items()} == {"home": [0]}
    assert (shortage.unfilled_seats, shortage.competing_question.tolist()) == (1, [0])
    change = shortage.repair.loosen_caps["home"]
    assert (change.who.tolist(), change.by.tolist()) == ([0], [1])
    assert not any(len(c.who) for c in (shortage.repair.raise_load, shortage.repair.accept_fewer))


def test_the_full_panelist_is_named_and_their_load_raised():
    with pytest.raises(InfeasibleAssignment) as refusal:
        assign_panelists(
            affinity=np.ones((3, 2)),
            demand=np.array([1, 1, 1]),
            min_load=np.zeros(2, dtype=int),
            max_load=np.array([1, 1]),
            forbidden=np.array([[False, True], [False, True], [True, False]]),
        )
    shortage = refusal.value.shortage

    assert shortage.full_panelist.tolist() == [0]
    assert (shortage.repair.raise_load.who.tolist(), shortage.repair.raise_load.by.tolist()) == ([0], [1])
