import hashlib
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from ml.decision.ballots import Ballots
from ml.decision.comparisons import Comparisons
from ml.decision.ranking import rank
from ml.decision.ranking_posterior import CROSSED, ROBUST
from ml.decision.ranking_table import INSUFFICIENT, NO_BAND, NO_PLACE, RANKED, SET_ASIDE, RankingTable
from ml.decision.scoring import composite_rating

# The component is a name only: it is numbered in the order of the questions.
ARRAYS = [field.name for field in fields(RankingTable) if field.name not in ("notes", "component")]


def digest(table):
    parts = [getattr(table, field.name) for field in fields(table) if field.name != "notes"]
    return hashlib.sha256(b"".join(part.tobytes() for part in parts) + repr(table.notes).encode()).hexdigest()


def complete_panel(rating):
    n_questions, n_panelists = rating.shape
    question, panelist = np.divmod(np.arange(rating.size), n_panelists)
    return {
        "question": question,
        "panelist": panelist,
        "rating": rating.ravel(),
        "group": np.zeros(n_questions, dtype=int),
        "k": np.array([2]),
        "n_questions": n_questions,
        "n_panelists": n_panelists,
        "tie_hash": np.arange(n_questions),
        "seed": 3,
    }


WEIGHTS = np.array([0.5, 0.3, 0.2])


def whole_series(world, *, k=3):
    """All that rank takes: criteria, comparisons, partial ballots with ties, and groups of panelists."""
    random = np.random.default_rng(17)
    n_ratings, n_questions = len(world.rating), world.n_questions
    scores = np.clip(np.round(world.rating[:, None] + random.normal(0, 0.7, (n_ratings, 3))), 1, 5)
    scores[random.random(scores.shape) < 0.05] = np.nan
    rating = composite_rating(scores, WEIGHTS)
    answered = ~np.isnan(rating)
    first = random.integers(0, n_questions, 80)
    ballot, item = np.divmod(np.arange(6 * n_questions), n_questions)
    offered = item % 4 == ballot % 4
    return {
        **world.ranking_input(k=k),
        "question": world.question[answered],
        "panelist": world.panelist[answered],
        "rating": rating[answered],
        "criterion_scores": scores[answered],
        "weights": WEIGHTS,
        "panel_group": np.arange(world.n_panelists) % 3 - 1,
        "comparisons": Comparisons(first, (first + 4) % n_questions, random.choice([0.0, 0.5, 1.0], 80)),
        "ballots": Ballots(ballot[offered], item[offered], random.integers(0, 5, offered.sum())),
    }


def shuffled(given_input, new_question, new_panelist, new_ballot, random):
    """The same series with everything renumbered, turned around and in another order."""
    old_question, old_panelist = np.argsort(new_question), np.argsort(new_panelist)
    rows = random.permutation(len(given_input["rating"]))
    pairs, ballots = given_input["comparisons"], given_input["ballots"]
    turned = random.random(len(pairs.share)) < 0.5
    first, second = new_question[pairs.first], new_question[pairs.second]
    votes, marks = random.permutation(len(first)), random.permutation(len(ballots.item))
    return {
        **given_input,
        "question": new_question[given_input["question"]][rows],
        "panelist": new_panelist[given_input["panelist"]][rows],
        "rating": given_input["rating"][rows],
        "criterion_scores": given_input["criterion_scores"][rows],
        "group": given_input["group"][old_question],
        "tie_hash": given_input["tie_hash"][old_question],
        "panel_group": given_input["panel_group"][old_panelist],
        "comparisons": Comparisons(
            np.where(turned, second, first)[votes],
            np.where(turned, first, second)[votes],
            np.where(turned, 1 - pairs.share, pairs.share)[votes],
        ),
        "ballots": Ballots(new_ballot[ballots.ballot][marks], new_question[ballots.item][marks], ballots.place[marks]),
    }


@pytest.mark.parametrize("model", [CROSSED, ROBUST])
@settings(max_examples=5)
@given(seed=st.integers(0, 10_000))
def test_numbering_and_row_order_change_nothing(rating_world, model, seed):
    world = rating_world(4, n_questions=40, n_panelists=10, load=12)
    given_input = {**whole_series(world), "model": model, "n_draws": 200}
    table = rank(**given_input)

    random = np.random.default_rng(seed)
    new_question, new_panelist, new_ballot = (random.permutation(n) for n in (40, 10, 6))
    renumbered = rank(**shuffled(given_input, new_question, new_panelist, new_ballot, random))

    for name in ARRAYS:
        assert getattr(renumbered, name)[new_question].tobytes() == getattr(table, name).tobytes(), name
    assert renumbered.notes == table.notes


@pytest.mark.parametrize("model", [CROSSED, ROBUST])
def test_same_input_and_seed_give_the_same_bytes(rating_world, model):
    world = rating_world(4, n_questions=60, n_panelists=12, load=20)
    given_input = {**whole_series(world), "model": model}

    assert digest(rank(**given_input)) == digest(rank(**given_input))
    assert digest(rank(**given_input)) != digest(rank(**{**given_input, "seed": 8}))


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(-3, 3))
def test_a_lenient_panelist_moves_nobody_when_all_rate_everything(seed, leniency):
    rating = np.random.default_rng(seed).normal(size=(8, 5)) + np.arange(8)[:, None] / 4
    lenient = rating.copy()
    lenient[:, 2] += leniency
    before, after = rank(**complete_panel(rating), n_draws=100), rank(**complete_panel(lenient), n_draws=100)

    # The estimated noise, and with it the shrinkage of all questions alike, may change; their order may not.
    spread_before, spread_after = before.mean - before.mean.mean(), after.mean - after.mean.mean()
    if spread_before.any() and spread_after.any():
        shrinkage = spread_after.std() / spread_before.std()
        np.testing.assert_allclose(spread_after, shrinkage * spread_before, atol=1e-7)


def test_probabilities_sum_to_k_in_every_group(rating_world):
    world = rating_world(6)
    table = rank(**world.ranking_input(k=7))

    assert "disconnected_design" not in table.notes
    for group in range(4):
        assert table.p_top_k[world.group == group].sum() == pytest.approx(7, abs=1e-6)


def test_places_start_at_one_in_every_group(rating_world):
    world = rating_world(6)
    table = rank(**world.ranking_input())

    for group in range(4):
        members = (world.group == group) & (table.evidence == RANKED)
        assert table.place_first[members].min() == 1
        assert table.place_last[members].max() == members.sum()
        assert table.band[members][np.argmax(table.mean[members])] == 0


@pytest.mark.parametrize("seed", range(3))
def test_known_truth_is_recovered_better_than_by_plain_means(rating_world, seed):
    world = rating_world(seed, leniency=1.0)
    table = rank(**world.ranking_input())

    # Rounding and clipping change the scale of the truth: it is laid on the posterior means before counting.
    slope, offset = np.polyfit(world.truth, table.mean, 1)
    shrinkage = kendalltau(world.truth, table.mean).statistic
    on_rubric = np.polyval(np.polyfit(world.truth, table.plain_mean, 1), world.truth)
    covered = np.mean((table.low <= on_rubric) & (on_rubric <= table.high))

    assert slope > 0 and np.isfinite(offset)
    assert 0.80 <= covered <= 0.98
    assert shrinkage > kendalltau(world.truth, table.plain_mean).statistic + 0.01


def test_too_few_ratings_give_no_place_but_a_probability():
    rating = np.array([[5.0, 4.0, 5.0, 4.5], [1.0, 2.0, 1.5, 1.0], [4.0, 5.0, 4.5, 4.0]])
    given_input = complete_panel(rating)
    kept = ~((given_input["question"] == 2) & (given_input["panelist"] > 1))
    for name in ("question", "panelist", "rating"):
        given_input[name] = given_input[name][kept]
    table = rank(**given_input)

    assert table.evidence.tolist() == [RANKED, RANKED, INSUFFICIENT]
    assert table.n_ratings.tolist() == [4, 4, 2]
    assert table.band.tolist()[2] == NO_BAND
    assert table.place_first.tolist() == [1, 2, NO_PLACE]
    assert table.p_top_k[2] > 0.5


def test_a_design_in_two_parts_is_ranked_in_two_parts():
    random = np.random.default_rng(0)
    given_input = complete_panel(random.normal(size=(6, 6)) + np.arange(6)[:, None])
    same_part = given_input["question"] // 3 == given_input["panelist"] // 3
    for name in ("question", "panelist", "rating"):
        given_input[name] = given_input[name][same_part]
    given_input["k"] = np.array([1])
    table = rank(**given_input)

    assert "disconnected_design" in table.notes
    assert table.component.tolist() == [0, 0, 0, 1, 1, 1]
    assert table.place_first[:3].min() == table.place_first[3:].min() == 1
    assert table.place_last.max() <= 3
    assert table.p_top_k[:3].sum() == pytest.approx(1)
    assert table.p_top_k[3:].sum() == pytest.approx(1)


def test_an_unrated_question_does_not_make_a_design_fall_apart():
    given_input = complete_panel(np.random.default_rng(1).normal(size=(4, 5)))
    given_input.update(n_questions=5, group=np.zeros(5, dtype=int), tie_hash=np.arange(5))
    table = rank(**given_input)

    assert "disconnected_design" not in table.notes
    assert np.isnan(table.plain_mean[4]) and table.component[4] == -1
    assert table.p_top_k.sum() == pytest.approx(2)


def test_a_tiny_panel_is_named():
    one = complete_panel(np.array([[1.0], [2.0], [4.0]]))
    table = rank(**one)

    assert set(table.notes) == {
        "too_few_panelists",
        "boundary_panelist_variance",
        "assumed_question_variance",
    }
    assert np.argsort(-table.mean).tolist() == [2, 1, 0]


def test_equal_ratings_share_every_place():
    table = rank(**complete_panel(np.full((4, 5), 3.0)))

    assert table.place_first.tolist() == [1] * 4 and table.place_last.tolist() == [4] * 4
    np.testing.assert_array_equal(table.p_top_k, np.full(4, 0.5))
    assert {"boundary_question_variance", "boundary_residual_variance"} <= set(table.notes)


def test_numbers_can_be_checked_from_the_draws(rating_world):
    """What an independent script recomputes from an export."""
    world = rating_world(6)
    given_input = {**whole_series(world, k=7), "model": ROBUST}
    table = rank(**given_input)

    assert table.draws.shape == (200, 2000)
    for group in range(4):
        members = np.flatnonzero(world.group == group)
        draws = table.draws[members]
        first = np.argsort(-draws, axis=0)[:7]
        probability = np.bincount(first.ravel(), minlength=len(members)) / 2000
        np.testing.assert_allclose(table.p_top_k[members], probability, atol=1e-9)
        np.testing.assert_allclose(table.low[members], np.quantile(draws, 0.05, axis=1), atol=1e-9)
        ranked = table.evidence[members] == RANKED
        places = np.argsort(np.argsort(-draws[ranked], axis=0), axis=0).mean(axis=1) + 1
        np.testing.assert_allclose(table.expected_place[members][ranked], places, atol=1e-9)
    assert np.isnan(table.expected_place[table.evidence != RANKED]).all()


def test_comparisons_and_ballots_move_the_ranking_and_are_counted(rating_world):
    world = rating_world(7)
    first = np.flatnonzero(world.group == 0)[:10]
    pairs = np.array([(low, high) for place, low in enumerate(first) for high in first[place + 1 :]])
    by_number = Comparisons(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)))
    ballots = Ballots(np.repeat(np.arange(3), 10), np.tile(first, 3), np.tile(np.arange(1, 11), 3))
    without = rank(**world.ranking_input(), model=ROBUST)
    table = rank(**world.ranking_input(), model=ROBUST, comparisons=by_number, ballots=ballots)

    before, after = (kendalltau(-first, one.mean[first]).statistic for one in (without, table))
    assert after > before + 0.2
    assert table.n_comparisons[first].tolist() == [9] * 10 and table.n_comparisons.sum() == 90
    assert table.n_ballots[first].tolist() == [3] * 10 and table.n_ballots.sum() == 30
    assert table.place_by_comparisons[first].tolist() == list(range(1, 11))
    assert table.place_by_ballots[first].tolist() == list(range(1, 11))
    np.testing.assert_array_equal(table.place_by_ratings, without.place_by_ratings)
    untouched = np.setdiff1d(np.arange(200), first)
    assert not table.place_by_comparisons[untouched].any() and not table.place_by_ballots[untouched].any()
    assert np.abs(table.mean - without.mean)[untouched].max() < 0.1


def test_comparisons_and_ballots_alone_give_a_ranking():
    rows = [(ballot, item, item + 1) for ballot in range(3) for item in range(6)]
    given_input = complete_panel(np.zeros((6, 1)))
    nothing = {name: given_input[name][:0] for name in ("question", "panelist", "rating")}
    table = rank(**{**given_input, **nothing, "n_panelists": 0}, ballots=Ballots(*np.array(rows).T))

    assert np.argsort(-table.mean).tolist() == list(range(6))
    assert table.notes == ("without_ratings",)
    assert (table.evidence == RANKED).all() and not table.place_by_ratings.any()
    assert np.isnan(table.plain_mean).all() and not table.n_ratings.any()


def test_no_evidence_at_all_is_refused():
    given_input = complete_panel(np.zeros((6, 1)))
    nothing = {name: given_input[name][:0] for name in ("question", "panelist", "rating")}
    with pytest.raises(ValueError, match="no ratings"):
        rank(**{**given_input, **nothing})


def test_a_ballot_joins_the_parts_of_a_design():
    random = np.random.default_rng(0)
    given_input = complete_panel(random.normal(size=(6, 6)) + np.arange(6)[:, None])
    same_part = given_input["question"] // 3 == given_input["panelist"] // 3
    for name in ("question", "panelist", "rating"):
        given_input[name] = given_input[name][same_part]
    table = rank(**given_input, ballots=Ballots(np.zeros(2, int), np.array([1, 4]), np.array([1, 2])))

    assert "disconnected_design" not in table.notes
    assert table.component.tolist() == [0] * 6


def test_staged_series_set_aside_what_has_no_hope_after_its_first_rating():
    random = np.random.default_rng(1)
    n_questions = 40
    often = np.repeat(np.arange(12), 6)
    question = np.concatenate([np.arange(n_questions), often])
    truth = np.where(np.arange(n_questions) < 12, 4.5, 1.2)
    given_input = {
        "question": question,
        "panelist": np.arange(len(question)) % 8,
        "rating": truth[question] + random.normal(0, 0.2, len(question)),
        "group": np.zeros(n_questions, dtype=int),
        "k": np.array([4]),
        "n_questions": n_questions + 1,
        "n_panelists": 8,
        "tie_hash": np.arange(n_questions + 1),
        "seed": 2,
    }
    given_input["group"] = np.zeros(n_questions + 1, dtype=int)
    staged, flat = (rank(**given_input, staged=is_staged) for is_staged in (True, False))

    assert staged.evidence.tolist() == [RANKED] * 12 + [SET_ASIDE] * 28 + [INSUFFICIENT]
    assert flat.evidence.tolist() == [RANKED] * 12 + [INSUFFICIENT] * 29
    assert staged.place_last.tolist()[12:] == [NO_PLACE] * 29
    np.testing.assert_array_equal(staged.mean, flat.mean)


def test_robust_model_is_asked_for_by_name(rating_world):
    given_input = rating_world(1).ranking_input()

    assert digest(rank(**given_input, model=CROSSED)) == digest(rank(**given_input))
    assert digest(rank(**given_input, model=ROBUST)) != digest(rank(**given_input))
    with pytest.raises(ValueError, match="no model"):
        rank(**given_input, model="plain")


def test_floats_are_rounded_and_have_no_negative_zero(rating_world):
    table = rank(**whole_series(rating_world(1)))

    for name in ("mean", "low", "high", "p_top_k", "expected_place", "plain_mean", "draws"):
        values = getattr(table, name)
        np.testing.assert_array_equal(values, np.round(values, 9))
        assert not np.signbit(values[values == 0]).any()


def test_rank_refuses_a_hash_that_repeats():
    given_input = complete_panel(np.ones((2, 3)))
    with pytest.raises(ValueError):
        rank(**{**given_input, "tie_hash": np.array([4, 4])})


@pytest.mark.parametrize(
    "change",
    [
        {"criterion_scores": np.ones((6, 2))},
        {"criterion_scores": np.ones((6, 2)), "weights": np.ones(3)},
        {"panel_group": np.zeros(2, dtype=int)},
        {"comparisons": Comparisons(np.array([0]), np.array([2]), np.ones(1))},
        {"ballots": Ballots(np.zeros(1, int), np.array([2]), np.ones(1, int))},
    ],
)
def test_rank_refuses_shapes_and_numbers_that_do_not_fit(change):
    with pytest.raises(ValueError):
        rank(**{**complete_panel(np.ones((2, 3))), **change})
