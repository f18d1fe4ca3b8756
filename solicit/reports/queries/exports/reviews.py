"""What panelists said of questions in closed rounds of scoring: one row for each score, or one for each review."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Session

from solicit.calls.models import Theme
from solicit.calls.queries import CallFacts
from solicit.panels.models import Assignment, Criterion, Panel, Review, Round, Score
from solicit.panels.states import DONE, AssignmentState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports.parts import (
    THEME,
    day,
    in_order,
    is_free_of_conflict,
    is_of_closed_round,
    label,
    word,
    yes,
)
from solicit.reports.queries.exports.table import Chosen, Door, Table, is_shown, read, selected
from solicit.reports.queries.exports.wording import LABEL, PANELIST, ROUND, THEMES
from solicit.web.csv import Cell
from solicit.words import N_

# What somebody began to write before they abstained was never said.
IS_GIVEN = Assignment.state == AssignmentState.SUBMITTED


def _reviews(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    """The reviews of closed rounds, with their scores by criterion; none of somebody in conflict with the question."""
    given = _scores(call)
    return (
        sa.select(
            Round.id,
            Round.name,
            label(),
            *THEME,
            Panel.name,
            Person.id,
            Person.full_name,
            word(Assignment.state),
            word(Review.confidence),
            Review.comment_to_panel,
            yes(Review.comment_hidden_at.is_not(None)),
            Review.comment_to_authors,
            Assignment.abstain_reason,
            day(sa.func.coalesce(Review.saved_at, Assignment.changed_at)),
            given.c.scores,
            given.c.n_scores,
        )
        .select_from(Assignment)
        .join(Round, Round.id == Assignment.round_id)
        .outerjoin(Review, sa.and_(Review.assignment_id == Assignment.id, IS_GIVEN))
        .outerjoin(given, given.c.assignment_id == Review.assignment_id)
        .join(Question, Question.id == Assignment.question_id)
        .join(Panel, Panel.id == Assignment.panel_id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Theme, Theme.id == Question.theme_id)
        .where(is_of_closed_round(Assignment.round_id, call), Assignment.state.in_(DONE))
        .where(is_shown(Question.id, viewer_id, chosen), is_free_of_conflict(Question.id, Assignment.person_id))
        .order_by(Round.id, *in_order(), Assignment.person_id)
    )


def _scores(call: CallFacts) -> sa.Subquery:
    """The scores of each review by the numbers of their criteria."""
    return (
        sa.select(
            Score.assignment_id,
            sa.func.json_object_agg(Score.criterion_id, Score.value, type_=JSON).label("scores"),
            sa.func.count().label("n_scores"),
        )
        .join(Assignment, Assignment.id == Score.assignment_id)
        .where(is_of_closed_round(Assignment.round_id, call))
        .group_by(Score.assignment_id)
        .subquery("given")
    )


def _n_scores(*, call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    given = _reviews(call, viewer_id, chosen).order_by(None).subquery()
    return sa.select(sa.func.coalesce(sa.func.sum(given.c.n_scores), 0))


def _score_rows(
    session: Session, *, call: CallFacts, viewer_id: int | None, chosen: Chosen
) -> Iterator[Sequence[Cell]]:
    """A row for each score; each review comes once from the database, with all of its scores."""
    criteria = _criteria(session, call)
    for row in read(session, _reviews(call, viewer_id, chosen)):
        *about, _state, confidence, _to_panel, _is_hidden, _to_authors, _reason, done_on, scores, _n = row
        for number, key, name, weight in criteria:
            if scores and number in scores:
                yield (*about, confidence, key, name, weight, scores[number], done_on)


def _review_rows(
    session: Session, *, call: CallFacts, viewer_id: int | None, chosen: Chosen
) -> Iterator[Sequence[Cell]]:
    criteria = _criteria(session, call)
    key_of, weight_of = ({each[0]: each[place] for each in criteria} for place in (1, 3))
    keys = dict.fromkeys(key_of.values())
    for *about, state, confidence, to_panel, is_hidden, to_authors, reason, done_on, scores, _n in read(
        session, _reviews(call, viewer_id, chosen)
    ):
        by_key = {key_of[number]: value for number, value in (scores or {}).items()}
        rating = _weighted_mean(scores, weight_of) if scores else None
        yield (
            *about,
            state,
            confidence,
            rating,
            to_panel,
            is_hidden,
            to_authors,
            reason,
            done_on,
            *map(by_key.get, keys),
        )


def _weighted_mean(scores: dict[str, int], weight_of: dict[str, int]) -> float:
    points = sum(value * weight_of[number] for number, value in scores.items())
    return points / sum(weight_of[number] for number in scores)


def _score_columns(session: Session, *, call: CallFacts) -> tuple[Column, ...]:
    """A column for each criterion of the call's closed rounds."""
    keys = dict.fromkeys(key for _number, key, _name, _weight in _criteria(session, call))
    meaning = "Score on the criterion “{}”, from 1 to 5; empty if not given"
    return tuple(Column(f"score_{key}", "integer", meaning.format(key)) for key in keys)


def _criteria(session: Session, call: CallFacts) -> list[tuple[str, str, str, int]]:
    """Number, as JSON names it, key, name and weight of the criteria of closed rounds, in their order."""
    found = session.execute(
        sa.select(Criterion.id, Criterion.key, Criterion.name, Criterion.weight)
        .where(is_of_closed_round(Criterion.round_id, call))
        .order_by(Criterion.position, Criterion.key, Criterion.id)
    )
    return [(str(number), key, name, weight) for number, key, name, weight in found]


ABOUT_A_REVIEW = (
    *ROUND,
    LABEL,
    *THEMES,
    Column("panel", "text", "Panel that the panelist read the question for"),
    *PANELIST,
)
CONFIDENCE = Column("confidence", "text", "my_field, well_enough or outside; empty if abstained")
DONE_ON = Column("done_on", "date", "Day of the last change, UTC")

REVIEWS = Table(
    name="reviews",
    title=N_("Reviews, one row for each score"),
    about=N_("Every score of closed rounds by panelist and criterion."),
    columns=(
        *ABOUT_A_REVIEW,
        CONFIDENCE,
        Column("criterion_key", "text", "Short key of the criterion"),
        Column("criterion", "text", "Name of the criterion"),
        Column("weight", "integer", "Weight of the criterion"),
        Column("score", "integer", "Score from 1 to 5"),
        DONE_ON,
    ),
    door=Door.NOTED,
    rows=_score_rows,
    count=_n_scores,
)
REVIEWS_WIDE = Table(
    name="reviews-wide",
    title=N_("Reviews, one row for each review"),
    about=N_(
        "Every review and abstention of closed rounds by panelist, with comments and a column for each criterion."
    ),
    columns=(
        *ABOUT_A_REVIEW,
        Column("state", "text", "submitted or abstained"),
        CONFIDENCE,
        Column("rating", "number", "Weighted mean of the scores; empty without scores"),
        Column("comment_to_panel", "text", "Comment to the panel"),
        Column("is_comment_hidden", "text", "yes if the chair kept the comment out of the discussion, else no"),
        Column("comment_to_authors", "text", "Comment to the authors"),
        Column("abstain_reason", "text", "Why the panelist abstained; empty if they did not"),
        DONE_ON,
    ),
    door=Door.NOTED,
    more_columns=_score_columns,
    **selected(_reviews) | {"rows": _review_rows},
)
