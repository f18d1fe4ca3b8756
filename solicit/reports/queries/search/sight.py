"""Who searches, and which questions there are for them: everything that is found, counted or suggested starts here."""

from dataclasses import dataclass

import sqlalchemy as sa

from solicit.access.policy import Identity, Permission, Subject, permits
from solicit.calls.queries import CallFacts
from solicit.panels.models import Assignment, Round
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.states import AssignmentState, RoundState
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved, questions_of
from solicit.questions.states import QuestionState


@dataclass(frozen=True)
class Searcher:
    """Who searches a call: an organizer of it or somebody on its panels; without a person, who runs the site."""

    person_id: int | None
    is_organizer: bool


def searcher_of(identity: Identity, *, call: CallFacts, at_desk: bool = True) -> Searcher:
    """How somebody searches: at a desk as an organizer, if they are one; else, if they can, as a panelist."""
    subject = Subject(call_id=call.id)
    organizes = permits(identity, Permission.SEE_DASHBOARD, subject)
    sits = permits(identity, Permission.SEE_REVIEW_QUEUE, subject)
    return Searcher(identity.person_id, organizes and (at_desk or not sits))


def visible(call: CallFacts, searcher: Searcher) -> sa.ColumnElement[bool]:
    """The questions that exist for somebody.

    An organizer has none in which they have a part. A panelist has what the public reads and what they are asked to
    judge.
    """
    of_call = Question.call_id == call.id
    if searcher.is_organizer:
        return sa.and_(of_call, *without_part(searcher, Question.id))
    in_scope = sa.and_(of_call, Question.state == QuestionState.IN_SCOPE)
    return in_scope if call.shows_questions else sa.and_(in_scope, is_asked(searcher))


def without_part(searcher: Searcher, question_id: sa.ColumnElement[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """That an organizer has no part in a question, for a statement about it."""
    return () if searcher.person_id is None else (~is_involved(searcher.person_id, question_id),)


def closed_to(searcher: Searcher) -> sa.SelectBase:
    """The ids of the questions in which an organizer has a part."""
    return sa.select(Question.id).where(sa.false()) if searcher.person_id is None else questions_of(searcher.person_id)


def is_asked(searcher: Searcher) -> sa.ColumnElement[bool]:
    asked = (
        sa.select(Assignment.question_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(
            Assignment.person_id == searcher.person_id,
            Assignment.state != AssignmentState.VOIDED,
            Round.state != RoundState.DRAFT,
        )
    )
    return sa.and_(Question.id.in_(asked), without_conflict(Question.id, searcher.person_id))
