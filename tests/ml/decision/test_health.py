from dataclasses import replace

import numpy as np
import pytest

from ml.decision.health import (
    Forecast,
    co_deviation,
    effects_without,
    forecast,
    influence,
    leave_one_out_correlation,
    severity,
)
from ml.decision.robust_model import fit_robust_model
from ml.decision.scoring import fit_crossed_model


def fitted(world):
    return fit_crossed_model(**world.design())


def rows_of(world):
    return {name: getattr(world, name) for name in ("question", "panelist", "rating")}


def colluding(world, members, shift=2.0):
    """The world in which some members lift and sink the same questions."""
    targets = np.flatnonzero(world.group == 0)[:30]
    lift = np.where(np.isin(world.question, targets[::2]), shift, 0) - np.where(
        np.isin(world.question, targets[1::2]), shift, 0
    )
    return replace(world, rating=np.where(np.isin(world.panelist, members), world.rating + lift, world.rating))


def contrary(world, members):
    return replace(world, rating=np.where(np.isin(world.panelist, members), 6 - world.rating, world.rating))


def test_severity_interval_is_that_of_the_dense_posterior(rating_world):
    world = rating_world(1, n_questions=30, n_panelists=8, load=12)
    fit = fitted(world)
    n_ratings, noise = len(world.rating), fit.residual_variance
    design = np.zeros((n_ratings, 1 + 30 + 8))
    design[:, 0] = 1
    design[np.arange(n_ratings), 1 + world.question] = 1
    design[np.arange(n_ratings), 31 + world.panelist] = 1
    prior = np.concatenate([[0], np.full(30, 1 / fit.question_variance), np.full(8, 1 / fit.panelist_variance)])
    covariance = np.linalg.inv(design.T @ design / noise + np.diag(prior))
    reach = 1.6448536269514722 * np.sqrt(np.diag(covariance)[31:])
    found = severity(fit)

    np.testing.assert_allclose(found.high - found.mean, reach, rtol=1e-6)
    np.testing.assert_allclose(found.mean - found.low, reach, rtol=1e-6)
    np.testing.assert_array_equal(found.mean, fit.panelist_effect)


def test_severity_of_who_rated_nothing_has_no_interval(rating_world):
    world = replace(rating_world(2, n_questions=40, n_panelists=6, load=20), n_panelists=7)
    found = severity(fitted(world))

    assert np.isnan([found.low[6], found.high[6]]).all()
    assert np.isfinite(found.low[:6]).all()


def test_severity_of_the_robust_model_is_its_leniency(rating_world):
    world = rating_world(3, n_questions=40, n_panelists=6, load=20)
    fit = fit_robust_model(**world.design(), seed=1, n_sweeps=300, n_burn=100, n_draws=100)
    found = severity(fit)

    np.testing.assert_array_equal(found.mean, fit.leniency)
    assert (found.low < found.mean).all() and (found.mean < found.high).all()


def test_effects_without_a_panelist_are_those_of_a_fit_of_the_others(rating_world):
    world = rating_world(4, n_questions=40, n_panelists=6, load=20)
    fit = fitted(world)
    kept = world.panelist != 2
    ratio = fit.question_variance / fit.residual_variance, fit.panelist_variance / fit.residual_variance
    design = np.zeros((kept.sum(), 47))
    design[:, 0] = 1
    design[np.arange(kept.sum()), 1 + world.question[kept]] = 1
    design[np.arange(kept.sum()), 41 + world.panelist[kept]] = 1
    prior = np.concatenate([[0], np.full(40, 1 / ratio[0]), np.full(6, 1 / ratio[1])])
    values = np.linalg.solve(design.T @ design + np.diag(prior), design.T @ world.rating[kept])

    effects = effects_without(**world.design(), fit=fit)
    np.testing.assert_allclose(effects[2], values[1:41], atol=1e-8)


def test_hostile_members_are_out_of_step_and_nobody_else(rating_world):
    world = contrary(rating_world(5), [0, 7, 13])
    effects = effects_without(**world.design(), fit=fitted(world))
    steps = leave_one_out_correlation(**rows_of(world), effects=effects)

    assert np.flatnonzero(steps.is_out_of_step).tolist() == [0, 7, 13]
    assert (steps.correlation[[0, 7, 13]] < 0).all()


def test_too_few_or_equal_ratings_have_no_correlation(rating_world):
    world = rating_world(6, n_questions=40, n_panelists=6, load=20)
    rating = np.where(world.panelist == 1, 3.0, world.rating)
    kept = (world.panelist != 0) | (np.cumsum(world.panelist == 0) <= 4)
    world = replace(world, question=world.question[kept], panelist=world.panelist[kept], rating=rating[kept])
    effects = effects_without(**world.design(), fit=fitted(world))
    steps = leave_one_out_correlation(**rows_of(world), effects=effects)

    assert np.isnan(steps.correlation[:2]).all() and np.isfinite(steps.correlation[2:]).all()
    assert not steps.is_out_of_step[:2].any()


def test_influence_counts_questions_that_enter_and_leave():
    effects = np.array([[3.0, 2.0, 1.0, 9.0, 8.0], [1.0, 2.0, 3.0, 8.0, 9.0]])
    found = influence(
        effects=effects,
        question_effect=np.array([3.0, 2.0, 1.0, 9.0, 8.0]),
        group=np.array([0, 0, 0, 1, 1]),
        k=np.array([1, 1]),
    )

    assert found.tolist() == [0, 4]


def test_co_deviation_is_the_correlation_of_what_is_left(rating_world):
    world = rating_world(7, n_questions=60, n_panelists=8, load=30)
    fit = fitted(world)
    found = co_deviation(**rows_of(world), fit=fit)
    left = world.rating - fit.mean - fit.question_effect[world.question] - fit.panelist_effect[world.panelist]
    table = np.full((8, 60), np.nan)
    table[world.panelist, world.question] = left
    z = []
    for first, second, n_shared, correlation in zip(
        found.first, found.second, found.n_shared, found.correlation, strict=True
    ):
        both = np.isfinite(table[first]) & np.isfinite(table[second])
        assert n_shared == both.sum() >= 8
        assert correlation == pytest.approx(np.corrcoef(table[first, both], table[second, both])[0, 1])
        z.append(np.arctanh(correlation) * np.sqrt(n_shared - 3))
    np.testing.assert_allclose(found.z, np.array(z) - np.median(z), atol=1e-9)
    assert (np.diff(found.z) <= 0).all()


def test_planted_colluders_alarm_and_a_clean_panel_does_not(rating_world):
    clean = rating_world(8, n_panelists=24, load=80)
    members = [0, 4, 8]
    guilty = colluding(clean, members)

    assert co_deviation(**rows_of(clean), fit=fitted(clean)).alarms(5.0).tolist() == []
    assert co_deviation(**rows_of(guilty), fit=fitted(guilty)).alarms(5.0).tolist() == members
    assert set(members) <= set(co_deviation(**rows_of(guilty), fit=fitted(guilty)).alarms().tolist())


def test_co_deviation_of_a_panel_that_shares_nothing_is_empty():
    design = {"question": np.arange(6), "panelist": np.arange(6) % 2, "rating": np.arange(6.0)}
    found = co_deviation(**design, fit=fit_crossed_model(**design, n_questions=6, n_panelists=2))

    assert len(found.z) == 0 and found.alarms().tolist() == []


def test_severity_of_a_panel_of_one_cannot_be_told_from_the_mean(rating_world):
    assert severity(fitted(rating_world(9, n_questions=10, n_panelists=1, load=10))).mean.tolist() == [0.0]


def test_forecast_holds_the_steady_pace_and_widens_with_the_unsteady():
    steady = forecast(done_per_day=[20] * 14, n_left=200, seed=1)
    bursts = forecast(done_per_day=[0, 40] * 7, n_left=200, seed=1)

    assert steady.early <= 10 <= steady.late and steady.late - steady.early <= 4
    assert bursts.late - bursts.early > steady.late - steady.early
    assert forecast(done_per_day=[20] * 14, n_left=200, seed=1) == steady


@pytest.mark.parametrize("past", [[], [5, 5], [1, 1, 1, 1], [0] * 30])
def test_forecast_says_when_it_is_too_early(past):
    assert forecast(done_per_day=past, n_left=10, seed=1) == Forecast(None, None, None, is_too_early=True)


def test_forecast_of_nothing_left_and_of_more_than_a_year():
    assert forecast(done_per_day=[], n_left=0, seed=1) == Forecast(0, 0, 0)
    assert forecast(done_per_day=[4] * 5, n_left=10_000, seed=1) == Forecast(None, None, None)
