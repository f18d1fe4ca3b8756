"""What became of a round's assignments, and its ratings in the order in which they are measured."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.scoring import places_announced
from solicit.calls.models import Call
from solicit.panels.models import Assignment, Review, Round
from solicit.panels.queries.results import rating_values
from solicit.panels.queries.series import in_series, round_questions
from solicit.panels.states import AssignmentState, Confidence
from solicit.questions.models import Question


@dataclass(frozen=True, eq=False)
class HealthInput:
    """Ratings of a series: questions in the order of their wordings, panelists in the order of their ratings.

    person_ids: who stands behind each panelist's number. group: theme of each question, numbered.
    k: places announced per theme. outcomes: assignments by what became of them. confidence: submitted reviews by
    confidence.
    """

    question: np.ndarray
    panelist: np.ndarray
    rating: np.ndarray
    group: np.ndarray
    k: np.ndarray
    person_ids: tuple[int, ...]
    outcomes: dict[str, int]
    confidence: dict[str, int]


def health_input(session: Session, *, round_: Round) -> HealthInput:
    """Everything that is measured of a series; seven statements."""
    group_of, places = _questions(session, round_)
    index = {question_id: n for n, question_id in enumerate(group_of)}
    given = [row for row in rating_values(session, round_id=round_.id) if row[0] in index]
    said: dict[int, list[tuple[int, float]]] = {}
    for question_id, person_id, value in given:
        said.setdefault(person_id, []).append((index[question_id], value))
    people = sorted(said, key=lambda person_id: sorted(said[person_id]))
    number = {person_id: n for n, person_id in enumerate(people)}
    rows = sorted((index[question_id], number[person_id], value) for question_id, person_id, value in given)
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    question, panelist, rating = columns
    group = np.array(list(group_of.values()), dtype=np.int64)
    return HealthInput(
        question=np.array(question, dtype=np.int64),
        panelist=np.array(panelist, dtype=np.int64),
        rating=np.array(rating, dtype=float),
        group=group,
        k=places_announced(np.bincount(group), places),
        person_ids=tuple(people),
        outcomes=_outcomes(session, round_),
        confidence=_confidence(session, round_),
    )


def _questions(session: Session, round_: Round) -> tuple[dict[int, int], int]:
    """The theme's number of each question of a round, in the order of wordings, and the places of a theme."""
    wanted = sa.select(Question.id, Question.theme_id).where(round_questions(round_))
    found = session.execute(wanted.order_by(Question.text_digest, Question.id)).all()
    themes = sorted({theme_id for _, theme_id in found})
    places = session.scalars(sa.select(Call.n_places).where(Call.id == round_.call_id)).one()
    return {id_: themes.index(theme_id) for id_, theme_id in found}, places


def _outcomes(session: Session, round_: Round) -> dict[str, int]:
    """Assignments of the series by outcome: scored, outside expertise, abstained, in conflict, not done."""
    word = sa.case(
        (sa.and_(Assignment.state == AssignmentState.SUBMITTED, Review.confidence == Confidence.OUTSIDE), "outside"),
        (Assignment.state == AssignmentState.SUBMITTED, "scored"),
        (Assignment.state == AssignmentState.ABSTAINED, "abstained"),
        (Assignment.state == AssignmentState.VOIDED, "voided"),
        else_="not_done",
    )
    found = session.scalars(_of_series(sa.select(word), round_))
    return dict(Counter(found))


def _confidence(session: Session, round_: Round) -> dict[str, int]:
    sent = _of_series(sa.select(Review.confidence), round_).where(Assignment.state == AssignmentState.SUBMITTED)
    return dict(Counter(confidence.value for confidence in session.scalars(sent) if confidence))


def _of_series(wanted: sa.Select, round_: Round) -> sa.Select:
    joined = wanted.select_from(Assignment).outerjoin(Review, Review.assignment_id == Assignment.id)
    return joined.join(Round, Round.id == Assignment.round_id).where(in_series(round_.id))
