"""What many tables say alike, as columns of a statement: plain texts and numbers, so that no row is built twice."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from solicit.calls.models import Theme
from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.panels.models import Round
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.queries.votes import OVER
from solicit.questions.models import Question, QuestionSource
from solicit.questions.states import LETTERS
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE

BETWEEN = "; "
PLAN_FIELDS = ("target_body", "mission_type", "measurement", "readiness", "time_frame", "missions")
THEME = (Theme.key, Theme.name)


def label(question: Any = Question) -> sa.ColumnElement[str]:
    """“Q-1203” or “P-87”, nothing before the question was screened in."""
    letter = sa.case(*((question.kind == kind, f"{letter}-") for kind, letter in LETTERS.items()))
    return letter.concat(sa.cast(question.number, sa.Text))


def in_order(question: Any = Question) -> tuple[sa.ColumnElement, ...]:
    """Questions before plans, by number; what has none comes last."""
    return question.kind != Kind.QUESTION, question.number.nulls_last(), question.id


def word(state: sa.ColumnElement) -> sa.ColumnElement[str]:
    """The value of an enum as the database keeps it."""
    return sa.type_coerce(state, sa.Text)


def day(moment: sa.ColumnElement) -> sa.ColumnElement[str]:
    """The day of a moment, UTC."""
    return sa.func.to_char(sa.func.timezone("UTC", moment), "YYYY-MM-DD")


def yes(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[str]:
    return sa.case((condition, "yes"), else_="no")


def joined(text: sa.ColumnElement[str], *order: sa.ColumnElement) -> sa.ColumnElement[str]:
    """The texts of many rows in one cell."""
    return sa.func.string_agg(text, aggregate_order_by(sa.literal(BETWEEN), *order))


def texts(written: Any) -> tuple[sa.ColumnElement[str], ...]:
    """The texts of a question, a submission or one of its versions, after its title."""
    return written.goal_overview, written.significance, written.approach


def plan_cells(plan: sa.ColumnElement) -> tuple[sa.ColumnElement, ...]:
    """What a plan says beyond its texts; its missions with semicolons between them."""
    *single, many = PLAN_FIELDS
    keys = sa.func.jsonb_array_elements_text(plan[many]).table_valued("key").render_derived()
    missions = sa.select(sa.func.string_agg(keys.c.key, BETWEEN)).select_from(keys).scalar_subquery()
    cells = (sa.cast(plan[name].astext, sa.Integer) if name == "readiness" else plan[name].astext for name in single)
    return (*cells, missions)


def n_submissions() -> sa.ScalarSelect[int]:
    """How many submissions speak through the outer question now."""
    return (
        sa.select(sa.func.count())
        .select_from(QuestionSource)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .where(QuestionSource.question_id == Question.id, Submission.state.in_(LIVE))
        .correlate(Question)
        .scalar_subquery()
    )


def is_free_of_conflict(question_id: sa.ColumnElement[int], person_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether nothing is known of a conflict that makes a vote count for nothing."""
    # Joined: looked up row by row, as NOT IN does it, five thousand reviews cost half a minute.
    known = conflict_pairs()
    return ~sa.exists().where(known.c.question_id == question_id, known.c.person_id == person_id)


def closed_rounds(call_id: int) -> sa.Select[tuple[int]]:
    """The numbers of the rounds whose votes are told of: nobody can vote in them any more."""
    return sa.select(Round.id).where(Round.call_id == call_id, Round.state.in_(OVER))


def is_of_closed_round(round_id: sa.ColumnElement[int], call: CallFacts) -> sa.ColumnElement[bool]:
    """Whether something is of one of these rounds.

    As an array that is made once: of a join the database expects so few rows that it goes through them by nested loops.
    """
    return round_id == sa.any_(sa.func.array(closed_rounds(call.id).scalar_subquery()))
