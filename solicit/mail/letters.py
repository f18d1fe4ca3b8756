"""Letters: the template of a kind is read once into parts, and two frames write them as twins, text and HTML.

What people wrote reaches a letter through ``_()``, ``ngettext()`` or ``quote()`` and is made harmless there.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

import flask_babel
from flask import current_app
from jinja2 import Undefined

from solicit.mail.states import KINDS
from solicit.mail.wordings import BUTTON, Block, Wording, blocks_of, filled, placeholders, slots
from solicit.web.addresses import public_root
from solicit.web.languages import speaking
from solicit.web.pages import current_language, direction
from solicit.web.text import as_markdown, plain_markdown, render_markdown, without_controls

# The parts of a letter that its organizers may word anew, or place.
SAID = ("p", "quote", "action")
LONGEST_VALUE = 200
LONGEST_SUBJECT = 120
# An RFC 2047 word would be decoded again when the header is written, and could carry a line break.
ENCODED_WORD = re.compile(r"=\?[^?]*\?[^?]*\?[^?]*\?=")
# Mail programs make a link of whatever looks like an address; a hair space inside it stops them.
LOOKS_LIKE_ADDRESS = re.compile(r"://|(?<=\w)\.(?=[^\W\d_]{2})")
HAIR_SPACE = "\u200a"
ISOLATED = "\u2068{}\u2069"


class StrayText(ValueError):
    """A letter's template says something outside its parts; see “A new letter” in docs/architecture.md."""


class _OwnWords(str):
    """Words of the site itself, which need no care."""


@dataclass(frozen=True)
class Part:
    """A paragraph: ``p``, ``quote``, ``action``, ``link``, ``why`` or ``markdown``; an action or link has an address.

    Markdown is in the organizers' words: its text is the plain one, beside its HTML.
    """

    kind: str
    text: str
    url: str = ""
    html: str = ""

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


@dataclass(frozen=True)
class Letter:
    """A letter in one language, before it has a form."""

    subject: str
    parts: tuple[Part, ...]
    lang: str

    def as_text(self) -> str:
        return self._framed("mail/_frame.txt").strip() + "\n"

    def as_html(self) -> str:
        return self._framed("mail/_frame.html")

    def _framed(self, frame: str) -> str:
        template = current_app.jinja_env.get_template(frame)
        return template.render(subject=self.subject, parts=self.parts, lang=self.lang, dir=direction(self.lang))


@dataclass
class _Reader:
    """What the template of a letter may say; each saying is kept as a part and leaves nothing behind."""

    lang: str
    subject: str = ""
    parts: list[Part] = field(default_factory=list)

    def words(self) -> dict[str, object]:
        """The names that a letter's template knows."""
        says = {
            name: getattr(self, f"say_{name}") for name in ("subject", "p", "quote", "written", "action", "link", "why")
        }
        speaks = {"_": self._gettext, "ngettext": self._ngettext}
        return says | speaks | {"ours": _OwnWords, "public_url": _OwnWords(public_root())}

    def say_subject(self, text: str) -> str:
        if not isinstance(text, _OwnWords):
            raise StrayText(f"The subject {text[:80]!r} is not a sentence of ours.")
        self.subject = header_text(text)
        return ""

    def say_p(self, *sentences: str) -> str:
        return self._keep("p", *sentences)

    def say_quote(self, text: str, whole: bool = False) -> str:
        """Words of a person, apart from ours: a title or a name, or the ``whole`` of a longer text."""
        self.parts.append(Part("quote", unlinked(text.strip() if whole else shortened(text))))
        return ""

    def say_written(self, text: str, **values: str) -> str:
        """Markdown of an organizer with placeholders such as {name}, whose values are not theirs and stay plain."""
        harmless = {name: self._harmless(value, shortened) for name, value in values.items()}
        body = filled(text, harmless, escape=as_markdown)
        self.parts.append(Part("markdown", plain_markdown(body), html=render_markdown(body)))
        return ""

    def say_action(self, label: str, path: str) -> str:
        """The one button."""
        return self._keep("action", label, url=public_root() + path)

    def say_link(self, label: str, path: str) -> str:
        return self._keep("link", label, url=public_root() + path)

    def say_why(self, *sentences: str) -> str:
        """Who sent the letter, and why the reader got it."""
        return self._keep("why", *sentences)

    def reword(self, kind: str, wording: Wording, params: dict) -> None:
        """Put the organizers' words in place of subject, paragraphs and quotes; buttons and why it came stay ours."""
        given = {name: params.get(name) for name in placeholders(kind)}
        short = {name: str(self._harmless(value, shortened)) for name, value in _said(given).items()}
        whole = {name: unlinked(value.strip()) for name, value in _said(given).items()}
        self.subject = header_text(filled(wording.subject, short))
        buttons, worded = [part for part in self.parts if part.kind == "action"], []
        for block in blocks_of(kind, wording.body, short=short, whole=whole):
            if not block.is_button:
                worded.append(_worded(block))
            elif buttons:
                worded.append(buttons.pop(0))
        self.parts = worded + buttons + [part for part in self.parts if part.kind in ("link", "why")]

    def _keep(self, kind: str, *sentences: str, url: str = "") -> str:
        self.parts.append(Part(kind, " ".join(self._harmless(sentence) for sentence in sentences if sentence), url))
        return ""

    def _gettext(self, message: str, **values: object) -> _OwnWords:
        return _OwnWords(flask_babel.gettext(message, **self._cut(values)))

    def _ngettext(self, one: str, many: str, n: int, **values: object) -> _OwnWords:
        return _OwnWords(flask_babel.ngettext(one, many, n, **self._cut(values)))

    def _cut(self, values: dict[str, object]) -> dict[str, object]:
        return {name: self._harmless(value, shortened) for name, value in values.items()}

    def _harmless(self, value: object, cut: Callable[[str], str] = str) -> object:
        """What is not ours can neither be made a link, nor turn the words around it."""
        if isinstance(value, Undefined):
            raise StrayText(f"A letter lacks a value: {value._undefined_name}.")
        theirs = isinstance(value, str) and not isinstance(value, _OwnWords)
        return isolated(unlinked(cut(value)), self.lang) if theirs else value


def read_letter(kind: str, *, params: dict, locale: str, stop_path: str = "", wording: Wording | None = None) -> Letter:
    """The letter of a kind in a language, in our words or in those of its call's organizers.

    ``stop_path`` leads to where the reader may stop such letters.
    """
    with speaking(locale):
        reader = _Reader(current_language())
        template = current_app.jinja_env.get_template(f"mail/{kind}.jinja")
        stray = template.render({"lang": locale} | params | reader.words()).strip()
        if stray or not reader.subject:
            raise StrayText(f"mail/{kind}.jinja: {stray[:80]!r} stands outside the letter, or it has no subject.")
        if wording is not None:
            reader.reword(kind, wording, params)
        if params.get("is_test"):
            reader.subject = header_text(flask_babel.gettext("Test: %(subject)s", subject=reader.subject))
        if stop_path:
            how_to_stop = flask_babel.gettext("You need not get letters of this kind. Stop them here:")
            reader.say_link(_OwnWords(how_to_stop), stop_path)
    return Letter(reader.subject, tuple(reader.parts), reader.lang)


def subject_of(kind: str, *, params: dict, locale: str) -> str:
    """What stood above a letter; the word for its kind, if the letter was emptied since."""
    try:
        return read_letter(kind, params=params, locale=locale).subject
    except StrayText:
        with speaking(locale):
            return flask_babel.gettext(KINDS[kind].word)


def default_wording(kind: str, *, locale: str) -> Wording:
    """What a letter says in our words, with placeholders for its values."""
    letter = read_letter(kind, params=_slots_as_ours(kind), locale=locale)
    button = f"{{{BUTTON}}}"
    said = [button if part.kind == "action" else part.text for part in letter.parts if part.kind in SAID]
    return Wording(letter.subject, "\n\n".join(said))


def _slots_as_ours(kind: str) -> dict[str, object]:
    return {name: _OwnWords(value) if isinstance(value, str) else value for name, value in slots(kind).items()}


def _said(given: dict[str, object]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in given.items()}


def _worded(block: Block) -> Part:
    if block.is_quote:
        return Part("quote", block.text)
    return Part("markdown", plain_markdown(block.text), html=render_markdown(block.text))


def shortened(text: str) -> str:
    """One line of at most LONGEST_VALUE characters."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1].rstrip() + "…"


def unlinked(text: str) -> str:
    """A text in which no mail program finds an address to make a link of."""
    return LOOKS_LIKE_ADDRESS.sub(lambda found: found[0] + HAIR_SPACE, text)


def isolated(text: str, language: str) -> str:
    """A text that cannot turn the words around it, should it run the other way than the language."""
    others = ("L",) if direction(language) == "rtl" else ("R", "AL")
    return ISOLATED.format(text) if any(unicodedata.bidirectional(c) in others for c in text) else text


def header_text(text: str) -> str:
    """A text that is safe in a header: one line, no encoded words, not too long."""
    line = " ".join(without_controls(text).split())
    while ENCODED_WORD.search(line):  # what is left on both sides may be another one
        line = ENCODED_WORD.sub("", line)
    return line[:LONGEST_SUBJECT]
