"""Invented people from many countries who write the generated texts."""

import json
import random
from dataclasses import dataclass

from solicit.demo.content import FOLDER

NEWCOMER_SHARE = 0.45
FRIEND_TRIES = 4


@dataclass(frozen=True)
class Member:
    """One invented person; ``number`` counts them from 0."""

    number: int
    full_name: str
    family_name: str
    affiliation: str
    country: str
    career: str
    locale: str
    is_willing: bool

    @property
    def may_be_named(self) -> bool:
        return self.number % 3 != 0

    @property
    def email(self) -> str:
        return f"author-{self.number}@example.org"


class Crowd:
    """People as they turn up: some new, some who have written before."""

    def __init__(self, chance: random.Random) -> None:
        kept = json.loads((FOLDER / "generated" / "people.json").read_text())
        self.chance, self.regions, self.careers = chance, kept["regions"], kept["careers"]
        self.members: list[Member] = []

    def author(self) -> Member:
        """Somebody new, or somebody who wrote before."""
        if not self.members or self.chance.random() < NEWCOMER_SHARE:
            self.members.append(self._newcomer())
            return self.members[-1]
        return self.chance.choice(self.members)

    def friends_of(self, author: Member, n: int) -> tuple[Member, ...]:
        """At most ``n`` others who write with this author."""
        picked = {self.chance.choice(self.members).number for _ in range(FRIEND_TRIES * n)} - {author.number}
        return tuple(self.members[number] for number in sorted(picked)[:n])

    def _newcomer(self) -> Member:
        region = self.chance.choice(self.regions)
        given, family = self.chance.choice(region["given"]), self.chance.choice(region["family"])
        return Member(
            number=len(self.members),
            full_name=f"{family}{given}" if region["locale"] == "zh" else f"{given} {family}",
            family_name=family,
            affiliation=self.chance.choice(region["affiliations"]),
            country=self.chance.choice(region["countries"]),
            career=self.chance.choice(self.careers),
            locale=region["locale"],
            is_willing=self.chance.random() < 0.6,
        )
