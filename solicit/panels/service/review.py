"""A panelist's work: saving, sending, abstaining."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Closed, Conflict, NotFound, Refused, check_move
from solicit.panels.models import Assignment, Criterion, Review, Round, Score
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.queries.review import has_accepted_statement
from solicit.panels.states import ASSIGNMENT_MOVES, AssignmentState, Confidence, RoundState
from solicit.questions.models import Question
from solicit.questions.states import QuestionState
from solicit.words import N_


class StatementNotAccepted(Refused):
    """A panelist has not yet accepted the statement of confidentiality."""

    message = N_("Accept the statement of confidentiality first.")


@dataclass(frozen=True, kw_only=True)
class GivenReview:
    """What a panelist typed; ``version`` is the saved one they saw, 0 for none."""

    confidence: Confidence | None
    scores: Mapping[int, int]  # by criterion id
    comment_to_panel: str
    comment_to_authors: str
    version: int


def save_draft(session: Session, *, assignment_id: int, person_id: int, given: GivenReview, now: datetime) -> int:
    """Keep an unfinished review and return its new version."""
    assignment, digest, _ = _take(session, assignment_id, person_id)
    return _store(session, assignment, given, AssignmentState.DRAFT, digest, now)


def submit_review(session: Session, *, assignment_id: int, person_id: int, given: GivenReview, now: datetime) -> int:
    """Send a review, or change a sent one while the round is open; return its new version.

    Outside one's expertise there are no scores; otherwise every criterion needs one.
    """
    assignment, digest, call_id = _take(session, assignment_id, person_id)
    if given.confidence is None:
        raise Refused(N_("Say how well you know the field."))
    wanted = set(session.scalars(sa.select(Criterion.id).where(Criterion.round_id == assignment.round_id)))
    if given.confidence is not Confidence.OUTSIDE and set(given.scores) != wanted:
        raise Refused(N_("Give a score on every criterion, or say that this is outside your expertise."))
    version = _store(session, assignment, given, AssignmentState.SUBMITTED, digest, now)
    record(
        session,
        act="submit_review",
        subject="assignment",
        subject_id=assignment_id,
        call_id=call_id,
        actor_id=person_id,
        now=now,
    )
    return version


def abstain(session: Session, *, assignment_id: int, person_id: int, reason: str, now: datetime) -> None:
    """Decline to judge a question, with a reason; it counts as done and gives no rating."""
    assignment, _, call_id = _take(session, assignment_id, person_id)
    _move(assignment, AssignmentState.ABSTAINED, now)
    assignment.abstain_reason = reason
    record(
        session,
        act="abstain",
        subject="assignment",
        subject_id=assignment_id,
        call_id=call_id,
        actor_id=person_id,
        now=now,
    )


def _take(session: Session, assignment_id: int, person_id: int) -> tuple[Assignment, bytes, int]:
    """The assignment, locked, with the digest of its question's wording and its call, if it may be worked on now."""
    # Held before the assignment, so that closing the round waits for this review or comes before it.
    state, call_id = _held_round(session, assignment_id)
    found = session.execute(
        sa.select(Assignment, Question.text_digest)
        .join(Question, Question.id == Assignment.question_id)
        .where(Assignment.id == assignment_id, Assignment.person_id == person_id)
        .where(Assignment.state != AssignmentState.VOIDED, Question.state == QuestionState.IN_SCOPE)
        .where(without_conflict(Assignment.question_id, person_id))
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or state is RoundState.DRAFT:
        raise NotFound
    if state is not RoundState.OPEN:
        raise Closed(N_("This round is closed: reviews can no longer be changed. Write to the organizers."))
    if not has_accepted_statement(session, call_id=call_id, person_id=person_id):
        raise StatementNotAccepted
    return found[0], found[1], call_id


def _held_round(session: Session, assignment_id: int) -> tuple[RoundState, int]:
    found = session.execute(
        sa.select(Round.state, Round.call_id)
        .where(Round.id == sa.select(Assignment.round_id).where(Assignment.id == assignment_id).scalar_subquery())
        .with_for_update(read=True, key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found.state, found.call_id


def _store(
    session: Session, assignment: Assignment, given: GivenReview, to: AssignmentState, digest: bytes, now: datetime
) -> int:
    review = session.get(Review, assignment.id, populate_existing=True)
    if given.version != (review.version if review else 0):
        raise Conflict(N_("You saved this review in another window. Compare both, then save again."))
    _move(assignment, to, now)
    assignment.abstain_reason = ""
    review = review or Review(assignment_id=assignment.id, version=0)
    review.confidence = given.confidence
    review.comment_to_panel = given.comment_to_panel
    review.comment_to_authors = given.comment_to_authors
    review.text_digest, review.saved_at = digest, now
    review.version += 1
    session.add(review)
    session.flush()
    _store_scores(session, assignment, given)
    return review.version


def _store_scores(session: Session, assignment: Assignment, given: GivenReview) -> None:
    session.execute(sa.delete(Score).where(Score.assignment_id == assignment.id))
    if given.confidence is Confidence.OUTSIDE:
        return
    known = set(session.scalars(sa.select(Criterion.id).where(Criterion.round_id == assignment.round_id)))
    if not known.issuperset(given.scores):
        raise Refused(N_("This criterion is not part of the round."))
    rows = (Score(assignment_id=assignment.id, criterion_id=id_, value=value) for id_, value in given.scores.items())
    session.add_all(rows)
    session.flush()


def _move(assignment: Assignment, to: AssignmentState, now: datetime) -> None:
    check_move(ASSIGNMENT_MOVES, assignment.state, to)
    assignment.state, assignment.changed_at = to, now
