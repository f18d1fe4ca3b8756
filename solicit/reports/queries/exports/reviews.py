"""What panelists said of questions in closed rounds of scoring: one row for each score, or one for each review."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Theme
from solicit.calls.queries import CallFacts
from solicit.panels.models import Assignment, Criterion, Panel, Review, Round, Score
from solicit.panels.states import DONE, AssignmentState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports.parts import (
    IS_OVER,
    THEME,
    day,
    in_order,
    is_free_of_conflict,
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
    """The reviews of closed rounds, with their panelist; without those of somebody in conflict with the question."""
    return (
        sa.select(Round.id, Round.name, label(), *THEME, Panel.name, Person.id, Person.full_name)
        .select_from(Assignment)
        .join(Round, Round.id == Assignment.round_id)
        .outerjoin(Review, sa.and_(Review.assignment_id == Assignment.id, IS_GIVEN))
        .join(Question, Question.id == Assignment.question_id)
        .join(Panel, Panel.id == Assignment.panel_id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Theme, Theme.id == Question.theme_id)
        .where(Round.call_id == call.id, IS_OVER, Assignment.state.in_(DONE))
        .where(is_shown(Question.id, viewer_id, chosen), is_free_of_conflict(Question.id, Assignment.person_id))
        .order_by(Round.id, *in_order(), Assignment.person_id)
    )


def _long(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    scores = (word(Review.confidence), Criterion.key, Criterion.name, Criterion.weight, Score.value)
    return (
        _reviews(call, viewer_id, chosen)
        .add_columns(*scores, day(Review.saved_at))
        .join(Score, Score.assignment_id == Review.assignment_id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .order_by(Criterion.position)
    )


def _wide(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    given = _scores()
    return (
        _reviews(call, viewer_id, chosen)
        .add_columns(
            word(Assignment.state),
            word(Review.confidence),
            given.c.rating,
            Review.comment_to_panel,
            yes(Review.comment_hidden_at.is_not(None)),
            Review.comment_to_authors,
            Assignment.abstain_reason,
            day(sa.func.coalesce(Review.saved_at, Assignment.changed_at)),
            given.c.by_key,
        )
        .outerjoin(given, given.c.assignment_id == Review.assignment_id)
    )


def _scores() -> sa.Subquery:
    """The scores of each review by the keys of their criteria, and their weighted mean."""
    points = sa.cast(sa.func.sum(Score.value * Criterion.weight), sa.Double)
    return (
        sa.select(
            Score.assignment_id,
            (points / sa.func.sum(Criterion.weight)).label("rating"),
            sa.func.jsonb_object_agg(Criterion.key, Score.value).label("by_key"),
        )
        .join(Criterion, Criterion.id == Score.criterion_id)
        .group_by(Score.assignment_id)
        .subquery("given")
    )


def _wide_rows(session: Session, *, call: CallFacts, viewer_id: int | None, chosen: Chosen) -> Iterator[Sequence[Cell]]:
    keys = _keys(session, call)
    for *cells, scores in read(session, _wide(call, viewer_id, chosen)):
        yield (*cells, *map((scores or {}).get, keys))


def _score_columns(session: Session, *, call: CallFacts) -> tuple[Column, ...]:
    """A column for each criterion of the call's closed rounds."""
    return tuple(
        Column(f"score_{key}", "integer", f"Score on the criterion “{key}”, from 1 to 5; empty if not given")
        for key in _keys(session, call)
    )


def _keys(session: Session, call: CallFacts) -> Sequence[str]:
    of_call = sa.select(Criterion.key).join(Round, Round.id == Criterion.round_id)
    in_use = of_call.where(Round.call_id == call.id, IS_OVER).group_by(Criterion.key)
    return session.scalars(in_use.order_by(sa.func.min(Criterion.position), Criterion.key)).all()


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
    **selected(_long),
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
    **selected(_wide) | {"rows": _wide_rows},
)
