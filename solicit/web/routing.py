"""Parts of addresses: a language of the site, and numbers that fit the database."""

from werkzeug.routing import BaseConverter, IntegerConverter

LARGEST_ID = 2**63 - 1


def locale_converter(locales: tuple[str, ...]) -> type[BaseConverter]:
    """A converter that matches only the languages of the site, and before a converter that takes any word.

    They are its pattern: a value refused later would end the search for other rules.
    """
    return type("LocaleConverter", (BaseConverter,), {"regex": "|".join(locales), "weight": 50})


class IdConverter(IntegerConverter):
    """A positive number in ASCII digits that fits a bigint.

    The pattern says all of it: a value refused later would end in 405 where another method shares the address.
    """

    regex = r"[1-9][0-9]{0,17}"


def id_from(text: str | None) -> int | None:
    """The number that a query string or a form means, or None for anything that cannot be one."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > len(str(LARGEST_ID)):
        return None
    return int(text) if 1 <= int(text) <= LARGEST_ID else None
