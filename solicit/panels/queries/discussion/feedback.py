"""What the panel said of a question once its scores are closed: middle, spread, and both tails in equal room."""

from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.scoring import composite_rating
from solicit.panels.models import Assignment, Criterion, Review, Round, Score
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.queries.labels import PanelLabels
from solicit.panels.queries.series import in_series
from solicit.panels.states import Activity, AssignmentState, RoundState
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


@dataclass(frozen=True)
class _Rated:
    person_id: int
    name: str
    rating: float | None
    comment: str
    is_hidden: bool


def feedback(
    session: Session, *, first_id: int, question_id: int, viewer_id: int, labels: PanelLabels, with_names: bool = False
) -> Feedback:
    """What a series' closed scoring rounds say of one question; two statements.

    Only rounds that are closed count: nobody reads the others while they may still be scoring.
    """
    given = _latest(session, first_id, question_id)
    ratings = np.array([each.rating for each in given if each.rating is not None])
    own = next((each.rating for each in given if each.person_id == viewer_id), None)
    opinions = {
        each.person_id: _opinion(each, labels, first_id, question_id, with_names) for each in given if each.comment
    }
    if len(ratings) < FEWEST:
        return Feedback(len(ratings), None, None, None, own, (), (), _shuffled(opinions.values()))
    low, median, high = (float(value) for value in np.quantile(ratings, [0.25, 0.5, 0.75]))
    low_tail, high_tail = _tails(given, opinions, low=low, median=median, high=high)
    rest = (opinion for opinion in opinions.values() if opinion not in (*low_tail, *high_tail))
    return Feedback(len(ratings), median, low, high, own, low_tail, high_tail, _shuffled(rest))


def _tails(
    given: list[_Rated], opinions: dict[int, Opinion], *, low: float, median: float, high: float
) -> tuple[tuple[Opinion, ...], tuple[Opinion, ...]]:
    """As many opinions of one end as of the other, the farthest first."""
    told = [each for each in given if each.rating is not None and each.comment and not each.is_hidden]
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


def _opinion(each: _Rated, labels: PanelLabels, first_id: int, question_id: int, with_names: bool) -> Opinion:
    return Opinion(
        label=labels.of(first_id=first_id, question_id=question_id, person_id=each.person_id),
        name=each.name if with_names else None,
        text=each.comment,
        rating=each.rating,
        is_hidden=each.is_hidden,
    )


def _latest(session: Session, first_id: int, question_id: int) -> list[_Rated]:
    """The last submitted review of each panelist without a conflict, over the closed rounds of a series."""
    pairs = conflict_pairs()
    values = sa.func.jsonb_object_agg(Criterion.position, Score.value).filter(Score.value.is_not(None))
    found = session.execute(
        sa.select(Assignment.person_id, Person.full_name, Round.id, Review, values)
        .join(Round, Round.id == Assignment.round_id)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Score, Score.assignment_id == Assignment.id)
        .outerjoin(Criterion, Criterion.id == Score.criterion_id)
        .where(in_series(first_id), Round.activity == Activity.SCORING)
        .where(Round.state.in_((RoundState.CLOSED, RoundState.FROZEN)))
        .where(Assignment.question_id == question_id, Assignment.state == AssignmentState.SUBMITTED)
        .where(sa.tuple_(Assignment.question_id, Assignment.person_id).not_in(sa.select(pairs)))
        .group_by(Assignment.person_id, Person.full_name, Round.id, Review.assignment_id)
        .order_by(Assignment.person_id, Round.id.desc())
    ).all()
    latest = {row.person_id: row for row in reversed(found)}.values()
    weights = _weights(session, {round_id for _, _, round_id, _, _ in latest})
    return [
        _Rated(
            person_id=person_id,
            name=name,
            rating=_rating(scores or {}, weights[round_id]),
            comment=review.comment_to_panel,
            is_hidden=review.comment_hidden_at is not None,
        )
        for person_id, name, round_id, review, scores in latest
    ]


def _weights(session: Session, round_ids: set[int]) -> dict[int, dict[int, int]]:
    wanted = sa.select(Criterion.round_id, Criterion.position, Criterion.weight)
    weights: dict[int, dict[int, int]] = {}
    for round_id, position, weight in session.execute(wanted.where(Criterion.round_id.in_(round_ids))):
        weights.setdefault(round_id, {})[position] = weight
    return weights


def _rating(scores: dict[str, int], weights: dict[int, int]) -> float | None:
    if not scores:
        return None
    positions = sorted(weights)
    row = np.array([[scores.get(str(position), np.nan) for position in positions]], dtype=float)
    rating = composite_rating(row, np.array([weights[position] for position in positions], dtype=float))[0]
    return None if np.isnan(rating) else float(rating)
