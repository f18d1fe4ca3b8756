"""Thousands of questions and plans put together by a seed from sentences of our own, as uneven as real ones are."""

import enum
import random
from dataclasses import dataclass, replace

from solicit.calls.states import Kind
from solicit.demo.crowd import Crowd, Member
from solicit.demo.wording import Idea, Wording, read_grammars
from solicit.submissions.states import MissionType, PlanValues, TimeFrame

SEED = 20221124
THEMES = {"space": 0.38, "life": 0.30, "nature": 0.19, "station": 0.13}
OWN_LANGUAGE_SHARE = 0.25
PLAN_SHARE = 0.06
# A rush after the opening, and a peak on the last of the days.
OPENING_SHARE, LAST_DAY_SHARE, LAST_DAY = 0.25, 0.20, 1 / 60
CO_AUTHOR_CHANCES = (0.72, 0.14, 0.08, 0.04, 0.02)


class Trait(enum.Enum):
    """What is special about a generated text."""

    PLAIN = "plain"
    REWORDED = "reworded"  # asks what an earlier one asks, in other words
    COPY = "copy"  # the same words as an earlier one
    OUT_OF_SCOPE = "out of scope"
    SPAM = "spam"
    SELF_NAMING = "self-naming"


TRAIT_SHARES = {
    Trait.REWORDED: 0.08,
    Trait.COPY: 0.01,
    Trait.OUT_OF_SCOPE: 0.01,
    Trait.SPAM: 0.01,
    Trait.SELF_NAMING: 0.01,
}


@dataclass(frozen=True, kw_only=True)
class Generated:
    """One text; ``day`` runs from 0, the opening of the call, to 1, now; ``origin`` is the place of the text that a
    reworded one or a copy repeats."""

    trait: Trait
    kind: Kind
    theme: str
    language: str
    wording: Wording
    plan: PlanValues | None
    author: Member
    co_authors: tuple[Member, ...]
    day: float
    origin: int | None = None


def generate(n: int, *, seed: int = SEED) -> list[Generated]:
    """The first ``n`` texts of a seed: a longer list begins with the same ones."""
    pen = _Pen(random.Random(seed))  # noqa: S311 - sample content
    for _ in range(n):
        pen.write_next()
    return pen.texts


class _Pen:
    """Writes one text after the other and remembers them, so that later ones may repeat them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.crowd = chance, Crowd(chance)
        self.grammars = read_grammars(chance)
        self.texts: list[Generated] = []
        self.asked: list[tuple[int, Idea]] = []  # the idea of each text that may be repeated, by its place

    def write_next(self) -> None:
        author = self.crowd.author()
        trait = self._trait()
        if trait in (Trait.REWORDED, Trait.COPY) and self.asked:
            text = self._repeat(trait, author)
        elif trait in (Trait.OUT_OF_SCOPE, Trait.SPAM):
            text = self._stray(trait, author)
        else:
            text = self._new(trait if trait is Trait.SELF_NAMING else Trait.PLAIN, author)
        self.texts.append(text)

    def _trait(self) -> Trait:
        shares = {Trait.PLAIN: 1 - sum(TRAIT_SHARES.values())} | TRAIT_SHARES
        return self.chance.choices(list(shares), shares.values())[0]

    def _new(self, trait: Trait, author: Member) -> Generated:
        speaks_own = author.locale != "en" and self.chance.random() < OWN_LANGUAGE_SHARE
        language = author.locale if speaks_own else "en"
        theme = self.chance.choices(list(THEMES), THEMES.values())[0]
        idea = self.grammars[language].next_idea(theme)
        self.asked.append((len(self.texts), idea))
        is_plan = bool(idea.plan_titles) and self.chance.random() < PLAN_SHARE
        kind = Kind.PLAN if is_plan else Kind.QUESTION
        wording = self.grammars[language].word(idea, kind, author.career)
        if trait is Trait.SELF_NAMING:
            wording = self.grammars["en"].name_author(wording, author)
        return self._sent(trait, kind, theme, language, wording, author)

    def _repeat(self, trait: Trait, author: Member) -> Generated:
        place, idea = self.chance.choice(self.asked)
        origin = self.texts[place]
        if trait is Trait.COPY:
            return replace(origin, trait=trait, origin=place, **self._arrival(author))
        grammar = self.grammars[origin.language]
        wording = grammar.reword(idea, origin.wording, origin.kind, author.career)
        text = self._sent(trait, origin.kind, origin.theme, origin.language, wording, author)
        return replace(text, origin=place)

    def _stray(self, trait: Trait, author: Member) -> Generated:
        english = self.grammars["en"]
        wording = english.advertise() if trait is Trait.SPAM else english.wander_off()
        theme = self.chance.choice(list(THEMES))
        return self._sent(trait, Kind.QUESTION, theme, "en", wording, author)

    def _sent(self, trait: Trait, kind: Kind, theme: str, language: str, wording: Wording, author: Member) -> Generated:
        plan = self._plan() if kind is Kind.PLAN else None
        return Generated(
            trait=trait,
            kind=kind,
            theme=theme,
            language=language,
            wording=wording,
            plan=plan,
            **self._arrival(author),
        )

    def _plan(self) -> PlanValues:
        return PlanValues(
            mission_type=self.chance.choice(list(MissionType)),
            time_frame=self.chance.choice(list(TimeFrame)),
            readiness=self.chance.randint(1, 8),
        )

    def _arrival(self, author: Member) -> dict:
        n_more = self.chance.choices(range(len(CO_AUTHOR_CHANCES)), CO_AUTHOR_CHANCES)[0]
        return dict(author=author, co_authors=self.crowd.friends_of(author, n_more), day=self._day())

    def _day(self) -> float:
        part = self.chance.random()
        if part < OPENING_SHARE:
            return self.chance.betavariate(1, 8)
        if part > 1 - LAST_DAY_SHARE:
            return 1 - LAST_DAY * self.chance.random()
        return self.chance.random()
