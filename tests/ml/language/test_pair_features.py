import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.language.lexical import TermWeights, likeness_rows
from ml.language.pair_features import NAMES, PairTexts
from ml.language.pair_words import BODIES, NEGATIONS
from solicit.web.folding import fold

ICE = "is there ice on mars"


def features(one, other, *, cosine=0.8, is_bare=False):
    texts = [fold(one), fold(other)]
    read = PairTexts.read(texts, weights=TermWeights(texts))
    row = read.features(np.array([0]), np.array([1]), cosine=np.array([cosine]), is_bare=np.array([is_bare]))
    return dict(zip(NAMES, row[0].tolist(), strict=True))


def test_equal_texts_differ_in_nothing():
    assert features(ICE, ICE, is_bare=True) == dict(
        cosine=0.8, is_bare=1, letters=1, words=1, ratio=0, length=pytest.approx(np.log(len(ICE))),
        numbers=0, bodies=0, negations=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ("Was there ice 3 million years ago?", "Was there ice 4 million years ago?", "numbers"),
        ("Is there ice on Mars?", "Is there ice on Europa?", "bodies"),
        ("Y a-t-il de la glace sur la Lune ?", "Y a-t-il de la glace sur Cérès ?", "bodies"),
        ("هل يوجد جليد على القمر؟", "هل يوجد جليد على المريخ؟", "bodies"),
        ("火星上有冰吗？", "月球上有冰吗？", "bodies"),
        ("Есть ли лёд на Луне?", "Есть ли лёд на Марсе?", "bodies"),
        ("¿Hay hielo en Marte?", "¿Hay hielo en Venus?", "bodies"),
        ("Why is there water?", "Why is there no water?", "negations"),
        ("为什么有水？", "为什么没有水？", "negations"),
    ],
)
def test_what_only_one_text_says_is_seen(one, other, name):
    found = features(one, other)

    assert {each for each in ("numbers", "bodies", "negations") if found[each]} == {name}


def test_two_names_of_one_body_are_the_same():
    assert features("Is there lunar ice?", "Is there ice on the Moon?")["bodies"] == 0


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_order_of_two_texts_changes_nothing(one, other):
    assert features(one, other) == features(other, one)


@pytest.mark.parametrize("word", sorted({*BODIES, *NEGATIONS}))
def test_words_are_written_as_texts_are_folded(word):
    assert fold(word) == word


def test_a_rare_word_says_more_than_a_common_one():
    sample = ["the ice of mars", "the ice of europa", "the dust of mars", "the bow shock"]
    weights = TermWeights(sample)

    words, letters = weights.rows(["the shock", "a shock", "the dust"])
    likeness = (likeness_rows(words, letters) @ likeness_rows(words, letters).T).toarray()

    assert likeness[0, 1] > likeness[0, 2] > 0
    assert weights.telling_words("the ice shock", n=2) == ["shock", "ice"]
    assert weights.telling_words("", n=2) == []


def test_texts_without_words_are_like_nothing():
    words, letters = TermWeights([]).rows(["", "a"])

    assert words.sum(axis=1).tolist() == [0, 1]
    assert TermWeights([]).rows([])[0].shape == words[:0].shape


def test_the_feature_names_of_stored_pairs_are_kept():
    """They are keys in the database: a changed one needs a migration."""
    assert NAMES == ("cosine", "is_bare", "letters", "words", "ratio", "length", "numbers", "bodies", "negations")
