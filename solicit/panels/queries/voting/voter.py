"""Who may compare or order what: the open rounds of a panelist, and the questions that they may judge in one."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.panels.models import (
    ConflictOfInterest,
    Panel,
    Panelist,
    Round,
    RoundQuestion,
    ThemeExpertise,
)
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.queries.discussion.access import HAS_OPENED
from solicit.panels.states import Activity, ConflictState, Expertise, RoundState
from solicit.questions.models import Question
from solicit.questions.states import QuestionState


@dataclass(frozen=True)
class VotingRound:
    """An open round of comparing or of ranked ballots, as its panelists see it."""

    id: int
    name: str
    instruction: str
    closes_at: datetime
    n_wanted: int


@dataclass(frozen=True)
class Attendance:
    """Whether a panelist took every seat in a call with the statement, and what they are asked to do now.

    A discussion stays in ``asked_to`` after its close: it can still be read.
    """

    has_accepted: bool
    asked_to: frozenset[Activity]


def voting_rounds(
    session: Session, *, call_id: int, person_id: int, activity: Activity, now: datetime
) -> tuple[VotingRound, ...]:
    """The rounds in which a panelist may vote now, the latest first; one statement."""
    found = session.scalars(
        sa.select(Round)
        .where(Round.call_id == call_id, Round.activity == activity, holds_seat(person_id), takes_votes(now))
        .order_by(Round.id.desc())
        .execution_options(populate_existing=True)
    )
    return tuple(VotingRound(row.id, row.name, row.instruction, row.closes_at, row.pairs_per_panelist) for row in found)


def attendance(session: Session, *, call_id: int, person_id: int, now: datetime) -> Attendance:
    """What every page of a panelist needs to know; one statement."""
    waiting = _seats_of(person_id).where(Panel.call_id == call_id, Panelist.statement_accepted_at.is_(None))
    asked = sa.select(Round.activity).where(Round.call_id == call_id, holds_seat(person_id))
    asked = asked.where(sa.or_(takes_votes(now), HAS_OPENED))
    is_waiting, activities = session.execute(
        sa.select(waiting.exists(), sa.func.array(asked.distinct().scalar_subquery()))
    ).one()
    return Attendance(not is_waiting, frozenset(map(Activity, activities)))


def takes_votes(now: datetime) -> sa.ColumnElement[bool]:
    """The condition that a round takes votes at this moment, as ``is_taking_votes`` says of a row."""
    return sa.and_(Round.state == RoundState.OPEN, Round.closes_at > now)


def holds_seat(person_id: int) -> sa.ColumnElement[bool]:
    """The condition that a person has a seat for a round: on its panel, or on any of its call if it has none."""
    seats = _seats_of(person_id).where(Panel.call_id == Round.call_id)
    return seats.where(sa.or_(Round.panel_id.is_(None), Round.panel_id == Panel.id)).exists()


def may_judge(person_id: int) -> sa.ColumnElement[bool]:
    """The condition on a question of a round's list that a panelist may judge it.

    They can read it, can judge its theme, and nothing speaks of a conflict: not even a suspicion.
    """
    reads = _seats_of(person_id).where(Panel.call_id == Question.call_id)
    cannot = sa.select(ThemeExpertise.theme_id).where(
        ThemeExpertise.person_id == person_id, ThemeExpertise.level == Expertise.NONE
    )
    suspected = sa.select(ConflictOfInterest.question_id).where(
        ConflictOfInterest.person_id == person_id, ConflictOfInterest.state == ConflictState.SUSPECTED
    )
    return sa.and_(
        Question.state == QuestionState.IN_SCOPE,
        Question.theme_id.is_not(None),
        Question.theme_id.not_in(cannot),
        Question.id.not_in(suspected),
        without_conflict(Question.id, person_id),
        reads.where(Question.language == sa.any_(Panelist.languages)).exists(),
    )


def questions_for(session: Session, *, round_id: int, person_id: int) -> dict[int, int]:
    """The questions of a round's list that a panelist may judge, with their themes, in a fixed order; one statement."""
    found = session.execute(
        sa.select(Question.id, Question.theme_id)
        .where(is_listed(round_id), may_judge(person_id))
        .order_by(Question.text_digest, Question.id)
    )
    return {question_id: theme_id for question_id, theme_id in found}


def is_listed(round_id: int | sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The condition that a question is on a round's list."""
    return Question.id.in_(sa.select(RoundQuestion.question_id).where(RoundQuestion.round_id == round_id))


def _seats_of(person_id: int) -> sa.Select:
    seats = sa.select(Panelist.person_id).join(Panel, Panel.id == Panelist.panel_id)
    return seats.where(Panelist.person_id == person_id)
