"""Series of rounds: a scoring round and what follows it; a ranking is computed from a whole series."""

from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa

from solicit.calls.states import Kind
from solicit.panels.models import Round, RoundQuestion
from solicit.questions.models import Question
from solicit.questions.states import QuestionState


class Judging(Protocol):
    """What one has to know of a round to tell which questions it is about."""

    @property
    def id(self) -> int: ...
    @property
    def call_id(self) -> int: ...
    @property
    def follows_id(self) -> int | None: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def theme_ids(self) -> Sequence[int]: ...


def first_of(round_: Round) -> int:
    """The id of the scoring round that a series began with."""
    return round_.follows_id or round_.id


def in_series(first_id: int) -> sa.ColumnElement[bool]:
    """The condition that a round belongs to the series of ``first_id``."""
    return sa.or_(Round.id == first_id, Round.follows_id == first_id)


def round_questions(round_: Judging) -> sa.ColumnElement[bool]:
    """The condition that a question is judged in a round: of its kind, and of its themes or its own list."""
    ranked = sa.and_(
        Question.call_id == round_.call_id,
        Question.kind == round_.kind,
        Question.state == QuestionState.IN_SCOPE,
        Question.theme_id.is_not(None),
    )
    if round_.follows_id is not None:
        listed = sa.select(RoundQuestion.question_id).where(RoundQuestion.round_id == round_.id)
        return sa.and_(ranked, Question.id.in_(listed))
    return sa.and_(ranked, Question.theme_id.in_(round_.theme_ids)) if round_.theme_ids else ranked
