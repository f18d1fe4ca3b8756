"""Caps on who rates one question: nested groups {home, outside} -> region -> institution -> panelist."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

HOME = "home"
REGION = "region"
INSTITUTION = "institution"
UNLIMITED = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False)
class Level:
    """One partition of the panelists of a question; panelists of one question share a group if their codes agree.

    code, most: int, shaped as the pairs asked for; the group of a pair, and how many raters it may give.
    """

    name: str
    code: Ints
    most: Ints


@dataclass(frozen=True, eq=False)
class Caps:
    """Most raters of a question from one side, one region of a side, one institution of that.

    home: bool, shape (n_questions, n_panelists); whether the question belongs to the panelist's own field.
    region, institution: int, shape (n_panelists,), at least 0; an institution lies in one region.
    most_home: int, shape (n_questions,); None for no limit. The other two: one number for every question.
    Each partition is nested in the one above, which keeps the assignment a flow. So where ``most_home`` is used, a
    region with panelists on both sides may give its cap on either side.
    """

    home: Bools
    region: Ints
    institution: Ints
    most_home: Ints | None = None
    most_per_region: int | None = None
    most_per_institution: int | None = None

    def __post_init__(self) -> None:
        n_questions, n_panelists = self.home.shape
        most = [self.most_home, self.most_per_region, self.most_per_institution]
        if not n_panelists == len(self.region) == len(self.institution):
            raise ValueError("The shapes of home, region and institution do not match.")
        if self.most_home is not None and len(self.most_home) != n_questions:
            raise ValueError("most_home must hold one number per question.")
        least = [np.min(values, initial=0) for values in (self.region, self.institution, *most) if values is not None]
        if min(least) < 0:
            raise ValueError("Regions, institutions and caps must be at least 0.")

    def levels(self, question: Ints, panelist: Ints) -> Iterator[Level]:
        """The levels in use, outermost first, for pairs given as arrays that broadcast against each other."""
        code = np.zeros(np.broadcast_shapes(question.shape, panelist.shape), dtype=np.int64)
        if self.most_home is not None:
            code = self.home[question, panelist].astype(np.int64)
            yield Level(HOME, code, np.where(code == 1, self.most_home[question], UNLIMITED))
        for name, member, most in (
            (REGION, self.region, self.most_per_region),
            (INSTITUTION, self.institution, self.most_per_institution),
        ):
            if most is not None:
                code = code * (int(member.max(initial=0)) + 1) + member[panelist]
                yield Level(name, code, np.full(code.shape, most))
