"""A page says the language that its words are in, whatever was asked for."""

import re

import pytest
from builders import make_call
from pseudo_locale import PSEUDO_RTL, write_catalogues

from solicit import create_app
from solicit.db import db, transaction
from solicit.settings import Settings


@pytest.fixture(scope="module")
def site(make_database, tmp_path_factory):
    """A site that offers French and Arabic, for which it has no words, and a made-up language that it has."""
    folder = tmp_path_factory.mktemp("languages")
    locales, words = ("fr", "ar", PSEUDO_RTL), str(write_catalogues(folder / "translations"))
    settings = Settings(instance_dir=folder, locales=locales, translations_dir=words, testing=True)
    app = create_app(settings, make_database("solicit_languages"))
    with app.app_context(), transaction() as session:
        make_call(session, slug="one", translations={"ar": {"headline": "ما التالي؟"}})
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def html_of(page: str) -> str:
    return re.search("<html[^>]*>", page)[0]


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", 'lang="en" dir="ltr"'), ("ar", 'lang="en" dir="ltr"'), (PSEUDO_RTL, f'lang="{PSEUDO_RTL}" dir="rtl"')],
)
def test_page_is_in_english_where_the_site_has_no_words(site, language, words):
    assert words in html_of(site.get(f"/{language}/one/").text)
    assert words in html_of(site.get("/", headers={"Accept-Language": language}, follow_redirects=True).text)


def test_address_without_a_language_leads_to_the_readers_own(site):
    assert site.get("/one", headers={"Accept-Language": "ar"}).location == "/ar/one/"


def test_call_speaks_a_language_that_the_site_does_not(site):
    page = site.get("/ar/one/").text
    assert '<h1 class="headline" lang="ar" dir="rtl">ما التالي؟</h1>' in page
    assert 'href="/ar/one/questions"' in page and 'href="/en/' not in page


def test_languages_are_offered_in_which_there_are_words_of_the_site_or_of_the_call(site):
    def offered(path):
        return re.findall(r'<a href="/(\w+)/one/"[^>]* hreflang="\1"', site.get(path).text)

    assert offered("/ar/one/") == ["ar", PSEUDO_RTL]
