"""Who has a part in a question: whoever wrote, sent or judges it never decides on it."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.questions.models import Question, QuestionSource
from solicit.submissions.models import Authorship, CoAuthor, Submission

# Who judges a question belongs to the panels, which build on questions; the desk knows only the columns it reads.
assignment = sa.table("assignment", sa.column("question_id"), sa.column("person_id"), sa.column("state"))
comparison = sa.table("comparison", *map(sa.column, ("left_id", "right_id", "person_id", "state")))
ballot = sa.table("ballot", sa.column("id"), sa.column("person_id"))
ballot_place = sa.table("ballot_place", sa.column("ballot_id"), sa.column("question_id"))
conflict = sa.table("conflict_of_interest", sa.column("question_id"), sa.column("person_id"), sa.column("state"))
IS_CONFIRMED = conflict.c.state == "confirmed"
# Most pages ask about one person many times, and putting the statement together costs more than its answer.
KEPT_STATEMENTS = 256
# The condition that a column names the person, or one of the people, who are asked about.
IsTheirs = Callable[[sa.ColumnElement], sa.ColumnElement[bool]]


def is_involved(person_id: int, question_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether the person wrote a submission that came to the question by whatever detour, or judges it.

    A co-author who stepped back is still in it: they know who wrote it.
    """
    # A set found once: looked for row by row, ten thousand questions cost seconds.
    return question_id.in_(questions_of(person_id))


@lru_cache(KEPT_STATEMENTS)
def questions_of(person_id: int) -> sa.Select:
    """The ids of the questions in which the person has a part; found once in a statement that asks more often."""
    return _with_a_part(lambda column: column == person_id)


def questions_of_people(people: sa.Select) -> sa.Select:
    """The ids of the questions in which any of these people has a part."""
    return _with_a_part(lambda column: column.in_(people))


def submissions_behind(questions: sa.Select) -> sa.CompoundSelect:
    """The ids of the submissions that speak, or first spoke, through one of these questions."""
    sources = (QuestionSource.question_id, QuestionSource.first_question_id)
    return sa.union_all(*(sa.select(QuestionSource.submission_id).where(each.in_(questions)) for each in sources))


def _with_a_part(is_theirs: IsTheirs) -> sa.Select:
    judged = _judged()
    theirs = sa.select(judged.c.question_id).where(is_theirs(judged.c.person_id))
    involved = sa.union_all(_in_conflict(is_theirs), theirs).cte()
    return sa.select(involved.c.question_id)


@cache
def _judged() -> sa.Subquery:
    """(question_id, person_id) of what somebody is asked to score or to compare, and of what they put in order."""
    asked = sa.select(assignment.c.question_id, assignment.c.person_id).where(assignment.c.state != "voided")
    sides = (comparison.c.left_id, comparison.c.right_id)
    offered = (sa.select(side, comparison.c.person_id).where(comparison.c.state != "voided") for side in sides)
    placed = sa.select(ballot_place.c.question_id, ballot.c.person_id).join(
        ballot, ballot.c.id == ballot_place.c.ballot_id
    )
    return sa.union_all(asked, *offered, placed).subquery("judged")


@lru_cache(KEPT_STATEMENTS)
def questions_in_conflict_with(person_id: int) -> sa.Select:
    """The ids of what the person wrote, sent or is in a confirmed conflict with, and of all that it was merged into.

    Also where it only passes through: a summary that was merged on still says what they wrote.
    """
    return _in_conflict(lambda column: column == person_id)


def _in_conflict(is_theirs: IsTheirs) -> sa.Select:
    sent = sa.select(Submission.id).where(is_theirs(Submission.submitter_id))
    written = sa.select(Authorship.submission_id).where(is_theirs(Authorship.person_id))
    named = sa.select(CoAuthor.submission_id).where(is_theirs(CoAuthor.person_id))
    theirs = QuestionSource.submission_id.in_(sa.union_all(sent, written, named))
    confirmed = sa.select(conflict.c.question_id).where(is_theirs(conflict.c.person_id), IS_CONFIRMED)
    first = sa.union_all(sa.select(QuestionSource.first_question_id.label("id")).where(theirs), confirmed).subquery()
    reached = sa.select(first.c.id).cte(recursive=True)
    above = sa.select(Question.merged_into_id).join(reached, Question.id == reached.c.id)
    reached = reached.union(above.where(Question.merged_into_id.is_not(None)))
    return sa.select(reached.c.id.label("question_id"))


def people_involved(session: Session, *, question_ids: Sequence[int]) -> frozenset[int]:
    """Everybody who wrote or sent a submission of one of the questions, or judges it; one statement."""
    return frozenset(session.scalars(involved_people(question_ids)))


def involved_people(question_ids: Sequence[int] | sa.Select) -> sa.CompoundSelect:
    """The ids of everybody who has a part in one of these questions."""
    below = sa.select(Question.id).where(Question.id.in_(question_ids)).cte(recursive=True)
    below = below.union(sa.select(Question.id).join(below, Question.merged_into_id == below.c.id))
    sources = (
        sa.select(Submission.id, Submission.submitter_id)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .join(below, below.c.id == QuestionSource.first_question_id)
        .cte()
    )
    authors = sa.select(Authorship.person_id).join(sources, sources.c.id == Authorship.submission_id)
    agreed_once = sa.select(CoAuthor.person_id).join(sources, sources.c.id == CoAuthor.submission_id)
    agreed_once = agreed_once.where(CoAuthor.person_id.is_not(None))
    submitters = sa.select(sources.c.submitter_id).where(sources.c.submitter_id.is_not(None))
    in_conflict = sa.select(conflict.c.person_id).join(below, below.c.id == conflict.c.question_id).where(IS_CONFIRMED)
    judged = _judged()
    judges = sa.select(judged.c.person_id).where(judged.c.question_id.in_(question_ids))
    return sa.union(authors, agreed_once, submitters, in_conflict, judges)


def question_subject(session: Session, *, call: CallFacts, question_id: int, **_) -> Subject | None:
    """Facts for the policy about one question: who has a part in it; one statement."""
    involved = involved_people([question_id]).subquery()
    people = session.scalars(
        sa.select(involved.c.person_id)
        .select_from(sa.outerjoin(Question, involved, sa.true()))
        .where(Question.id == question_id, Question.call_id == call.id)
    ).all()
    return Subject(call_id=call.id, conflicted_ids=frozenset(people) - {None}) if people else None
