"""Solvers, prices and floor of larger panels, which nobody can look at one by one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from ml.decision import assignment
from ml.decision.assignment import InfeasibleAssignment, assign_panelists
from ml.decision.assignment_flow import SOLVERS, Demands, build_network
from tests.ml.decision.assignment_oracle import best_of, is_overpinned, large_panel, panels


@pytest.mark.skipif(len(SOLVERS) == 1, reason="ortools is not installed: pip install 'solicit[flow]'")
@pytest.mark.parametrize("with_caps", [False, True])
@pytest.mark.parametrize("floor", [False, True])
def test_both_solvers_reach_one_total_and_floor(with_caps, floor):
    panel = large_panel(1, with_caps=with_caps)
    one, other = (assign_panelists(**panel, floor=floor, solver=solver) for solver in SOLVERS)

    assert {one.solver, other.solver} == set(SOLVERS)
    assert one.total_affinity == pytest.approx(other.total_affinity, abs=1e-6)
    assert one.floor == other.floor or not floor


@pytest.mark.parametrize("with_caps", [False, True])
@pytest.mark.parametrize("floor", [False, True])
def test_leaving_pairs_out_changes_no_total(monkeypatch, with_caps, floor):
    panel = large_panel(2, with_caps=with_caps)
    whole = assign_panelists(**panel, floor=floor)
    monkeypatch.setattr(assignment, "FEW_PAIRS", 0)
    monkeypatch.setattr(assignment, "SPARE_PAIRS", 0)
    pruned = assign_panelists(**panel, floor=floor)

    assert pruned.total_affinity == pytest.approx(whole.total_affinity, abs=1e-6)
    assert pruned.floor == whole.floor or not floor


@settings(max_examples=150)
@given(panels())
def test_leaving_pairs_out_of_a_small_panel_finds_what_brute_force_finds(panel):
    if is_overpinned(panel):
        return
    best = best_of(**panel)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "FEW_PAIRS", 0)
        patch.setattr(assignment, "SPARE_PAIRS", 0)
        if best is None:
            with pytest.raises(InfeasibleAssignment):
                assign_panelists(**panel)
        else:
            assert assign_panelists(**panel).total_affinity == pytest.approx(best[1], abs=1e-6)


def test_no_flow_is_solved_to_find_no_floor():
    panel = large_panel(3, with_caps=True)

    assert assign_panelists(**panel, floor=False).n_flows == 0


@pytest.mark.parametrize("n_questions", [50, 200, 800])
def test_the_floor_takes_few_flows_whatever_the_size(n_questions):
    random = np.random.default_rng(n_questions)
    result = assign_panelists(
        affinity=random.random((n_questions, 20)),
        demand=np.full(n_questions, 3),
        min_load=np.full(20, int(0.1 * n_questions)),
        max_load=np.full(20, int(0.2 * n_questions)),
        forbidden=np.zeros((n_questions, 20), dtype=bool),
    )

    # Ten steps down from the bound at most, then halvings between the scores in between.
    assert 1 <= result.n_flows <= 11 + np.ceil(np.log2(20 * n_questions))


def test_the_floor_costs_little_and_lifts_the_least():
    panel = large_panel(4, with_caps=False) | {"pinned": None}
    plain, fair = (assign_panelists(**panel, floor=floor) for floor in (False, True))

    assert fair.floor > plain.floor + 100
    assert 0.97 * plain.total_affinity < fair.total_affinity < plain.total_affinity


def test_caps_keep_half_of_the_raters_outside_and_one_of_an_institution():
    panel = large_panel(5, with_caps=True) | {"pinned": None, "demand": np.full(400, 2)}
    result = assign_panelists(**panel)
    home = panel["caps"].home[result.question, result.panelist]
    institution = panel["caps"].institution[result.panelist]

    assert np.bincount(result.question, home, 400).max() <= 1
    # Both of a question may be of one institution only if one reads it at home and one from outside.
    keys = set(zip(result.question.tolist(), home.tolist(), institution.tolist(), strict=True))
    assert len(keys) == len(result.question) == 800


def test_caps_that_cannot_bind_add_no_nodes():
    panel = large_panel(6, with_caps=True)
    wide = replace(panel["caps"], most_home=np.full(400, 3), most_per_region=3, most_per_institution=3)
    question, panelist = np.nonzero(~panel["forbidden"])
    demands = Demands(panel["demand"], panel["min_load"], panel["max_load"], wide, np.zeros_like(panel["forbidden"]))

    assert len(build_network(question, panelist, demands).supply) == 400 + 40 + 1
