"""The languages a text may be written in, by name."""

from functools import cache

from babel import Locale

from solicit.submissions.states import LANGUAGES, UN_LANGUAGES


@cache
def language_choices(locale: str) -> tuple[tuple[str, str], ...]:
    """Codes and names of the languages a text may be written in, in the words of ``locale``."""
    names = Locale.parse(locale, sep="-").languages
    others = sorted(set(LANGUAGES) - set(UN_LANGUAGES), key=lambda code: names[code].casefold())
    return tuple((code, names[code]) for code in (*UN_LANGUAGES, *others))


def language_name(code: str, locale: str) -> str:
    return dict(language_choices(locale)).get(code, code)
