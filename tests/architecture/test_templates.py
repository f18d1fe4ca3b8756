"""Templates get view models, parse, and hold nothing that the content policy or autoescape forbids."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import render_template

from solicit.people.models import Person
from solicit.web.files import files_dir
from solicit.web.pages import OrmObjectInTemplate

TEMPLATES = sorted(files_dir("templates").rglob("*.*"))
# The one page outside our content policy: mail programs read no style sheet of ours.
MAIL_FRAME = "_frame.html"
FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*=|<style"),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>|\son[a-z]+\s*=|javascript:"),
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape\s+false"),
    "data address": re.compile(r"(src|href)\s*=\s*[\"']data:"),
}
HEADING = re.compile(r"<h\d[^>]*\bid=\"([\w-]+)\"[^>]*>\{\{ (_\(.*?\)) \}\}")
NAMED_SECTION = re.compile(r"<section[^>]*aria-labelledby=\"([\w-]+)\"")
NAMED_TABLE = re.compile(r"scroll_table\((.*?)\) -?%\}")


@dataclass(frozen=True)
class Wrapped:
    inside: object


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_template_parses_and_holds_nothing_forbidden(app, template: Path):
    source = template.read_text()
    app.jinja_env.parse(source)
    found = {name for name, pattern in FORBIDDEN.items() if template.suffix == ".html" and pattern.search(source)}
    assert found == ({"inline style"} if template.name == MAIL_FRAME else set())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_sentences_of_a_template_double_their_percent_signs(template: Path):
    sentences = re.findall(r'gettext\("([^"]*)"|\b_\("([^"]*)"', template.read_text())
    alone = [text for pair in sentences for text in pair if re.search(r"%(?!\()", text.replace("%%", ""))]
    assert alone == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_section_and_the_table_in_it_are_not_two_landmarks_of_one_name(template: Path):
    """The table has the name; a section is one of its own only under another."""
    source = template.read_text()
    headings = dict(HEADING.findall(source))
    sections = {headings.get(name) for name in NAMED_SECTION.findall(source)}
    assert sections.isdisjoint(NAMED_TABLE.findall(source))


def test_frame_sets_no_name_that_a_page_uses():
    """What base.html sets takes the place of what a view gave the page under the same name."""
    frame = (files_dir("templates") / "base.html").read_text()
    names = set(re.findall(r"^ *{%-? set (\w+) =", frame, re.MULTILINE))
    pages = [path for path in TEMPLATES if path.suffix == ".html" and path.name != "base.html"]
    code = (" ".join(re.findall(r"{[{%].*?[%}]}", path.read_text(), re.DOTALL)) for path in pages)
    said = (re.sub(r'"[^"]*"', "", text) for text in code)
    assert names == {"modules", "more_here"}
    assert names.isdisjoint(word for text in said for word in re.findall(r"\w+", text))


@pytest.mark.parametrize("wrap", [lambda p: p, lambda p: [p], lambda p: {"a": (p,)}, lambda p: Wrapped(inside=[p])])
def test_orm_object_handed_to_a_template_is_refused(app, wrap):
    with app.test_request_context("/"), pytest.raises(OrmObjectInTemplate):
        render_template("errors/error.html", thing=wrap(Person()))


def test_markup_is_made_in_one_module_only():
    makers = [
        path.name
        for path in (Path(files_dir("templates")).parent / "solicit").rglob("*.py")
        if re.search(r"\bMarkup\(", path.read_text())
    ]
    assert makers == ["text.py"]
