"""The grammar of the generated texts: places, things and frames of our own, and how they become sentences."""

import itertools
import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from solicit.calls.states import Kind
from solicit.demo.content import FOLDER, LANGUAGES
from solicit.demo.crowd import Member

SINGLE_PLACE_SHARE = 0.6
APPROACH_SHARE = 0.35
MISSPELT_SHARE = 0.3
LEAST_TO_MISSPELL = 6
SLOT = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}|\{(\w+)\}")


@dataclass(frozen=True)
class Idea:
    """One thing to ask: each title asks it, each aim explains it."""

    theme: str
    titles: tuple[str, ...]
    aims: tuple[str, ...]
    facts: tuple[str, ...] = ()
    plan_titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wording:
    title: str
    goal_overview: str
    significance: str
    approach: str = ""


def read_grammars(chance: random.Random) -> dict[str, "Grammar"]:
    """The grammar of each language; all draw from one chance."""
    kept = {language: (FOLDER / "generated" / f"{language}.json").read_text() for language in LANGUAGES}
    return {
        language: (EnglishGrammar if language == "en" else Grammar)(json.loads(text), chance, language)
        for language, text in kept.items()
    }


class Grammar:
    """Whole questions with an open place, and endings that fit each of them."""

    def __init__(self, content: Mapping, chance: random.Random, language: str) -> None:
        self.content, self.chance = content, chance
        self.space = "" if language == "zh" else " "
        self._ideas: dict[str, Iterator[Idea]] = {}

    def next_idea(self, theme: str) -> Idea:
        """An idea that was not had before; when all were had, they come again."""
        if theme not in self._ideas:
            self._ideas[theme] = self._endless(theme)
        return next(self._ideas[theme])

    def word(self, idea: Idea, kind: Kind, career: str) -> Wording:
        """An idea in words that somebody of this career might choose."""
        theme = self.content["themes"][idea.theme]
        title = self.chance.choice(idea.plan_titles if kind is Kind.PLAN else idea.titles)
        aims = self.chance.sample(idea.aims, self.chance.choice((1, 1, 2)))
        opening = self.chance.choice(self._openings(career))
        significance = self.chance.sample(theme["reasons"], self.chance.choice((1, 2, 2)))
        return Wording(
            title=title,
            goal_overview=opening + self.space.join((aims[0], *idea.facts, *aims[1:])),
            significance=self.space.join(significance),
            approach=self._approach(theme, kind),
        )

    def reword(self, idea: Idea, wording: Wording, kind: Kind, career: str) -> Wording:
        """The same idea under another title."""
        for _ in range(len(idea.titles)):
            other = self.word(idea, kind, career)
            if other.title != wording.title:
                break
        return other

    def _endless(self, theme: str) -> Iterator[Idea]:
        while True:
            ideas = list(self._all_ideas(theme))
            self.chance.shuffle(ideas)
            yield from ideas

    def _all_ideas(self, theme: str) -> Iterator[Idea]:
        kept = self.content["themes"][theme]
        for place, wordings in itertools.product(kept["places"], kept["bases"]):
            titles = tuple(base + tail for base in wordings for tail in self.content["tails"])
            yield _filled(Idea(theme, titles, tuple(kept["aims"])), {"at": place}, is_plural=False)

    def _openings(self, career: str) -> list[str]:
        return self.content["openings"]

    def _approach(self, theme: Mapping, kind: Kind) -> str:
        if kind is Kind.QUESTION and self.chance.random() > APPROACH_SHARE:
            return ""
        return self.chance.choice(theme["ways"])


class EnglishGrammar(Grammar):
    """Places, things and frames in every combination that makes sense; things may be compared at two places."""

    def reword(self, idea: Idea, wording: Wording, kind: Kind, career: str) -> Wording:
        """The same idea under another title, with other words of the same meaning, sometimes misspelt."""
        other = super().reword(idea, wording, kind, career)
        parts = {name: self._with_synonyms(part) for name, part in vars(other).items()}
        if self.chance.random() < MISSPELT_SHARE:
            parts["title"] = self._misspelt(parts["title"])
            parts["goal_overview"] = self._misspelt(parts["goal_overview"])
        return Wording(**parts)

    def name_author(self, wording: Wording, author: Member) -> Wording:
        """A wording that tells who wrote it."""
        sentence = self.chance.choice(self.content["self_naming"])
        if not author.affiliation:
            sentence = self.content["self_naming"][0].split(", and")[0] + "."
        named = sentence.format(name=author.full_name, affiliation=author.affiliation)
        return replace(wording, significance=f"{wording.significance} {named}")

    def advertise(self) -> Wording:
        fills = dict(product=self.chance.choice(self.content["products"]), percent=self.chance.randint(20, 90))
        title, overview, reason = (part.format(**fills) for part in self.chance.choice(self.content["spam"]))
        return Wording(_capital(title), overview, reason)

    def wander_off(self) -> Wording:
        """A wording that has nothing to do with the call."""
        title, overview, reason = self.chance.choice(self.content["out_of_scope"])
        opening = self.chance.choice(self._openings("student"))
        return Wording(title, opening + overview, reason)

    def _endless(self, theme: str) -> Iterator[Idea]:
        alone, compared = self._shuffled(theme, n_places=1), self._shuffled(theme, n_places=2)
        while True:
            yield next(alone if self.chance.random() < SINGLE_PLACE_SHARE else compared)

    def _shuffled(self, theme: str, *, n_places: int) -> Iterator[Idea]:
        kept = self.content["themes"][theme]
        combinations = [
            (places, thing, aspect)
            for group in kept["groups"]
            for places in itertools.combinations(kept["places"][group["places"]], n_places)
            for thing in group["things"]
            for aspect in group.get("aspects", kept["aspects"])
        ]
        while True:
            self.chance.shuffle(combinations)
            yield from (self._idea(theme, *combination) for combination in combinations)

    def _idea(self, theme: str, places: tuple, thing: list[str], aspect: Mapping) -> Idea:
        plain = Idea(
            theme=theme,
            titles=tuple(aspect["titles"]),
            aims=tuple(aspect["aims"]),
            facts=tuple(fact for _, fact in places),
            plan_titles=tuple(self.content["themes"][theme]["plan_titles"]),
        )
        words, other = thing  # the number of a noun, or the second form of a verb
        fills = dict(thing=words, doing=other, at=" and ".join(at for at, _ in places))
        return _filled(plain, fills, is_plural=other == "p")

    def _openings(self, career: str) -> list[str]:
        return self.content["openings"][career]

    def _approach(self, theme: Mapping, kind: Kind) -> str:
        way = super()._approach(theme, kind)
        if kind is Kind.QUESTION:
            return way
        return " ".join((way, *self.chance.sample(self.content["plan_steps"], 2)))

    def _with_synonyms(self, text: str) -> str:
        for one, other in self.content["synonyms"]:
            if self.chance.random() < 0.5:
                text = re.sub(rf"\b{one}\b", other, text)
        return text

    def _misspelt(self, text: str) -> str:
        """One long word with two letters exchanged or one left out."""
        words = [match for match in re.finditer(r"[a-z]+", text) if len(match[0]) >= LEAST_TO_MISSPELL]
        if not words:
            return text
        place = self.chance.choice(words).start() + self.chance.randint(1, LEAST_TO_MISSPELL - 3)
        exchanged = text[place + 1] + text[place] if self.chance.random() < 0.5 else text[place]
        return text[:place] + exchanged + text[place + 2 :]


def _filled(idea: Idea, fills: Mapping[str, str], *, is_plural: bool) -> Idea:
    def fill(slot: re.Match) -> str:
        return fills[slot[3]] if slot[3] else slot[2 if is_plural else 1]

    frames = {name: getattr(idea, name) for name in ("titles", "aims", "plan_titles")}
    return replace(
        idea, **{name: tuple(_capital(SLOT.sub(fill, frame)) for frame in texts) for name, texts in frames.items()}
    )


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
