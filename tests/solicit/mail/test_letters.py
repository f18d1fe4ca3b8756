"""Every letter, as it is read: two twins with the same words, nothing of others' making in them."""

import re

import pytest
from builders_mail import LETTERS, THEIRS, WRITTEN, MailPage, some_letter, some_params
from pseudo_locale import CLOSE, OPEN, PSEUDO, PSEUDO_RTL, write_catalogues

from solicit import create_app
from solicit.mail.letters import LONGEST_VALUE, StrayText, read_letter, shortened, unlinked
from solicit.mail.states import KINDS, STOPPABLE
from solicit.postgres import DatabaseUrls
from solicit.settings import Settings

ALLOWED = {
    "html": {"lang", "dir", "style"},
    "head": set(),
    "meta": {"charset", "name", "content"},
    "title": set(),
    "body": {"style"},
    "div": {"lang", "dir", "style"},
    "p": {"dir", "style"},
    "blockquote": {"style"},
    "br": set(),
    "a": {"href", "style"},
    "bdi": {"dir"},
}


# Letters after which nothing is left to do with the account: every other one has its button.
LAST_WORDS = {"account_erased", "address_changed"}
QUOTED_WHOLE = {"note", "reason", "text"}


def n_buttons(kind: str) -> int:
    return 0 if kind in LAST_WORDS else 1


def theirs_in(app, kind: str) -> set[str]:
    """What people could have written in a letter of this kind."""
    return {name for name, value in some_params(app, kind).items() if value == THEIRS}


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_every_letter_has_its_row_and_nothing_else_lies_with_them():
    assert set(WRITTEN) <= set(KINDS)
    assert {path.name for path in LETTERS.glob("*.txt")} == {"_frame.txt"}


@pytest.mark.parametrize("kind", WRITTEN)
def test_twins_say_the_same(app, session, kind):
    letter = some_letter(app, kind)
    text, page = letter.as_text(), MailPage(letter.as_html())
    assert words_of(page.all("body")[0].text) == words_of(text)
    links = [link.attributes["href"] for link in page.all("a")]
    assert links == [line for line in text.split("\n") if line.startswith("http")]


@pytest.mark.parametrize("kind", WRITTEN)
def test_page_holds_only_what_a_letter_needs(app, session, kind):
    page = MailPage(some_letter(app, kind).as_html())
    for element in page.elements:
        assert set(element.attributes) <= ALLOWED[element.tag], element.tag
        assert "url(" not in element.attributes.get("style", "")
    links = page.all("a")
    assert all(link.attributes["href"].startswith("http://localhost/") for link in links)
    buttons = [link for link in links if "background" in link.attributes["style"]]
    assert len(buttons) == n_buttons(kind)
    assert all(button.attributes["href"] in page.all("body")[0].text for button in buttons)


@pytest.mark.parametrize("kind", WRITTEN)
def test_letter_says_the_fact_what_to_do_and_why(app, session, kind):
    letter = some_letter(app, kind)
    assert len(letter.subject) <= 60
    assert "evil" not in letter.subject
    kinds = [part.kind for part in letter.parts]
    assert (kinds.count("action"), kinds.count("why")) == (n_buttons(kind), 1)
    assert kinds[-1] == ("link" if kind in STOPPABLE else "why")
    assert "\n\n\n" not in letter.as_text() and "None" not in letter.as_text()


@pytest.mark.parametrize("kind", WRITTEN)
def test_nothing_of_others_becomes_a_link(app, session, kind):
    text = some_letter(app, kind).as_text()
    lines = [line for line in text.split("\n") if "evil" in line]
    assert not re.search(r"evil\.example|://evil|www\.evil", " ".join(lines))


@pytest.mark.parametrize("kind", WRITTEN)
def test_longest_values_are_cut(app, session, kind):
    changes = dict.fromkeys(theirs_in(app, kind) - QUOTED_WHOLE, "x" * 10_000)
    letter = some_letter(app, kind, **changes)
    assert max(map(len, re.findall(r"x+…?", letter.as_text())), default=0) <= LONGEST_VALUE
    assert len(letter.subject) <= 60


@pytest.fixture(scope="module")
def pseudo_app(tmp_path_factory):
    """A site that speaks two made-up languages; letters need no database."""
    folder = tmp_path_factory.mktemp("pseudo")
    settings = Settings(
        instance_dir=folder,
        testing=True,
        locales=("en", PSEUDO, PSEUDO_RTL),
        translations_dir=str(write_catalogues(folder / "translations")),
    )
    app = create_app(settings, DatabaseUrls("postgresql+psycopg:///none", "postgresql+psycopg:///none"))
    with app.app_context():
        yield app


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_letter_is_translated(pseudo_app, kind):
    letter = some_letter(pseudo_app, kind, PSEUDO, **dict.fromkeys(theirs_in(pseudo_app, kind), "7"))
    said = [letter.subject, *(part.text for part in letter.parts if part.kind != "markdown")]  # organizers' own words
    # A translated word may stand in a translated sentence.
    inside = rf"[^{OPEN}{CLOSE}]*"
    sentence = rf"{OPEN}({inside}|{OPEN}{inside}{CLOSE})*{CLOSE}"
    assert [text for text in said if not re.fullmatch(rf"({sentence}|7|\s)+", text)] == []


def test_right_to_left_letter_runs_so(pseudo_app):
    title = "ما هو أقرب كوكب؟"
    letter = some_letter(pseudo_app, "submission_received", PSEUDO_RTL, title=title, call_title="A call of ours")
    page = MailPage(letter.as_html())
    assert [page.all(tag)[0].attributes["dir"] for tag in ("html", "div")] == ["rtl", "rtl"]
    assert [p.attributes["dir"] for p in page.all("p") if title in p.text] == ["auto"]
    assert "border-right" in page.all("blockquote")[0].attributes["style"]
    assert "\u2068A call of ours\u2069" in letter.as_text() and f"    {title}\n" in letter.as_text()


def test_letter_in_a_language_without_words_is_an_english_one(app):
    letter = some_letter(app, "submission_received", "ar")
    assert letter.subject.startswith("Received: ")
    assert [MailPage(letter.as_html()).all("html")[0].attributes[name] for name in ("lang", "dir")] == ["en", "ltr"]


def test_value_that_runs_the_other_way_stays_apart(app, session):
    letter = some_letter(app, "submission_received", call_title="نداء")
    assert "“\u2068نداء\u2069”" in letter.as_text()


def test_quoted_lines_stay_lines(app, session):
    letter = some_letter(app, "question_out_of_scope", note="One.\n\nTwo.")
    assert "    One.\n\n    Two.\n" in letter.as_text()
    assert "One.<br><br>Two." in letter.as_html()


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('{{ subject(_("A")) }} stray', "stray"),
        ('{{ p(_("A")) }}', "no subject"),
        ("{{ subject(title) }}", "not a sentence of ours"),
        ('{{ subject(_("A %(b)s", b=b)) }}', "lacks a value: b"),
    ],
)
def test_template_that_is_no_letter_is_refused(app, session, monkeypatch, source, problem):
    template = app.jinja_env.from_string(source)
    monkeypatch.setattr(app.jinja_env, "get_template", lambda name: template)
    with pytest.raises(StrayText, match=problem):
        read_letter("any", params={"title": "x"}, locale="en")


def test_cut_text_ends_with_an_ellipsis():
    assert shortened("a\n b") == "a b"
    assert shortened("x" * 200) == "x" * 200
    assert shortened("x" * 201) == "x" * 199 + "…"


@pytest.mark.parametrize("text", ["J. R. R. Tolkien", "J.R.R. Tolkien", "3.5 m", "Why? e.g. dust", "…"])
def test_plain_text_is_left_alone(text):
    assert unlinked(text) == text
