"""In which language somebody reads: the one that they asked for, and the one in which the site has words for them."""

import gettext
from contextlib import AbstractContextManager
from functools import cache

from flask import current_app, g, request
from flask_babel import force_locale

from solicit.web.addresses import is_api

# The language of the words in the code.
WRITTEN = "en"


def asked_language() -> str:
    """The language of the address, else of the account, else of the browser; programs are answered in English.

    Organizers' texts are chosen by it: a call may be translated into a language in which the site has no words.
    """
    if is_api():
        return WRITTEN
    locales = current_app.extensions["settings"].locales
    wanted = (request.view_args or {}).get("lang")
    identity = getattr(g, "identity", None)
    if wanted is None and identity is not None:
        wanted = identity.locale
    if wanted in locales:
        return wanted
    return request.accept_languages.best_match(locales, default=locales[0])


def spoken(language: str) -> str:
    """The language itself where the site has words in it, else the one in which they are written."""
    tag = language.replace("-", "_")
    return tag if _has_words(tag, current_app.config["BABEL_TRANSLATION_DIRECTORIES"]) else WRITTEN


@cache
def _has_words(tag: str, folders: str) -> bool:
    return tag.split("_")[0] == WRITTEN or any(gettext.find("messages", each, [tag]) for each in folders.split(";"))


def spoken_languages() -> tuple[str, ...]:
    """The languages of the site in which it has words, at least one."""
    return tuple(dict.fromkeys(map(spoken, current_app.extensions["settings"].locales)))


def speaking(language: str) -> AbstractContextManager:
    """Words and numbers in this language, as far as the site has it: for what somebody else reads."""
    return force_locale(spoken(language))
