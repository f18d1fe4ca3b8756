"""Limits and reasons in words: English sentences with their values, translated where they are shown."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.queries.limits import CAP, Limits
from solicit.invitations.states import GENDER_WORDS, Attendance, Gender, QuotaField
from solicit.people.queries import country_name
from solicit.people.states import CAREER_WORDS, Career
from solicit.topics.models import Topic
from solicit.topics.queries.topics import topic_name
from solicit.words import N_

SEATS = "seats"
BUDGET = "budget"
IN_PERSON = f"attendance:{Attendance.IN_PERSON.value}"
ONLINE = f"attendance:{Attendance.ONLINE.value}"

ALWAYS = "always"
NEVER = "never"

FIXED_NAMES = {
    SEATS: N_("Seats"),
    BUDGET: N_("Budget"),
    ALWAYS: N_("Always-invite rules"),
    NEVER: N_("Never-invite rules"),
    IN_PERSON: N_("Seats in the room"),
    ONLINE: N_("Places online"),
}

YOUTH_WORD = N_("People under 35")


@dataclass(frozen=True)
class Sentence:
    """A sentence to translate, and what stands in it."""

    text: str
    params: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Cents:
    """An amount of money in a sentence, in the currency of the call."""

    amount: int


@dataclass(frozen=True)
class LimitName:
    """What a limit is called; ``is_word`` if the name is a word of ours to translate, in which ``params`` stand."""

    text: str
    is_word: bool
    params: dict = field(default_factory=dict)


@dataclass(frozen=True)
class LimitWords:
    """What it takes to name the limits of a call; caps are named with their number where ``limits`` are known."""

    call: CallFacts
    locale: str
    topic_names: dict[int, str]
    limits: Limits | None = None

    def under(self, limits: Limits) -> "LimitWords":
        return replace(self, limits=limits)

    def limit(self, name: str) -> LimitName:
        """“seats”, “budget”, an attendance, a quota such as “theme:life”, or a cap on a group."""
        if name in FIXED_NAMES:
            return LimitName(FIXED_NAMES[name], True)
        quota_field, _, value = name.removeprefix(CAP).partition(":")
        group = self.group(QuotaField(quota_field), value)
        return self._cap(QuotaField(quota_field), value, group) if name.startswith(CAP) else group

    def group(self, quota_field: QuotaField, value: str) -> LimitName:
        """The group that a quota counts."""
        namings = {
            QuotaField.THEME: self._theme,
            QuotaField.TOPIC: lambda value: LimitName(self.topic_names.get(int(value), value), False),
            QuotaField.COUNTRY: lambda value: LimitName(country_name(value, self.locale), False),
            QuotaField.INSTITUTION: lambda value: LimitName(value, False),
            QuotaField.REGION: lambda value: LimitName(value, True),
            QuotaField.CAREER: lambda value: LimitName(CAREER_WORDS[Career(value)], True),
            QuotaField.YOUTH: lambda value: LimitName(YOUTH_WORD, True),
            QuotaField.GENDER: lambda value: LimitName(GENDER_WORDS[Gender(value)], True),
        }
        return namings[quota_field](value)

    def _cap(self, quota_field: QuotaField, value: str, group: LimitName) -> LimitName:
        cap = self.limits and self.limits.cap(quota_field, value, host_country=self.call.host_country)
        if cap is None:
            return LimitName(N_("Cap on %(group)s"), True, {"group": group.text})
        return LimitName(N_("At most %(n)s from %(group)s"), True, {"n": cap, "group": group.text})

    def _theme(self, key: str) -> LimitName:
        theme = self.call.theme(key)
        return LimitName(theme.short_name if theme else key, False)


def limit_words(session: Session, *, call: CallFacts, locale: str) -> LimitWords:
    """The words for the limits of a call; one statement."""
    return words_from(call, locale, session.execute(topics_to_name(call)))


def topics_to_name(call: CallFacts) -> sa.Select:
    """The topics of a call, for ``words_from``."""
    return sa.select(Topic.id, Topic.name, Topic.terms).where(Topic.call_id == call.id)


def words_from(call: CallFacts, locale: str, topics: Iterable[sa.Row]) -> LimitWords:
    return LimitWords(call, locale, {row.id: topic_name(row.id, row.name, row.terms) for row in topics})
