import numpy as np
import pytest

from ml.language.clustering import cluster
from ml.language.labels import topic_labels
from ml.language.stopwords import STOP_WORDS
from ml.language.words import tokenise


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("How are X-rays made in the Sun's corona in 2020?", "en", ("x-rays", "sun", "corona")),
        ("Quelle est l’origine de l'eau sur Mars ?", "fr", ("origine", "eau", "mars")),
        ("¿Cómo se formó el sistema solar?", "es", ("formó", "sistema", "solar")),
        ("Есть ли жизнь на Марсе?", "ru", ("жизнь", "марсе")),
        ("هل توجد حَيَاة على المريخ؟", "ar", ("حياة", "المريخ")),
        ("火星上有生命吗？月球上的水冰在哪里？", "zh-Hans", ("火星", "生命", "月球", "水冰")),
        ("Gibt es Leben auf dem Mars?", "de", ("gibt", "es", "leben", "auf", "dem", "mars")),
        ("", "en", ()),
        ("2020 ... ?!", "en", ()),
    ],
)
def test_words_that_say_something(text, language, words):
    assert tokenise(text, language) == words


def test_chinese_words_are_cut_in_silence(capfd):
    tokenise("暗物质是什么？", "zh")

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "ar", "zh"])
def test_stop_words_are_as_tokenise_compares_them(language):
    assert {word.casefold() for word in STOP_WORDS[language]} == STOP_WORDS[language]


def label(*topics, language="en", n_terms=3):
    texts = [text for topic in topics for text in topic]
    labels = np.repeat(np.arange(len(topics)), [len(topic) for topic in topics])
    return topic_labels(texts, labels, [language] * len(texts), n_terms=n_terms)


MARS = ["Is there water on Mars?", "Could Mars hold water today?", "Where did the rivers of Mars go?"]
HOLES = ["What is inside a black hole?", "Do black holes evaporate?", "How do Black Holes merge?"]


def test_pairs_win_over_their_words_and_inflections_are_one_term():
    mars, holes = label(MARS, HOLES)

    assert mars[:2] == ("Mars", "water")
    assert holes == ("black hole",)


def test_a_term_is_spelt_as_most_texts_spell_it():
    galaxies = ["Do galaxies collide?", "Why do galaxies spin?", "How old is our galaxy?"]

    assert label(galaxies, MARS)[0] == ("galaxies",)


def test_question_words_never_name_a_topic():
    texts = ["What mission could answer this question?", "How could a mission question this?", "Why?"]

    assert label(texts, MARS)[0] == ()


def test_a_word_of_every_topic_yields_to_words_of_one():
    mars = ["dust of space on Mars", "space dust storms near Mars", "space and Mars"]
    moon = ["space and ice on the Moon", "space, ice, Moon", "ice in space"]

    assert [terms[0] for terms in label(mars, moon)] == ["Mars", "ice"]


def test_words_on_both_sides_of_a_comma_are_no_pair():
    assert label(["ice, dust", "ice, dust", "ice; dust"])[0] == ("dust", "ice")


def test_a_topic_without_repeated_words_still_has_a_name():
    assert len(label(["zodiacal light", "plasma torus", "meteor echo"], MARS)[0]) == 3


@pytest.mark.parametrize(
    ("texts", "language", "name"),
    [
        (["Is the speed of light constant?", "Who measured the speed of light?"], "en", "speed of light"),
        (
            ["La vitesse de la lumière varie-t-elle ?", "D'où vient la vitesse de la lumière ?"],
            "fr",
            "vitesse de la lumière",
        ),
        (
            ["Air on the International Space Station", "Who owns the International Space Station?"],
            "en",
            "International Space Station",
        ),
    ],
)
def test_a_name_of_several_words_is_whole(texts, language, name):
    others = ["Mars", "Mars"]

    assert label(texts, others, language=language)[0] == (name,)


def test_words_of_one_stem_are_said_once():
    planets = ["planetary exoplanets around a star", "an exoplanet, a planetary star", "planets, a star, exoplanets"]

    (terms,) = label(planets)

    assert sum("planet" in term for term in terms) == 1


def test_a_word_that_only_describes_yields_to_the_thing():
    assert label(["an expanding universe", "universe, expanding"], MARS)[0][0] == "universe"


def test_addresses_are_no_words():
    assert label(["see https://example.org/mars-rover now", "see www.example.org now"], MARS)[0] == ()


def test_chinese_pairs_are_written_without_a_gap():
    dark = ["暗物质 粒子", "暗物质 粒子 寻找"]
    terms = label(["黑洞辐射的温度", "黑洞辐射的能量", "黑洞辐射"], dark, language="zh")[0]

    assert terms[0] == "黑洞辐射"


def test_labels_take_each_language_by_its_own_rules():
    texts = ["La vie sur Mars", "Mars et la vie", "Life on Mars", "Жизнь на Марсе"]

    (terms,) = topic_labels(texts, np.zeros(4, dtype=int), ["fr", "fr", "en", "ru"])

    assert terms == ("Mars", "vie")


def test_topics_that_would_share_a_name_are_told_apart():
    dust = ["Can lunar dust be kept off?", "Which lunar roads last?"]
    ice = ["Who owns lunar ice?", "How is lunar water shared?"]

    assert label(dust, ice, MARS)[:2] == (("lunar", "dust"), ("lunar", "ice"))
    assert label(dust, ice, MARS, n_terms=1)[:2] == (("dust",), ("ice",))
    assert label(dust, dust, MARS)[:2] == (("lunar",), ("lunar",))


def test_nothing_has_no_labels():
    assert topic_labels([], np.empty(0, dtype=np.int64), []) == ()


def test_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="same length"):
        topic_labels(["a"], np.zeros(2, dtype=int), ["en"])


def test_topics_of_space_questions_have_names_that_an_organizer_would_choose(space_questions, space_vectors):
    labels = cluster(space_vectors, seed=1)

    names = topic_labels(space_questions, labels, ["en"] * len(labels))

    words = {term.casefold() for terms in names for term in terms}
    assert all(len(terms) == 3 for terms in names)
    assert {"big bang", "black hole", "mars", "exoplanet", "moon", "life"} <= words
    assert words.isdisjoint({"could", "question", "mission", "possible", "scientists", "know"})
