"""Which numbers name public questions."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.questions.models import Question
from solicit.questions.states import QuestionState


def public_numbers(session: Session, *, call: CallFacts, numbers: Iterable[int]) -> frozenset[int]:
    """Those of the numbers that belong to public scientific questions of the call; at most one statement."""
    numbers = tuple(numbers)
    if not numbers or not call.shows_questions:
        return frozenset()
    public = sa.select(Question.number).where(
        Question.call_id == call.id, Question.kind == Kind.QUESTION, Question.number.in_(numbers)
    )
    standing = public.where(Question.state.in_((QuestionState.IN_SCOPE, QuestionState.MERGED)))
    return frozenset(session.scalars(standing))
