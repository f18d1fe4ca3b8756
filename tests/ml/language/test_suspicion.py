import pytest

from ml.language.suspicion import distance_signs, distance_strength, spam_signs, spam_strength

HONEST = "We want to know how dust settles on the ice of small moons, and what that says about their past."


def signs(text, *, language="en", n=1):
    return spam_signs(text, language=language, n_of_submitter=n)


@pytest.mark.parametrize(
    ("text", "language", "n", "expected"),
    [
        (HONEST, "en", 1, ()),
        ("See https://arxiv.org/abs/1. " + HONEST, "en", 1, ()),
        ("Visit www.cheap.shop now at http://cheap.shop/buy " + HONEST, "en", 1, ("links",)),
        ("buy our cheap pills today " * 10, "en", 1, ("repetition",)),
        (HONEST, "en", 10, ("many",)),
        (HONEST.upper(), "en", 1, ("shouting",)),
        (HONEST + "!!!!", "en", 1, ("shouting",)),
        ("Comment la poussière se pose-t-elle sur la glace des petites lunes ?", "fr", 1, ()),
        ("Wie setzt sich Staub nieder auf kleinen Monden und warum ist das wichtig?", "fr", 1, ("other_language",)),
        (HONEST, "ru", 1, ("other_language",)),
        (HONEST, "zh-Hans", 1, ("other_language",)),
        ("木星的卫星上是否存在生命？我们如何才能找到它们？", "zh-Hans", 1, ()),
        ("هل توجد حياة على أقمار المشتري؟", "ar", 1, ()),
        ("Short?", "ru", 1, ()),
    ],
)
def test_signs_of_spam(text, language, n, expected):
    assert signs(text, language=language, n=n) == expected


def test_a_language_without_a_list_of_words_is_not_suspected():
    assert signs("Hvordan lægger støvet sig på isen på de små måner, og hvorfor?", language="da") == ()


def test_strength_grows_with_every_sign():
    assert spam_strength(()) == 0
    assert 0 < spam_strength(("many",)) < spam_strength(("many", "links")) < 1


@pytest.mark.parametrize(
    ("theme", "scope", "expected"),
    [
        (0.05, 0.1, ("far_from_themes", "far_from_scope")),
        (0.05, 0.5, ()),
        (0.5, 0.1, ()),
        (0.05, None, ("far_from_themes",)),
        (None, None, ()),
    ],
)
def test_only_what_is_far_from_everything_is_suspected(theme, scope, expected):
    assert distance_signs(theme, scope) == expected


def test_distance_is_strongest_where_nothing_is_in_common():
    assert distance_strength(0.0, 0.0) == 1
    assert distance_strength(-0.2, None) == 1
    assert distance_strength(None, None) == 0
    assert distance_strength(0.06, 0.03) == 0.5
