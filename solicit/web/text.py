"""The one intake of text that people send, and the safe rendering of their Markdown."""

import re
import unicodedata

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

LONGEST_TEXT = 20_000

# C0 and C1 controls other than tab and newline, and lone surrogates, never belong in a text.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Bidirectional overrides and isolates, and tag characters, are dropped: the page isolates texts itself.
DROPPED = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")

PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")

_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")


class BadText(ValueError):
    """A text holds characters that cannot be stored."""


def clean_text(text: str) -> str:
    """NFC, newlines as \\n, invisible direction marks dropped; raises BadText for control characters."""
    text = DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if FORBIDDEN.search(text):
        raise BadText
    return unicodedata.normalize("NFC", text).strip()


def without_controls(text: str) -> str:
    """A text that came past the intake, such as a stored one: what does not belong in it is a space."""
    return DROPPED.sub("", FORBIDDEN.sub(" ", text.replace("\r\n", "\n")))


def one_line(text: str) -> str:
    """``clean_text`` with every run of white space made one space."""
    return " ".join(clean_text(text).split())


def render_markdown(text: str) -> Markup:
    """Safe HTML of Markdown written by organizers: no raw HTML, no images."""
    return Markup(nh3.clean(_markdown.render(text[:LONGEST_TEXT]), link_rel="noopener nofollow"))  # noqa: S704 - cleaned


def plain_markdown(text: str) -> str:
    """The words of Markdown without its marks; the address of a link stands behind its words."""
    blocks, item = [], ""
    for token in _markdown.parse(text[:LONGEST_TEXT]):
        if token.type == "list_item_open":
            item = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type == "inline":
            blocks.append(item + _plain_line(token.children or []))
            item = ""
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip())
    return "\n\n".join(blocks)


def as_markdown(value: str) -> str:
    """Words that stay as they are inside Markdown, whatever they are."""
    return PUNCTUATION.sub(r"\\\g<0>", value)


def _plain_line(tokens: list[Token]) -> str:
    words, addresses = [], []
    for token in tokens:
        if token.type == "link_open":
            addresses.append(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            words.append(f" ({addresses.pop()})")
        elif token.type in ("softbreak", "hardbreak"):
            words.append("\n")
        else:
            words.append(token.content)
    return "".join(words)
