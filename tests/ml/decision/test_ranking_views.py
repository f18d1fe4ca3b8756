import numpy as np
import pytest

from ml.decision import crossed_model
from ml.decision.ballots import Ballots
from ml.decision.comparisons import Comparisons, comparison_choices
from ml.decision.ranking_evidence import given_evidence
from ml.decision.ranking_table import NO_PLACE
from ml.decision.ranking_views import (
    NO_CELL,
    chosen_values,
    divides,
    expected_places,
    group_places,
    is_minority_priority,
    perturbed_places,
    places,
    sensitive_to_method,
)
from ml.decision.scoring import composite_rating, crossed_values, fit_crossed_model


def panel_evidence(rating, *, panel_group=None, scores=None):
    """Everybody rated everything."""
    rating = np.asarray(rating, dtype=float)
    n_questions, n_panelists = rating.shape
    question, panelist = np.divmod(np.arange(rating.size), n_panelists)
    ratings = (question, panelist, rating.ravel(), n_questions, n_panelists)
    return given_evidence(*ratings, panel_group, scores, None, None)


def test_places_count_in_cells_and_share_ties():
    value = np.array([3.0, 5.0, 5.0, 1.0, np.nan, 2.0, 9.0])
    cell = np.array([0, 0, 0, 0, 0, 1, NO_CELL])

    assert places(value, cell).tolist() == [3, 1, 1, 4, NO_PLACE, 1, NO_PLACE]


def test_expected_places_are_means_over_the_draws():
    draws = np.array([[3.0, 1.0, 2.0, 2.0], [2.0, 2.0, 2.0, 1.0], [1.0, 0.0, 0.0, 0.0], [9.0, 9.0, 9.0, 9.0]])

    np.testing.assert_allclose(expected_places(draws, np.array([0, 0, 0, NO_CELL])), [1.375, 1.625, 3, np.nan])


def test_chosen_values_leave_out_what_was_not_compared():
    choices = comparison_choices(Comparisons(np.array([1, 1]), np.array([3, 3]), np.ones(2)), 5)
    value = chosen_values(choices)

    assert np.isnan(value).tolist() == [True, False, True, False, True]
    assert value[1] > value[3]
    assert np.isnan(chosen_values(comparison_choices(Comparisons(*np.zeros((2, 0), int), np.zeros(0)), 3))).all()


def test_a_small_group_weighs_as_much_as_a_large_one():
    """Six panelists of one group like 0 best, two of another like 2 best; nobody minds 1."""
    rating = np.column_stack([[5.0, 4, 1, 2]] * 6 + [[1.0, 4, 5, 2]] * 2)
    rating = rating + np.random.default_rng(0).normal(0, 0.01, rating.shape)
    group = np.array([0] * 6 + [1] * 2)
    place, _ = group_places(panel_evidence(rating, panel_group=group), np.zeros(4, dtype=int))

    assert place[1] == 1
    assert rating.mean(axis=1).argmax() == 0 and place[0] > 1


def test_panelists_without_a_group_count_for_none():
    rating = np.array([[5.0, 5, 1], [3, 3, 3], [1, 1, 5]])
    place, first = group_places(panel_evidence(rating, panel_group=np.array([0, 0, -1])), np.zeros(3, dtype=int))
    assert place.tolist() == [1, 2, 3]

    place, first = group_places(panel_evidence(rating), np.zeros(3, dtype=int))
    assert place.tolist() == [NO_PLACE] * 3 and first.shape == (3, 0)


def test_a_groups_own_first_five_outside_the_combined_first_are_a_minoritys_priorities():
    """Thirty questions; ten panelists like low numbers, two like high ones."""
    liked = np.linspace(5, 1, 30)
    rating = np.column_stack([liked] * 10 + [liked[::-1]] * 2)
    evidence = panel_evidence(rating, panel_group=np.array([0] * 10 + [1] * 2))
    cell = np.zeros(30, dtype=int)
    _, first = group_places(evidence, cell)
    combined = rating.mean(axis=1)

    assert np.flatnonzero(first[:, 0]).tolist() == [0, 1, 2, 3, 4]
    assert np.flatnonzero(first[:, 1]).tolist() == [25, 26, 27, 28, 29]
    minority = is_minority_priority(first, combined, cell, np.full(30, 10))
    assert np.flatnonzero(minority).tolist() == [25, 26, 27, 28, 29]
    assert not is_minority_priority(first[:, :1], combined, cell, np.full(30, 10)).any()


def test_a_group_that_tells_nothing_apart_has_no_first_five():
    few = panel_evidence([[5.0, 4], [3, 3], [1, 2]], panel_group=np.array([0, 0]))
    equal = panel_evidence(np.full((12, 3), 4.0), panel_group=np.zeros(3, dtype=int))

    assert not group_places(few, np.zeros(3, dtype=int))[1].any()
    assert not group_places(equal, np.zeros(12, dtype=int))[1].any()


@pytest.mark.parametrize(("k", "limit"), [(10, 25), (20, 25), (4, 10), (1, 3)])
def test_the_combined_first_are_25_or_two_and_a_half_k(k, limit):
    value = -np.arange(40.0)
    minority = is_minority_priority(np.ones((40, 1), dtype=bool), value, np.zeros(40, dtype=int), np.full(40, k))

    assert np.flatnonzero(~minority).tolist() == list(range(limit))


def test_weights_that_do_not_matter_leave_one_place():
    scores = np.repeat(np.array([[5.0], [3], [1]]), 4, axis=0).repeat(2, axis=1)
    evidence = panel_evidence(np.array([[5.0] * 4, [3.0] * 4, [1.0] * 4]), scores=scores)
    fit = fit_crossed_model(rating=evidence.rating, **evidence.design)
    best, worst = perturbed_places(evidence, fit, np.array([0.5, 0.5]), np.zeros(3, dtype=int), seed=1)

    assert best.tolist() == worst.tolist() == [1, 2, 3]


def test_weights_that_matter_open_a_range_of_places():
    """Question 0 leads by the first criterion, 1 by the second, 2 is last by both."""
    each = np.array([[5.0, 2], [2, 5], [1, 1]])
    scores = np.repeat(each, 4, axis=0)
    weights = np.array([0.5, 0.5])
    evidence = panel_evidence(composite_rating(scores, weights).reshape(3, 4), scores=scores)
    fit = fit_crossed_model(rating=evidence.rating, **evidence.design)
    best, worst = perturbed_places(evidence, fit, weights, np.zeros(3, dtype=int), seed=1)

    assert best.tolist() == [1, 1, 3] and worst.tolist() == [2, 2, 3]
    again = perturbed_places(evidence, fit, weights, np.zeros(3, dtype=int), seed=1)
    assert (best.tolist(), worst.tolist()) == tuple(one.tolist() for one in again)


def test_without_criteria_there_are_no_perturbed_places():
    evidence = panel_evidence(np.eye(3))
    best, worst = perturbed_places(evidence, None, np.zeros(0), np.zeros(3, dtype=int), seed=1)

    assert best.tolist() == worst.tolist() == [NO_PLACE] * 3


def test_crossed_values_repeat_the_fit_and_are_linear(rating_world):
    world = rating_world(3)
    fit = fit_crossed_model(**world.design())
    other = np.random.default_rng(0).normal(size=len(world.rating))
    ratings = np.column_stack([world.rating, other, world.rating + 2 * other])
    value = crossed_values(fit, question=world.question, panelist=world.panelist, ratings=ratings)

    np.testing.assert_allclose(value[:, 0], fit.mean + fit.question_effect, atol=1e-9)
    np.testing.assert_allclose(value[:, 2], value[:, 0] + 2 * value[:, 1], atol=1e-9)


def test_methods_are_compared_in_each_cell():
    """In the first cell they disagree, in the second they do not; 6 has no place."""
    orders = [[0, 1, 2]] * 6 + [[1, 2, 0]] * 5 + [[3, 4, 5]] * 3
    rows = [(ballot, item, place) for ballot, order in enumerate(orders) for place, item in enumerate(order, 1)]
    rows += [(0, 6, 4)]
    cell = np.array([0, 0, 0, 1, 1, 1, NO_CELL])
    ballots = Ballots(*np.array(rows).T)

    flags, without_kemeny = sensitive_to_method(ballots, cell, np.ones(7, dtype=int))
    assert flags.tolist() == [True, True] + [False] * 5 and not without_kemeny
    assert not sensitive_to_method(ballots, cell, np.full(7, 2))[0].any()


def test_a_group_whose_variances_are_not_found_speaks_by_plain_means(monkeypatch):
    """No slope is as flat as this, so that every search for variances ends without an optimum."""
    monkeypatch.setattr(crossed_model, "STEEPEST_OPTIMUM", -1.0)
    evidence = panel_evidence([[1, 2], [5, 4], [3, 3]], panel_group=np.zeros(2, dtype=int))
    with pytest.raises(RuntimeError):
        fit_crossed_model(rating=evidence.rating, **evidence.design)

    place, first = group_places(evidence, np.zeros(3, dtype=int))

    assert place.tolist() == [3, 1, 2] and not first.any()


def test_a_question_divides_when_both_ends_hold_more_than_a_quarter():
    rating = [[1, 1, 5, 5], [1, 3, 3, 5], [2, 2.5, 4, 4], [2, 2, 3.9, 4.2], [5, 5, 5, 5]]

    assert divides(panel_evidence(rating)).tolist() == [True, False, False, False, False]
