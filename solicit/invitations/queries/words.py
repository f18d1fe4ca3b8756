"""Limits and reasons in words: English sentences with their values, translated where they are shown."""

from dataclasses import dataclass, field

from solicit.calls.queries import CallFacts
from solicit.invitations.states import QuotaField
from solicit.people.queries import country_name
from solicit.people.states import CAREER_WORDS, Career
from solicit.words import N_

SEATS = "seats"
BUDGET = "budget"


@dataclass(frozen=True)
class Sentence:
    """A sentence to translate, and what stands in it."""

    text: str
    params: dict = field(default_factory=dict)


@dataclass(frozen=True)
class LimitName:
    """What a limit is called; ``is_word`` if the name is a word of ours to translate."""

    text: str
    is_word: bool


def limit_name(name: str, *, call: CallFacts, locale: str) -> LimitName:
    """“seats”, “budget” or a quota such as “theme:life”, as people read it."""
    if name == SEATS:
        return LimitName(N_("Seats"), True)
    if name == BUDGET:
        return LimitName(N_("Budget"), True)
    quota_field, _, value = name.partition(":")
    return group_name(QuotaField(quota_field), value, call=call, locale=locale)


def group_name(quota_field: QuotaField, value: str, *, call: CallFacts, locale: str) -> LimitName:
    """The group that a quota counts."""
    match quota_field:
        case QuotaField.THEME:
            theme = call.theme(value)
            return LimitName(theme.short_name if theme else value, False)
        case QuotaField.CAREER:
            return LimitName(CAREER_WORDS[Career(value)], True)
        case QuotaField.COUNTRY:
            return LimitName(country_name(value, locale), False)
        case QuotaField.REGION:
            return LimitName(value, True)
