"""Who may not judge what: the pairs of questions and people in conflict."""

from functools import cache

import sqlalchemy as sa

from solicit.panels.models import Assignment, Ballot, BallotPlace, Comparison, ConflictOfInterest, Round
from solicit.panels.states import AssignmentState, ComparisonState, ConflictState, RoundState
from solicit.questions.models import Question, QuestionSource
from solicit.questions.queries.involvement import questions_in_conflict_with
from solicit.submissions.models import Authorship, CoAuthor, Submission


@cache
def own_pairs() -> sa.CompoundSelect:
    """(question_id, person_id) of everybody who wrote or sent a submission that speaks, or first spoke, through it.

    A co-author who stepped back is among them: they know who wrote it.
    """
    pairs = []
    for question_id in (QuestionSource.question_id, QuestionSource.first_question_id):
        wrote = sa.select(question_id, Authorship.person_id)
        sent = sa.select(question_id, Submission.submitter_id).where(Submission.submitter_id.is_not(None))
        agreed = sa.select(question_id, CoAuthor.person_id).where(CoAuthor.person_id.is_not(None))
        pairs += [
            agreed.join(CoAuthor, CoAuthor.submission_id == QuestionSource.submission_id),
            wrote.join(Authorship, Authorship.submission_id == QuestionSource.submission_id),
            sent.join(Submission, Submission.id == QuestionSource.submission_id),
        ]
    return sa.union(*pairs)


@cache
def conflict_pairs() -> sa.Subquery:
    """(question_id, person_id) of every conflict: own questions, written down or not, and confirmed ones.

    A conflict goes with the submissions: it holds for everything that the question was merged into, too.
    """
    is_confirmed = ConflictOfInterest.state == ConflictState.CONFIRMED
    confirmed = sa.select(ConflictOfInterest.question_id, ConflictOfInterest.person_id).where(is_confirmed)
    known = sa.union(own_pairs(), confirmed).subquery()
    above = _above()
    carried = sa.select(above.c.id, known.c.person_id).join(known, known.c.question_id == above.c.start)
    return sa.union(sa.select(known), carried).subquery("conflict_pairs")


@cache
def suspected_pairs() -> sa.Select:
    """(question_id, person_id) of every suspicion: until somebody decides it keeps the pair out of what is new."""
    is_suspected = ConflictOfInterest.state == ConflictState.SUSPECTED
    return sa.select(ConflictOfInterest.question_id, ConflictOfInterest.person_id).where(is_suspected)


def without_conflict(question_id: sa.ColumnElement, viewer_id: int) -> sa.ColumnElement[bool]:
    """The condition that ``viewer_id`` is in no conflict with a question; it goes into the query itself."""
    return question_id.not_in(questions_in_conflict_with(viewer_id))


def may_read_result(question_id: sa.ColumnElement, viewer_id: int) -> sa.ColumnElement[bool]:
    """The condition that a ranking tells ``viewer_id`` of a question: they are in no conflict, and do not judge it now.

    An open round asks for a judgement of one's own, whatever an earlier series said of the question.
    """
    return sa.and_(without_conflict(question_id, viewer_id), question_id.not_in(_judged_now(viewer_id)))


def _judged_now(person_id: int) -> sa.CompoundSelect:
    """The ids of the questions that open rounds ask a person about."""
    is_open = sa.select(Round.id).where(Round.state == RoundState.OPEN)

    def theirs(vote: type) -> sa.ColumnElement[bool]:
        return sa.and_(vote.person_id == person_id, vote.round_id.in_(is_open))

    assigned = sa.select(Assignment.question_id).where(Assignment.state != AssignmentState.VOIDED)
    offered = (
        sa.select(side).where(theirs(Comparison), Comparison.state != ComparisonState.VOIDED)
        for side in (Comparison.left_id, Comparison.right_id)
    )
    placed = sa.select(BallotPlace.question_id).join(Ballot, Ballot.id == BallotPlace.ballot_id)
    return sa.union_all(assigned.where(theirs(Assignment)), *offered, placed.where(theirs(Ballot)))


def _above() -> sa.CTE:
    """(start, id) of each merged question and each one that it was merged into, by whatever detour."""
    merged = sa.select(Question.id.label("start"), Question.merged_into_id.label("id"))
    above = merged.where(Question.merged_into_id.is_not(None)).cte(recursive=True)
    next_one = sa.select(above.c.start, Question.merged_into_id).join(Question, Question.id == above.c.id)
    return above.union(next_one.where(Question.merged_into_id.is_not(None)))
