"""What panelists chose and wrote in later rounds: comparisons, ballots and discussions."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from solicit.calls.models import Theme
from solicit.calls.queries import CallFacts
from solicit.panels.models import Ballot, BallotPlace, Comparison, DiscussionPost, Round
from solicit.panels.queries.discussion.access import HAS_OPENED
from solicit.panels.states import BallotState, ComparisonState
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
from solicit.reports.queries.exports.table import Chosen, Door, Table, is_foreign, is_shown, selected
from solicit.reports.queries.exports.wording import LABEL, PANELIST, ROUND, THEMES
from solicit.words import N_

Left, Right = aliased(Question), aliased(Question)


def _comparisons(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    sides = (Comparison.left_id, Comparison.right_id)
    voter = Comparison.person_id
    return (
        sa.select(
            Round.id,
            Round.name,
            *THEME,
            Person.id,
            Person.full_name,
            label(Left),
            label(Right),
            word(Comparison.preference),
            Comparison.reason,
            day(Comparison.judged_at),
        )
        .join(Round, Round.id == Comparison.round_id)
        .join(Theme, Theme.id == Comparison.theme_id)
        .join(Left, Left.id == Comparison.left_id)
        .join(Right, Right.id == Comparison.right_id)
        .join(Person, Person.id == voter)
        .where(is_of_closed_round(Comparison.round_id, call), Comparison.state == ComparisonState.JUDGED)
        .where(*(is_foreign(side, viewer_id) for side in sides), sa.or_(*(chosen.finds(side) for side in sides)))
        .where(*(is_free_of_conflict(side, voter) for side in sides))
        .order_by(Round.id, Theme.position, voter, Comparison.id)
    )


def _ballots(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    return (
        sa.select(
            Round.id,
            Round.name,
            *THEME,
            Person.id,
            Person.full_name,
            BallotPlace.place,
            label(),
            day(Ballot.submitted_at),
        )
        .join(Ballot, Ballot.round_id == Round.id)
        .join(BallotPlace, BallotPlace.ballot_id == Ballot.id)
        .join(Question, Question.id == BallotPlace.question_id)
        .join(Theme, Theme.id == Ballot.theme_id)
        .join(Person, Person.id == Ballot.person_id)
        .where(is_of_closed_round(Ballot.round_id, call), Ballot.state == BallotState.SUBMITTED)
        .where(is_shown(Question.id, viewer_id, chosen), is_free_of_conflict(Question.id, Ballot.person_id))
        .order_by(Round.id, Theme.position, Ballot.person_id, BallotPlace.place, *in_order())
    )


def _discussion(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    post = DiscussionPost
    return (
        sa.select(
            Round.id,
            Round.name,
            label(),
            *THEME,
            Person.id,
            Person.full_name,
            yes(post.by_chair),
            post.text,
            day(post.posted_at),
        )
        .join(post, post.round_id == Round.id)
        .join(Question, Question.id == post.question_id)
        .join(Person, Person.id == post.person_id)
        .outerjoin(Theme, Theme.id == Question.theme_id)
        .where(Round.call_id == call.id, HAS_OPENED, post.withdrawn_at.is_(None))
        .where(is_shown(Question.id, viewer_id, chosen), is_free_of_conflict(Question.id, post.person_id))
        .order_by(Round.id, *in_order(), post.id)
    )


COMPARISONS = Table(
    name="comparisons",
    title=N_("Comparisons"),
    about=N_("Every pair that a panelist judged in closed rounds."),
    columns=(
        *ROUND,
        *THEMES,
        *PANELIST,
        Column("left", "text", "Number of the question on the left"),
        Column("right", "text", "Number of the question on the right"),
        Column("preference", "text", "left, right, equal or undecided"),
        Column("reason", "text", "Why the panelist could not decide"),
        Column("judged_on", "date", "Day of the choice, UTC"),
    ),
    door=Door.NOTED,
    **selected(_comparisons),
)
BALLOTS = Table(
    name="ballots",
    title=N_("Ballots"),
    about=N_("One row for each question that a panelist put in order in closed rounds."),
    columns=(
        *ROUND,
        *THEMES,
        *PANELIST,
        Column("place", "integer", "Place on the ballot, from 1; equal places are ties"),
        LABEL,
        Column("submitted_on", "date", "Day the ballot was handed in, UTC"),
    ),
    door=Door.NOTED,
    **selected(_ballots),
)
DISCUSSION = Table(
    name="discussion",
    title=N_("Discussion posts"),
    about=N_("What panelists wrote to each other about a question; posts that were withdrawn are left out."),
    columns=(
        *ROUND,
        LABEL,
        *THEMES,
        *PANELIST,
        Column("is_by_chair", "text", "yes if written as the chair of the panel, else no"),
        Column("text", "text", "The post"),
        Column("posted_on", "date", "Day of the post, UTC"),
    ),
    door=Door.PERSONAL,
    **selected(_discussion),
)
