"""Organizers' own words of a letter: which placeholders it has, what it says by default, and how values are put in.

A placeholder is a plain name in braces. Nothing in it is evaluated, and a value is never read as Markdown.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, meta

from solicit.mail.states import PLACEHOLDERS
from solicit.web.files import files_dir
from solicit.web.text import as_markdown

# Where the button of a letter stands; without it, at the end.
BUTTON = "button"
IN_BRACES = re.compile(r"\{([^{}]*)\}")
QUOTED_WHOLE = re.compile(r"quote\((\w+), whole=true\)")


@dataclass(frozen=True)
class Wording:
    """Subject and body of a letter; the body is Markdown, and both hold placeholders."""

    subject: str
    body: str


@dataclass(frozen=True)
class Block:
    """A paragraph of a worded letter: Markdown, the words of a person by themselves, or the place of the button."""

    text: str
    is_quote: bool = False
    is_button: bool = False

    @property
    def is_markdown(self) -> bool:
        return not (self.is_quote or self.is_button)


class Slot(int):
    """A number that writes itself as its placeholder, and counts as several."""

    name: str

    def __new__(cls, name: str) -> "Slot":
        slot = super().__new__(cls, 2)
        slot.name = name
        return slot

    def __str__(self) -> str:
        return f"{{{self.name}}}"


def placeholders(kind: str) -> tuple[str, ...]:
    """The values that a letter of this kind has for its organizers' words."""
    return tuple(sorted(_names(kind) & PLACEHOLDERS.keys()))


def slots(kind: str) -> dict[str, object]:
    """Values with which a letter reads as its own default wording."""
    named = {name: _slot(name) for name in placeholders(kind)}
    return {name: _unsaid(name) for name in _names(kind) - named.keys()} | named


def samples(kind: str, *, call_title: str) -> dict[str, object]:
    """Values with which a letter can be shown; of the call its real title."""
    named = {name: PLACEHOLDERS[name].sample or call_title for name in placeholders(kind)}
    return {name: _unsaid(name) for name in _names(kind) - named.keys()} | named


def unknown_placeholders(kind: str, text: str) -> list[str]:
    """What stands in braces and is none of the letter's placeholders, as it was written; a button is a paragraph."""
    known = placeholders(kind)
    text = "\n\n".join(each for each in _paragraphs(text) if each != f"{{{BUTTON}}}")
    return list(dict.fromkeys(found[0] for found in IN_BRACES.finditer(text) if found[1] not in known))


def filled(text: str, values: Mapping[str, str], *, escape: Callable[[str], str] = str) -> str:
    """A text with its values; what is no value of the letter stays as it is written."""
    return IN_BRACES.sub(lambda found: escape(values[found[1]]) if found[1] in values else found[0], text)


def blocks_of(kind: str, body: str, *, short: Mapping[str, str], whole: Mapping[str, str]) -> list[Block]:
    """The paragraphs of a worded letter. One that is only a placeholder quotes its value; one without values goes."""
    blocks = []
    for paragraph in _paragraphs(body):
        names = [found[1] for found in IN_BRACES.finditer(paragraph) if found[1] in short]
        if names and not any(short[name] for name in names):
            continue
        only = IN_BRACES.fullmatch(paragraph)
        if only and only[1] == BUTTON:
            blocks.append(Block("", is_button=True))
        elif only and only[1] in short:
            blocks.append(Block((whole if only[1] in _whole(kind) else short)[only[1]], is_quote=True))
        elif blocks and blocks[-1].is_markdown:  # lists and numbers go on over paragraphs
            blocks[-1] = Block(f"{blocks[-1].text}\n\n{filled(paragraph, short, escape=as_markdown)}")
        else:
            blocks.append(Block(filled(paragraph, short, escape=as_markdown)))
    return blocks


def _paragraphs(text: str) -> list[str]:
    return [each.strip() for each in re.split(r"\n\s*\n", text.strip())]


@cache
def _source(kind: str) -> str:
    return (Path(files_dir("templates")) / "mail" / f"{kind}.jinja").read_text(encoding="utf-8")


@cache
def _names(kind: str) -> frozenset[str]:
    """Every value that the template of a letter speaks of."""
    said = {"subject", "p", "quote", "written", "action", "link", "why", "_", "ngettext", "ours", "public_url", "lang"}
    return frozenset(meta.find_undeclared_variables(Environment().parse(_source(kind)))) - said  # noqa: S701 - parsed only


def _whole(kind: str) -> frozenset[str]:
    return frozenset(QUOTED_WHOLE.findall(_source(kind)))


def _slot(name: str) -> str | Slot:
    return Slot(name) if isinstance(PLACEHOLDERS[name].sample, int) else f"{{{name}}}"


def _unsaid(name: str) -> object:
    """Of what is not for organizers' words: an address, or that something is not so."""
    return "" if name.startswith(("is_", "was_")) else "/"
