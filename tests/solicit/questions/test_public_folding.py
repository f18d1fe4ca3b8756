"""Folding: one form for every way of writing the same words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solicit.web.folding import fold, search_query, search_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Où est-ce?", "ou est ce"),
        ("ＨＩ Ⅳ ﬁeld", "hi iv field"),
        ("Straße STRASSE", "strasse strasse"),
        ("المُرّيخ أإآٱ مدرسة", "المريخ اااا مدرسه"),
        ("کتاب یک", "كتاب يك"),
        ("٣٤ ३", "34 3"),
        ("Ёлка й", "елка и"),
        ("火星生命", "火星 星生 生命"),
        ("Mars火星3", "mars 火星 3"),
        ("星", "星"),
        ("हिन्दी", "हिन्दी"),
        ("a_b 'c' & | ! :*", "a b c"),
        ("\x00\ud800", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


def test_queries_ask_for_beginnings():
    assert search_query("dust Dust ring's") == "'dust':* & 'ring':* & 's':*"
    assert search_query("?!") == ""
    assert search_words("dust Dust ring") == ("dust", "ring")


@given(st.text(max_size=80))
def test_folding_is_idempotent_on_words(text):
    words = search_words(text)
    assert all("'" not in word and "\\" not in word and "\x00" not in word for word in words)
    assert set(search_words(fold(text))) <= set(words) | set(search_words(" ".join(words)))


@given(st.text(alphabet="abcéÉßàıİ", max_size=30))
def test_folding_ignores_case(text):
    assert fold(text.lower()) == fold(text.lower().upper().lower())
