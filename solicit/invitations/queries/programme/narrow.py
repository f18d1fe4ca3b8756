"""Filters, counts and orders of the list of participants, after everything hidden is left out."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from solicit.calls.queries import CallFacts
from solicit.invitations.queries.programme.people import Participant, by_name, in_groups
from solicit.invitations.states import Attendance, InvitationState
from solicit.web.folding import fold, search_words
from solicit.words import N_

BY_THEME = "theme"
ORDERS: dict[str, tuple[str, Callable[[Participant], tuple]]] = {
    "name": (N_("By name"), by_name),
    "country": (N_("By country"), lambda person: (not person.country, fold(person.country_name), *by_name(person))),
    "state": (N_("By answer"), lambda person: (list(InvitationState).index(person.state), *by_name(person))),
}


@dataclass(frozen=True)
class Wanted:
    """Which participants a reader asks for; None and "" leave everybody in."""

    state: InvitationState | None = None
    attendance: Attendance | None = None
    theme: str | None = None
    topic: int | None = None
    country: str | None = None
    words: str = ""
    order: str = BY_THEME

    def takes(self, person: Participant) -> bool:
        return (
            self.state in (None, person.state)
            and self.attendance in (None, person.attendance)
            and (self.theme is None or self.theme in person.theme_keys)
            and (self.topic is None or self.topic in person.topics)
            and self.country in (None, person.country)
            and all(_begins(word, person) for word in search_words(self.words))
        )


def narrowed(call: CallFacts, people: Iterable[Participant], wanted: Wanted) -> tuple[Participant, ...]:
    found = [person for person in people if wanted.takes(person)]
    if wanted.order in ORDERS:
        return tuple(sorted(found, key=ORDERS[wanted.order][1]))
    return in_groups(call, found)


@dataclass(frozen=True)
class Counts:
    """How many participants each value of a filter would show beside the other filters."""

    states: Counter
    attendances: Counter
    themes: Counter
    topics: Counter
    topic_names: dict[int, str]
    countries: Counter
    country_names: dict[str, str]


def counts_of(people: Sequence[Participant], wanted: Wanted) -> Counts:
    def others(**without: None) -> list[Participant]:
        open_ = replace(wanted, **without)
        return [person for person in people if open_.takes(person)]

    return Counts(
        states=Counter(person.state for person in others(state=None)),
        attendances=Counter(person.attendance for person in others(attendance=None)),
        themes=Counter(key for person in others(theme=None) for key in person.theme_keys),
        topics=Counter(number for person in others(topic=None) for number in person.topics),
        topic_names={number: name for person in people for number, name in person.topics.items()},
        countries=Counter(person.country for person in others(country=None) if person.country),
        country_names={person.country: person.country_name for person in people},
    )


def _begins(word: str, person: Participant) -> bool:
    return any(known.startswith(word) for known in search_words(f"{person.name} {person.affiliation}"))
