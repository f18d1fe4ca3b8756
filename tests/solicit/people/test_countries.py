import re

import pytest
from babel import Locale

from solicit.people.queries import SUBREGIONS, country_choices, country_name, language_name, subregion_of

LOCALES = ("en", "fr", "es", "ru", "ar", "zh")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_country_once_in_the_words_of_babel(locale):
    choices = country_choices(locale)
    assert len(choices) == len(dict(choices)) == 249
    assert all(re.fullmatch("[A-Z]{2}", code) for code, _ in choices)
    assert dict(choices) == {code: Locale(locale).territories[code] for code, _ in choices}


@pytest.mark.parametrize(
    ("locale", "order"),
    [
        ("en", ["AF", "AX", "AL", "DZ"]),
        ("fr", ["AF", "ZA", "AL", "DZ"]),
        ("es", ["AF", "AL", "DE", "AD"]),
        ("ru", ["AU", "AT", "AZ", "AX"]),
    ],
)
def test_countries_begin_in_the_order_of_the_language(locale, order):
    assert [code for code, _ in country_choices(locale)][:4] == order


@pytest.mark.parametrize(
    ("locale", "codes"),
    [
        ("fr", ["EG", "AE", "EC", "ER", "ES", "EE", "SZ", "US", "ET", "FJ"]),  # Égypte, Émirats, ... Estonie, États
        ("en", ["CD", "CK", "CR", "CI", "HR", "CU", "CW", "CY"]),  # Costa Rica, Côte d'Ivoire, Croatia, ... Curaçao
        ("zh", ["AR", "BR", "FR", "MX", "JP", "CN"]),  # by pinyin: a, ba, fa, mo, ri, zhong
    ],
)
def test_letters_with_marks_are_sorted_with_their_kin(locale, codes):
    order = [code for code, _ in country_choices(locale) if code in codes]
    assert order == codes


def test_country_name():
    assert country_name("CI", "en") == "Côte d’Ivoire"
    assert country_name("CN", "fr") == "Chine"
    assert country_name("CN", "zh-Hans") == "中国"
    assert country_name(None, "en") == ""


def test_subregions():
    assert len(SUBREGIONS) == 18
    assert {subregion_of(code) for code, _ in country_choices("en")} == set(SUBREGIONS)
    some = {"CN": "Eastern Asia", "KE": "Sub-Saharan Africa", "BR": "Latin America and the Caribbean"}
    assert {code: subregion_of(code) for code in some} == some
    with pytest.raises(KeyError):
        subregion_of("XX")


def test_languages_in_their_own_words():
    assert [language_name(locale) for locale in ("en", "fr", "ru", "zh")] == ["English", "Français", "Русский", "中文"]
