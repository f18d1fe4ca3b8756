"""People in bands, in words: the results and the report show the same."""

from itertools import groupby

from flask_babel import gettext as _

from solicit.people.queries.countries import country_name
from solicit.people.states import CAREER_WORDS, Career
from solicit.reports.queries.publication.participation import CAREER, COUNTRY, LANGUAGE, Group
from solicit.submissions.queries.languages import language_name

Bands = list[tuple[Group, list[str]]]


def bands_in_words(found: tuple[Group, ...], language: str) -> dict[str, Bands]:
    """By what people have in common: each band, the largest first, with the names of the groups in it."""
    words = {
        COUNTRY: lambda value: country_name(value, language),
        CAREER: lambda value: _(CAREER_WORDS[Career(value)]),
        LANGUAGE: lambda value: language_name(value, language),
    }
    bands: dict[str, Bands] = {}
    for name, word in words.items():
        own = groupby((each for each in found if each.group == name), key=lambda each: (each.least, each.most))
        parts = [tuple(members) for _band, members in own]
        bands[name] = [
            (part[0], [word(each.value) if each.value else _("not said") for each in part]) for part in parts
        ]
    return bands
