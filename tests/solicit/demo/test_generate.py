from collections import Counter

import pytest

from solicit.calls.states import Kind
from solicit.demo.content import LANGUAGES, sample_call
from solicit.demo.generate import Trait, generate
from solicit.submissions.service.self_naming import named_phrases

N = 3_000


@pytest.fixture(scope="module")
def texts():
    return generate(N)


def test_same_seed_gives_the_same_texts_and_a_longer_list_begins_with_them(texts):
    assert generate(200) == generate(200) == texts[:200]
    assert generate(50, seed=1) != texts[:50]


def test_every_language_theme_and_kind_comes_unevenly(texts):
    languages = Counter(text.language for text in texts)
    assert set(languages) == set(LANGUAGES)
    assert all(0.01 < languages[language] / N < 0.05 for language in LANGUAGES if language != "en")
    themes = Counter(text.theme for text in texts)
    assert set(themes) == {theme["key"] for theme in sample_call()["themes"]}
    assert themes.most_common()[0][1] > 2 * themes.most_common()[-1][1]
    assert 0.03 < sum(text.kind is Kind.PLAN for text in texts) / N < 0.07
    assert all((text.plan is not None) == (text.kind is Kind.PLAN) for text in texts)


@pytest.mark.parametrize(
    ("trait", "share"),
    [
        (Trait.REWORDED, 0.08),
        (Trait.COPY, 0.01),
        (Trait.OUT_OF_SCOPE, 0.01),
        (Trait.SPAM, 0.01),
        (Trait.SELF_NAMING, 0.01),
    ],
)
def test_unusual_texts_have_their_share(texts, trait, share):
    assert sum(text.trait is trait for text in texts) / N == pytest.approx(share, abs=0.007)


def test_copies_repeat_every_word_and_reworded_texts_the_idea_only(texts):
    for text in (text for text in texts if text.origin is not None):
        origin = texts[text.origin]
        assert (text.theme, text.language, text.kind) == (origin.theme, origin.language, origin.kind)
        if text.trait is Trait.COPY:
            assert text.wording == origin.wording
        else:
            assert text.wording != origin.wording


def test_titles_of_plain_texts_hardly_repeat(texts):
    titles = [text.wording.title for text in texts if text.trait is Trait.PLAIN and text.language == "en"]
    assert len(set(titles)) > 0.99 * len(titles)


def test_self_naming_texts_name_their_author(texts):
    naming = [text for text in texts if text.trait is Trait.SELF_NAMING]
    assert all(named_phrases(text.wording.significance, names=[text.author.full_name]) for text in naming)


def test_no_slot_stays_open_and_every_part_has_the_length_that_a_call_wants(texts):
    for wording in (text.wording for text in texts):
        assert not set("{}|") & set("".join(vars(wording).values()))
        assert 3 * len(wording.title) >= 10 and len(wording.title) <= 250
        assert wording.goal_overview and len(wording.goal_overview) <= 3_000
        assert wording.significance


def test_people_come_from_many_countries_and_arrive_most_on_the_last_day(texts):
    assert len({text.author.country for text in texts}) > 40
    assert Counter(len(text.co_authors) for text in texts)[0] < 0.8 * N
    assert sum(text.day > 1 - 1 / 60 for text in texts) > 0.15 * N
    assert all(0 <= text.day <= 1 for text in texts)
