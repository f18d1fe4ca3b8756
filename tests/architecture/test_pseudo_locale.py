"""No page shows a sentence that was not translated: every door, read in a made-up language."""

import re

import lxml.html
import pytest
import sqlalchemy as sa
from babel import Locale
from pseudo_locale import CLOSE, OPEN, PSEUDO, PSEUDO_RTL, pseudo

from architecture.pseudo_world import pseudo_world, speak
from architecture.world import reviewed_doors
from solicit.db import db

DOORS = {door.endpoint: door for door in reviewed_doors() if "GET" in door.methods and door.endpoint != "static"}
NAMES = {"solicit", "utc", "csv", "xlsx", "json", "ris", "bibtex", "atom", "orcid", "ror", "iso", "https", "http"}
# The document of the API is English, as are all answers to programs.
LEFT_OUT = ("code", "bdi", "script", "style", "pre", "div[@id='document']")
WORDS = re.compile(r"[^\W\d_]{3,}")
DIGEST = re.compile(r"[0-9a-f]{64}")
SPOKEN = ("aria-label", "title", "alt", "placeholder", "content")


@pytest.fixture(scope="module")
def world(make_database, tmp_path_factory):
    with pseudo_world(make_database, tmp_path_factory) as world:
        yield world


@pytest.fixture(scope="module")
def content(world) -> set[str]:
    """Every word that somebody wrote into the database of this world."""
    db.session.remove()
    columns = world.connection.execute(
        sa.text(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'ARRAY')"
        )
    ).all()
    words = _words_of_the_language()
    for table, column in columns:
        if not table.startswith("procrastinate"):
            texts = world.connection.scalars(sa.text(f'SELECT "{column}"::text FROM "{table}"'))
            words |= {word.casefold() for text in texts if text for word in WORDS.findall(text)}
    return words


def _words_of_the_language() -> set[str]:
    """What Babel, not the catalogue, says in a language: days, countries, languages."""
    locale = Locale.parse(PSEUDO)
    named = [*locale.territories.values(), *locale.languages.values(), *Locale.parse(PSEUDO_RTL).languages.values()]
    named += Locale.parse("en").languages.values()
    for widths in (*locale.months.values(), *locale.days.values()):
        named += [name for names in widths.values() for name in names.values()]
    return {word.casefold() for name in named for word in WORDS.findall(name)}


def untranslated(html: str, content: set[str]) -> list[str]:
    """Sentences of a page that are neither in brackets nor somebody's own words."""
    page = lxml.html.document_fromstring(html)
    for element in page.xpath("//" + " | //".join(LEFT_OUT)):
        element.drop_tree()
    texts = [text for text in page.itertext() if text.strip()]
    for element in page.iter():
        texts += [element.get(name) for name in SPOKEN if element.get(name) and element.tag != "meta"]
        said = (value for name, value in element.items() if name.startswith("data-") and name != "data-enhance")
        texts += [value for value in said if " " in value.strip()]
    return [" ".join(text.split()) for text in _joined(texts) if not _is_known(text, content)]


def _joined(texts: list[str]) -> list[str]:
    """Sentences again whole that a link in their middle had cut."""
    whole, open_ = [], ""
    for text in texts:
        open_ += text
        if open_.count(OPEN) <= open_.count(CLOSE):
            whole.append(open_)
            open_ = ""
    return [*whole, open_] if open_ else whole


def _is_known(text: str, content: set[str]) -> bool:
    bare = DIGEST.sub(" ", text)
    while OPEN in bare and CLOSE in bare:
        shorter = re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", " ", bare)
        if shorter == bare:
            break
        bare = shorter
    words = {word.casefold() for word in WORDS.findall(bare)}
    return words <= NAMES | content


def pages(world, endpoint: str, language: str, *, n_personas: int) -> dict[str, str]:
    """A page in a language, as those who may open it see it."""
    seen = {}
    with world.undone():
        speak(world, language)
        for persona in DOORS[endpoint].personas("open")[:n_personas]:
            answer = world.request(persona, "GET", world.address(endpoint, lang=language))
            if answer.mimetype == "text/html" and answer.status_code == 200:
                seen[persona] = answer.text
    return seen


@pytest.mark.parametrize("endpoint", DOORS)
def test_every_page_is_translated(world, content, endpoint):
    seen = pages(world, endpoint, PSEUDO, n_personas=3)
    left = {persona: untranslated(html, content) for persona, html in seen.items()}
    assert left == dict.fromkeys(seen, [])


@pytest.mark.parametrize("endpoint", DOORS)
def test_every_page_is_written_from_right_to_left(world, endpoint):
    for html in pages(world, endpoint, PSEUDO_RTL, n_personas=1).values():
        assert f'<html lang="{PSEUDO_RTL}" dir="rtl"' in html or "<html" not in html


def test_a_planted_sentence_is_found(world, content):
    assert pseudo("Sent on %(day)s").startswith(OPEN + "Šéñť óñ %(day)s ")
    planted = (
        f"<main><p>{OPEN}Ĝóóđ{CLOSE}</p><p>Forgotten sentence</p><button aria-label='Forgotten too'></button></main>"
    )
    assert untranslated(planted, content) == ["Forgotten sentence", "Forgotten too"]
