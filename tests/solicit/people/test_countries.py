import json
import re
from pathlib import Path

import pytest
from babel import Locale

from solicit import create_app
from solicit.people.queries import (
    SUBREGIONS,
    countries,
    country_choices,
    country_name,
    language_name,
    subregion_of,
)
from solicit.postgres import DatabaseUrls
from solicit.settings import BadSettings, Settings

NOBODY = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"

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


@pytest.fixture
def labels(tmp_path):
    """Writes a file of labels; the site's labels are the usual ones again after the test."""

    def write(content) -> Path:
        file = tmp_path / "labels.json"
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return file

    yield write
    countries.rename({})


def test_site_names_countries_everywhere_in_its_languages(labels):
    countries.rename(countries.read_labels(labels({"CI": {"en": " Ivory  Coast ", "zh": "象牙海岸"}})))
    assert country_name("CI", "en") == dict(country_choices("en"))["CI"] == "Ivory Coast"
    assert country_name("CI", "zh_Hans") == country_name("CI", "zh") == "象牙海岸"
    assert country_name("CI", "fr") == "Côte d’Ivoire"
    names = [name for _, name in country_choices("en")]
    assert names.index("Italy") < names.index("Ivory Coast") < names.index("Jamaica")


def test_code_of_the_site_is_offered_only_when_named(labels):
    assert "XK" not in dict(country_choices("en"))
    countries.rename(countries.read_labels(labels({"XK": {"en": "Kosovo"}})))
    assert dict(country_choices("en"))["XK"] == "Kosovo"
    assert subregion_of("XK") in SUBREGIONS


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "not a JSON file"),
        (b"\xff", "not a JSON file"),
        ([], "holds no labels"),
        ({"ZZ": {"en": "Nowhere"}}, "'ZZ', which is no code"),
        ({"fr": {"en": "France"}}, "'fr', which is no code"),
        ({"FR": "France"}, "no labels by language"),
        ({"FR": {"xx-nothing": "France"}}, "no labels by language"),
        ({"FR": {"en": 3}}, "not a text"),
        ({"FR": {"en": "Fr\u0007"}}, "not a text"),
        ({"FR": {"en": " "}}, "empty or longer"),
        ({"FR": {"en": "x" * 101}}, "empty or longer"),
    ],
)
def test_bad_labels_stop_the_start_with_a_sentence(labels, tmp_path, content, told):
    settings = Settings(instance_dir=tmp_path, testing=True, country_labels=str(labels(content)))
    with pytest.raises(BadSettings, match=f"^SOLICIT_COUNTRY_LABELS: .*{told}"):
        create_app(settings, DatabaseUrls(owner=NOBODY, app=NOBODY))


def test_labels_are_read_at_the_start(labels, tmp_path):
    settings = Settings(instance_dir=tmp_path, testing=True, country_labels=str(labels({"FR": {"en": "Gaul"}})))
    create_app(settings, DatabaseUrls(owner=NOBODY, app=NOBODY))
    assert country_name("FR", "en") == "Gaul"
    create_app(Settings(instance_dir=tmp_path, testing=True), DatabaseUrls(owner=NOBODY, app=NOBODY))
    assert country_name("FR", "en") == "France"
    with pytest.raises(BadSettings, match="nothing-here.json is not a JSON file"):
        create_app(
            Settings(instance_dir=tmp_path, testing=True, country_labels="nothing-here.json"),
            DatabaseUrls(owner=NOBODY, app=NOBODY),
        )
