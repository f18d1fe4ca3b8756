"""What the panel said of a question once its scores are closed: middle, spread, and both tails in equal room."""

from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import Assignment
from solicit.panels.queries.discussion.rated import rated_reviews
from solicit.panels.queries.labels import PanelLabels
from solicit.panels.queries.series import in_series
from solicit.people.models import Person

# Below this many ratings nothing about them is said.
FEWEST = 3
MOST_OF_A_TAIL = 3


@dataclass(frozen=True)
class Opinion:
    """One panelist's comment; the name is for organizers only, and the rating where it belongs to a tail."""

    label: str
    name: str | None
    text: str
    rating: float | None
    is_hidden: bool


@dataclass(frozen=True)
class Feedback:
    """Values of the latest closed ratings of a question; all None below three of them."""

    n_ratings: int
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    own_rating: float | None
    low_tail: tuple[Opinion, ...]
    high_tail: tuple[Opinion, ...]
    comments: tuple[Opinion, ...]

    @property
    def has_values(self) -> bool:
        return self.median is not None

    @property
    def spread(self) -> float | None:
        return None if not self.has_values else self.upper_quartile - self.lower_quartile


def feedback(
    session: Session, *, first_id: int, question_id: int, viewer_id: int, labels: PanelLabels, with_names: bool = False
) -> Feedback:
    """What a series' closed scoring rounds say of one question; one statement.

    Only rounds that are closed count: nobody reads the others while they may still be scoring.
    """
    given = _latest(session, first_id, question_id)
    ratings = np.array([each.rating for each in given if each.rating is not None])
    own = next((each.rating for each in given if each.person_id == viewer_id), None)
    opinions = {
        each.person_id: _opinion(each, labels, first_id, question_id, with_names)
        for each in given
        if each.comment_to_panel
    }
    if len(ratings) < FEWEST:
        return Feedback(len(ratings), None, None, None, own, (), (), _shuffled(opinions.values()))
    low, median, high = (float(value) for value in np.quantile(ratings, [0.25, 0.5, 0.75]))
    low_tail, high_tail = _tails(given, opinions, low=low, median=median, high=high)
    rest = (opinion for opinion in opinions.values() if opinion not in (*low_tail, *high_tail))
    return Feedback(len(ratings), median, low, high, own, low_tail, high_tail, _shuffled(rest))


def _tails(
    given: list[sa.Row], opinions: dict[int, Opinion], *, low: float, median: float, high: float
) -> tuple[tuple[Opinion, ...], tuple[Opinion, ...]]:
    """As many opinions of one end as of the other, the farthest first."""
    told = [each for each in given if each.rating is not None and each.comment_to_panel and not each.comment_hidden_at]
    below = sorted((each for each in told if each.rating <= low and each.rating < median), key=lambda e: e.rating)
    above = sorted((each for each in told if each.rating >= high and each.rating > median), key=lambda e: -e.rating)
    n_each = min(len(below), len(above), MOST_OF_A_TAIL)
    return (
        tuple(opinions[each.person_id] for each in below[:n_each]),
        tuple(opinions[each.person_id] for each in above[:n_each]),
    )


def _shuffled(opinions) -> tuple[Opinion, ...]:
    """By label, which says nothing of who wrote or when."""
    return tuple(sorted(opinions, key=lambda opinion: opinion.label))


def _opinion(each: sa.Row, labels: PanelLabels, first_id: int, question_id: int, with_names: bool) -> Opinion:
    return Opinion(
        label=labels.of(first_id=first_id, question_id=question_id, person_id=each.person_id),
        name=each.name if with_names else None,
        text=each.comment_to_panel,
        rating=each.rating,
        is_hidden=each.comment_hidden_at is not None,
    )


def _latest(session: Session, first_id: int, question_id: int) -> list[sa.Row]:
    """The last review of each panelist over the closed scoring rounds of a series."""
    given = rated_reviews().where(in_series(first_id), Assignment.question_id == question_id).subquery()
    found = session.execute(
        sa.select(given, Person.full_name.label("name"))
        .join(Person, Person.id == given.c.person_id)
        .order_by(given.c.person_id, given.c.round_id)
    )
    return list({row.person_id: row for row in found}.values())
