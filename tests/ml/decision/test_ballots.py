from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.decision.ballots import (
    UNRANKED,
    Ballots,
    ballot_choices,
    borda,
    condorcet_winner,
    copeland,
    fit_ballots,
    fit_plackett_luce,
    kemeny,
    method_sensitive,
    preferences,
)
from ml.decision.choices import log_likelihood
from ml.decision.kemeny import MOST_ITEMS, NoProvenOrder, best_order
from tests.ml.decision.published import (
    CITIES,
    TENNESSEE,
    TENNESSEE_AGREEMENTS,
    TENNESSEE_BORDA,
    TOY_COEFFICIENTS,
    TOY_ORDERINGS,
    ballots_from,
    tennessee_ballots,
)


@st.composite
def small_ballots(draw, most_items=5):
    n_items = draw(st.integers(2, most_items))
    rows = []
    for ballot in range(draw(st.integers(1, 5))):
        for item in draw(st.lists(st.integers(0, n_items - 1), min_size=1, unique=True)):
            rows.append((ballot, item, draw(st.integers(0, n_items))))
    return n_items, Ballots(*np.array(rows).T)


def test_the_toy_has_its_published_answer():
    fit = fit_plackett_luce(ballots_from(TOY_ORDERINGS, "ABC"), n_items=3, reference=0)

    np.testing.assert_array_equal(np.round(fit.value, 4), TOY_COEFFICIENTS)


def test_the_capital_of_tennessee_has_its_published_answers():
    ballots = tennessee_ballots()
    order, agreements = kemeny(ballots, n_items=4)

    assert borda(ballots, n_items=4).tolist() == list(TENNESSEE_BORDA)
    assert CITIES[condorcet_winner(ballots, n_items=4)] == "Nashville"
    assert copeland(ballots, n_items=4).tolist() == [0, 3, 2, 1]
    assert [CITIES[item] for item in order] == ["Nashville", "Chattanooga", "Knoxville", "Memphis"]
    assert agreements == TENNESSEE_AGREEMENTS


def test_typed_ballots_are_those_of_the_fixtures(fixtures):
    tennessee = fixtures["tennessee"]

    assert tennessee["ballots"] == [list(row) for row in TENNESSEE]
    assert [tennessee["borda"][city] for city in CITIES] == list(TENNESSEE_BORDA)
    assert tennessee["kemeny"] == f"N>C>K>M agreement {TENNESSEE_AGREEMENTS}"
    assert fixtures["pl_toy"]["orderings"] == list(TOY_ORDERINGS)
    assert [fixtures["pl_toy"]["coef"][name] for name in "ABC"] == list(TOY_COEFFICIENTS)


def test_a_partial_ballot_is_the_chance_of_all_orders_that_begin_so():
    value = np.array([0.3, -0.7, 1.1, 0.2])
    partial = Ballots(np.zeros(4, int), np.arange(4), np.array([2, UNRANKED, 1, UNRANKED]))
    full = [ballots_from([">".join("ABCD"[item] for item in order)], "ABCD") for order in permutations(range(4))]
    chances = [np.exp(log_likelihood(ballot_choices(one, 4), value)) for one in full]
    begins = [order[:2] == (2, 0) for order in permutations(range(4))]

    assert np.sum(chances) == pytest.approx(1)
    assert np.exp(log_likelihood(ballot_choices(partial, 4), value)) == pytest.approx(np.sum(np.array(chances)[begins]))


def test_two_tied_at_the_end_are_half_a_win_each():
    value = np.array([0.3, -0.7, 1.1])
    tied = log_likelihood(ballot_choices(ballots_from(["A>B=C"], "ABC"), 3), value)
    orders = [log_likelihood(ballot_choices(ballots_from([one], "ABC"), 3), value) for one in ("A>B>C", "A>C>B")]

    assert tied == pytest.approx(np.mean(orders))


@settings(max_examples=40)
@given(small_ballots())
def test_tied_questions_get_equal_values(case):
    n_items, ballots = case
    all_tied = Ballots(ballots.ballot, ballots.item, np.ones_like(ballots.place))

    np.testing.assert_allclose(fit_ballots(all_tied, n_items=n_items).value, 0, atol=1e-9)


@settings(max_examples=40)
@given(small_ballots())
def test_gaps_between_places_mean_nothing(case):
    n_items, ballots = case
    wide = Ballots(ballots.ballot, ballots.item, ballots.place * 7)

    assert (preferences(wide, n_items=n_items) == preferences(ballots, n_items=n_items)).all()
    np.testing.assert_array_equal(borda(wide, n_items=n_items), borda(ballots, n_items=n_items))
    value = fit_ballots(ballots, n_items=n_items).value
    np.testing.assert_array_equal(fit_ballots(wide, n_items=n_items).value, value)


@settings(max_examples=40)
@given(small_ballots())
def test_kemeny_agrees_with_more_pairs_than_any_other_order(case):
    n_items, ballots = case
    above = preferences(ballots, n_items=n_items)
    order, agreements = kemeny(ballots, n_items=n_items)

    def agreeing(one):
        return sum(above[first, second] for place, first in enumerate(one) for second in one[place + 1 :])

    assert sorted(order) == list(range(n_items))
    assert agreements == agreeing(order) == max(map(agreeing, permutations(range(n_items))))


@settings(max_examples=40)
@given(small_ballots())
def test_a_condorcet_winner_leads_by_copeland_and_kemeny(case):
    n_items, ballots = case
    winner = condorcet_winner(ballots, n_items=n_items)

    if winner is not None:
        assert copeland(ballots, n_items=n_items)[winner] == n_items - 1
        assert kemeny(ballots, n_items=n_items)[0][0] == winner


def test_a_circle_has_no_condorcet_winner():
    circle = ballots_from(["A>B>C", "B>C>A", "C>A>B"], "ABC")

    assert condorcet_winner(circle, n_items=3) is None
    assert copeland(circle, n_items=3).tolist() == [1, 1, 1]
    assert kemeny(circle, n_items=3)[1] == 5


def test_borda_shares_the_points_of_tied_and_unranked_questions():
    ballots = Ballots(np.zeros(4, int), np.arange(4), np.array([1, 2, 2, UNRANKED]))
    assert borda(ballots, n_items=4).tolist() == [3.0, 1.5, 1.5, 0.0]

    unranked = Ballots(np.zeros(4, int), np.arange(4), np.array([1, UNRANKED, UNRANKED, UNRANKED]))
    assert borda(unranked, n_items=4).tolist() == [3.0, 1.0, 1.0, 1.0]


def test_a_question_kept_from_one_panelist_loses_no_points():
    """C is first wherever it is offered, and on the second ballot it is not offered."""
    ballots = ballots_from(["C>A>B", "A>B", "C>B>A"], "ABC")

    assert borda(ballots, n_items=3).tolist() == [3.0, 1.0, 6.0]
    assert np.isnan(borda(ballots, n_items=4)[3])


def test_where_methods_disagree_the_questions_are_named():
    """A is most voters' first, but last with the rest: Kemeny takes A, Borda and Plackett-Luce take B."""
    ballots = ballots_from(["A>B>C"] * 6 + ["B>C>A"] * 5, "ABC")

    assert kemeny(ballots, n_items=3)[0][0] == 0
    assert borda(ballots, n_items=3).argmax() == fit_ballots(ballots, n_items=3).value.argmax() == 1
    assert method_sensitive(ballots, n_items=4, k=1)[0].tolist() == [True, True, False, False]
    assert method_sensitive(ballots, n_items=4, k=2)[0].tolist() == [False, False, False, False]
    assert method_sensitive(ballots, n_items=4, k=3)[0].tolist() == [False] * 4


def test_kemeny_refuses_what_it_cannot_prove():
    n = MOST_ITEMS + 1
    with pytest.raises(ValueError, match=f"at most {MOST_ITEMS} questions, not {n}"):
        kemeny(Ballots(np.zeros(n, int), np.arange(n), np.arange(1, n + 1)), n_items=n)


def test_kemeny_refuses_a_search_without_end():
    """A tournament of thirty by coin: every pair is contested, and no order is much better than another."""
    coins = np.triu(np.random.default_rng(0).integers(0, 2, (30, 30)), 1)
    with pytest.raises(NoProvenOrder, match="contradict"):
        best_order(coins + np.tril(1 - coins.T, -1))


def test_kemeny_searches_a_small_tournament():
    coins = np.triu(np.random.default_rng(2).integers(0, 2, (8, 8)), 1)
    above = coins + np.tril(1 - coins.T, -1)
    order, agreements = best_order(above)

    best = max(sum(above[a, b] for i, a in enumerate(one) for b in one[i + 1 :]) for one in permutations(range(8)))
    assert agreements == best
    assert sorted(order) == list(range(8))


def test_methods_are_compared_without_kemeny_where_it_takes_too_long():
    n = MOST_ITEMS + 1
    ballots = Ballots(np.zeros(n, int), np.arange(n), np.arange(1, n + 1))

    flags, without_kemeny = method_sensitive(ballots, n_items=n, k=10)
    assert not flags.any() and without_kemeny
    assert method_sensitive(ballots, n_items=n, k=n)[1] is False


@pytest.mark.parametrize("rows", [([0, 0], [1, 1], [1, 2]), ([0], [1], [-1]), ([0], [1, 2], [1]), ([0], [-1], [1])])
def test_ballots_that_make_no_sense_are_refused(rows):
    with pytest.raises(ValueError):
        Ballots(*(np.array(row) for row in rows))


def test_a_question_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="outside"):
        borda(Ballots(np.zeros(1, int), np.array([3]), np.ones(1, int)), n_items=3)
