"""The texts of a call in the reader's language, or else in the call's own."""

from collections.abc import Mapping
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import ColumnElement

from solicit.calls.models import Call

Kept = TypeVar("Kept")


class Words(str):
    """A text of a call that knows its language, for ``lang`` and ``dir`` of the page that shows it."""

    lang: str

    def __new__(cls, text: str, lang: str) -> "Words":
        words = super().__new__(cls, text)
        words.lang = lang
        return words

    def __getnewargs__(self) -> tuple[str, str]:
        """What a copy is made of, as of every view model."""
        return str(self), self.lang


class Speaker:
    """Says the texts of one call in a language, as far as they are translated into it."""

    def __init__(self, *, own: str, language: str | None, spoken: Mapping[str, str] | None) -> None:
        self.own, self.language, self.spoken = own, language or own, spoken or {}

    def say(self, name: str, text: str) -> Words:
        """The text of this name; ``text`` is what it says in the call's own language."""
        translated = self.spoken.get(name)
        return Words(translated, self.language) if translated else Words(text, self.own)

    def say_of(self, kind: str, key: object, **texts: str) -> dict[str, Words]:
        """The texts of one theme, stage, reason or mission, by their names."""
        return {part: self.say(text_name(kind, key, part), text) for part, text in texts.items()}


def text_name(kind: str, key: object, part: str) -> str:
    """What ``Call.translations`` calls a text in one of the lists, such as ``theme.life.name``."""
    return f"{kind}.{key}.{part}"


def spoken_in(language: str | None) -> ColumnElement:
    """The translations of a call into a language, as a column; “zh-Hans” finds those of “zh”."""
    if language is None:
        return sa.type_coerce(sa.null(), JSONB)
    both = (Call.translations[language], Call.translations[language.split("-")[0]])
    return sa.type_coerce(sa.func.coalesce(*both), JSONB)


def in_language(by_language: Mapping[str, Kept], language: str | None) -> Kept | None:
    """What is kept for a language, else for its family, else under the empty one."""
    tags = (language or "", (language or "").split("-")[0], "")
    return next((by_language[tag] for tag in tags if tag in by_language), None)


def speaker_of(call: Call, language: str | None) -> Speaker:
    """A speaker for a call of which every translation is at hand."""
    return Speaker(own=call.language, language=language, spoken=in_language(call.translations, language))
