import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.language.stars import star_groups

NONE = np.empty((0, 2), dtype=np.int64)


def group(pairs, *, n, threshold=0.5, cannot_link=NONE, must_link=NONE):
    rows = np.array([pair[:2] for pair in pairs], dtype=np.int64).reshape(-1, 2)
    return star_groups(
        left=rows[:, 0],
        right=rows[:, 1],
        probability=np.array([pair[2] for pair in pairs], dtype=float),
        n=n,
        threshold=threshold,
        cannot_link=np.array(cannot_link, dtype=np.int64).reshape(-1, 2),
        must_link=np.array(must_link, dtype=np.int64).reshape(-1, 2),
    ).tolist()


def test_a_chain_does_not_become_one_group():
    chain = [(0, 1, 0.9), (1, 2, 0.9), (2, 3, 0.9), (3, 4, 0.9)]

    assert group(chain, n=5) == [1, 1, 1, 3, 3]


def test_a_question_joins_the_centre_it_is_closest_to():
    pairs = [(0, 1, 0.8), (0, 2, 0.8), (0, 3, 0.6), (3, 4, 0.95)]

    assert group(pairs, n=5) == [0, 0, 0, 4, 4]


def test_of_equally_many_neighbours_the_more_probable_make_the_centre():
    assert group([(0, 1, 0.6), (1, 2, 0.7), (2, 3, 0.9)], n=4) == [0, 2, 2, 2]


def test_a_pair_that_comes_twice_counts_once_with_the_higher_probability():
    pairs = [(0, 3, 0.9), (2, 4, 0.9), (0, 1, 0.9), (1, 2, 0.7), (1, 0, 0.55)]

    assert group(pairs, n=5) == [0, 0, 2, 0, 2]


def test_pairs_below_the_threshold_join_nothing():
    assert group([(0, 1, 0.49), (2, 3, 0.5)], n=4) == [0, 1, 2, 2]
    assert group([], n=0) == []


def test_different_keeps_two_members_of_a_star_apart():
    assert group([(0, 1, 0.9), (0, 2, 0.8)], n=3, cannot_link=[(1, 2)]) == [0, 0, 2]


def test_same_merges_stars():
    pairs = [(0, 1, 0.9), (2, 3, 0.9)]

    assert group(pairs, n=4, must_link=[(1, 3)]) == [1, 1, 1, 1]


def test_same_holds_without_any_similarity():
    assert group([], n=3, must_link=[(2, 1)]) == [0, 1, 1]


def test_different_wins_over_a_contradicting_same():
    assert group([(0, 1, 0.99)], n=2, cannot_link=[(0, 1)], must_link=[(0, 1)]) == [0, 1]
    assert group([], n=3, cannot_link=[(2, 0)], must_link=[(0, 1), (1, 2)]) == [0, 0, 2]


def test_numbers_outside_the_questions_are_refused():
    with pytest.raises(ValueError, match="0 to 1"):
        group([(0, 2, 0.9)], n=2)
    with pytest.raises(ValueError, match="0 to 1"):
        group([], n=2, must_link=[(-1, 0)])


N = 9
numbers = st.tuples(st.integers(0, N - 1), st.integers(0, N - 1))
# Few distinct probabilities, so that ties are common.
weighted = st.lists(st.tuples(numbers, st.sampled_from([0.1, 0.4, 0.5, 0.7, 0.7, 0.9])), max_size=40)
verdicts = st.lists(numbers.filter(lambda pair: pair[0] != pair[1]), max_size=8)


@given(weighted, verdicts)
def test_every_member_is_near_its_centre_and_no_group_holds_a_different_pair(pairs, cannot_link):
    flat = [(a, b, weight) for (a, b), weight in pairs]
    near = {frozenset((a, b)) for a, b, weight in flat if weight >= 0.5}

    canonical = group(flat, n=N, cannot_link=cannot_link)

    assert all(canonical[centre] == centre for centre in canonical)
    assert all(frozenset((i, c)) in near for i, c in enumerate(canonical) if i != c)
    assert all(canonical[a] != canonical[b] for a, b in cannot_link)


@given(weighted, verdicts, verdicts)
def test_people_outrank_the_model(pairs, cannot_link, must_link):
    flat = [(a, b, weight) for (a, b), weight in pairs]

    canonical = group(flat, n=N, cannot_link=cannot_link, must_link=must_link)
    agreed = group(flat, n=N, must_link=must_link)

    assert all(canonical[a] != canonical[b] for a, b in cannot_link)
    assert all(agreed[a] == agreed[b] for a, b in must_link)


@given(weighted, verdicts, verdicts, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(pairs, cannot_link, must_link, random):
    flat = [(a, b, weight) for (a, b), weight in pairs]
    mixed = [(b, a, weight) if random.random() < 0.5 else (a, b, weight) for a, b, weight in flat]
    random.shuffle(mixed)

    once = group(flat, n=N, cannot_link=cannot_link, must_link=must_link)
    again = group(mixed, n=N, cannot_link=cannot_link[::-1], must_link=must_link[::-1])

    assert once == again
