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
from solicit.panels.queries.seals import review_content
from solicit.panels.service.chain import seal_vote
from solicit.panels.service.taking import is_taking_votes
from solicit.panels.states import ASSIGNMENT_MOVES, DONE, AssignmentState, Confidence, RoundState, VoteKind
from solicit.questions.models import Question
from solicit.questions.states import QuestionState, question_label
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


@dataclass(frozen=True)
class _Taken:
    """An assignment, locked, with what is said of it elsewhere."""

    assignment: Assignment
    question: str  # its label
    text_digest: bytes
    call_id: int


def save_draft(session: Session, *, assignment_id: int, person_id: int, given: GivenReview, now: datetime) -> int:
    """Keep an unfinished review and return its new version."""
    taken = _take(session, assignment_id, person_id, now)
    if taken.assignment.state in DONE:
        raise Refused(N_("This review was sent: it changes when you send it again."))
    return _store(session, taken, given, AssignmentState.DRAFT, now).version


def submit_review(session: Session, *, assignment_id: int, person_id: int, given: GivenReview, now: datetime) -> int:
    """Send a review, or change a sent one while the round is open; return its new version.

    Outside one's expertise there are no scores; otherwise at least half of the weight is answered.
    """
    taken = _take(session, assignment_id, person_id, now)
    if given.confidence is None:
        raise Refused(N_("Say how well you know the field."))
    criteria = session.scalars(sa.select(Criterion).where(Criterion.round_id == taken.assignment.round_id)).all()
    if given.confidence is not Confidence.OUTSIDE and not answers_enough(
        {c.id: c.weight for c in criteria}, given.scores
    ):
        raise Refused(N_("Answer at least half of the criteria by weight, or say that this is outside your expertise."))
    review = _store(session, taken, given, AssignmentState.SUBMITTED, now)
    keys = {criterion.id: criterion.key for criterion in criteria}
    scores = {} if given.confidence is Confidence.OUTSIDE else {keys[id_]: n for id_, n in given.scores.items()}
    content = review_content(taken.assignment.round_id, taken.question, review, scores)
    _record_and_seal(session, taken, "submit_review", content, now)
    return review.version


def abstain(session: Session, *, assignment_id: int, person_id: int, reason: str, now: datetime) -> None:
    """Decline to judge a question, with a reason; it counts as done and gives no rating."""
    taken = _take(session, assignment_id, person_id, now)
    _move(taken.assignment, AssignmentState.ABSTAINED, now)
    taken.assignment.abstain_reason = reason
    session.flush()
    content = review_content(taken.assignment.round_id, taken.question, None, {}, reason)
    _record_and_seal(session, taken, "abstain", content, now)


def skip(session: Session, *, assignment_id: int, person_id: int, now: datetime) -> None:
    """Put a question off: it stays to do, and comes after those that were not put off."""
    taken = _take(session, assignment_id, person_id, now)
    taken.assignment.skipped_at = now
    session.flush()


def answers_enough(weights: Mapping[int, int], scores: Mapping[int, int]) -> bool:
    """Whether at least half of the weight is answered, on criteria of the round only."""
    return 2 * sum(weights.get(id_, 0) for id_ in scores) >= sum(weights.values())


def _record_and_seal(session: Session, taken: _Taken, act: str, content: dict, now: datetime) -> None:
    assignment = taken.assignment
    record(
        session,
        act=act,
        subject="assignment",
        subject_id=assignment.id,
        call_id=taken.call_id,
        actor_id=assignment.person_id,
        now=now,
    )
    seal_vote(
        session,
        round_id=assignment.round_id,
        kind=VoteKind.REVIEW,
        vote_id=assignment.id,
        person_id=assignment.person_id,
        content=content,
        now=now,
    )


def _take(session: Session, assignment_id: int, person_id: int, now: datetime) -> _Taken:
    """The assignment, locked, if it may be worked on now."""
    # Held before the assignment, so that closing the round waits for this review or comes before it.
    round_ = _held_round(session, assignment_id)
    found = session.execute(
        sa.select(Assignment, Question.kind, Question.number, Question.text_digest)
        .join(Question, Question.id == Assignment.question_id)
        .where(Assignment.id == assignment_id, Assignment.person_id == person_id)
        .where(Assignment.state != AssignmentState.VOIDED, Question.state == QuestionState.IN_SCOPE)
        .where(without_conflict(Assignment.question_id, person_id))
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or round_.state is RoundState.DRAFT:
        raise NotFound
    if not is_taking_votes(round_, now):
        raise Closed(N_("This round is closed: reviews can no longer be changed. Write to the organizers."))
    if not has_accepted_statement(session, call_id=round_.call_id, person_id=person_id):
        raise StatementNotAccepted
    assignment, kind, number, digest = found
    return _Taken(assignment, question_label(kind, number) or "", digest, round_.call_id)


def _held_round(session: Session, assignment_id: int) -> sa.Row:
    found = session.execute(
        sa.select(Round.state, Round.closes_at, Round.call_id)
        .where(Round.id == sa.select(Assignment.round_id).where(Assignment.id == assignment_id).scalar_subquery())
        .with_for_update(read=True, key_share=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _store(session: Session, taken: _Taken, given: GivenReview, to: AssignmentState, now: datetime) -> Review:
    assignment = taken.assignment
    review = session.get(Review, assignment.id, populate_existing=True)
    if given.version != (review.version if review else 0):
        raise Conflict(N_("You saved this review in another window. Compare both, then save again."))
    _move(assignment, to, now)
    assignment.abstain_reason = ""
    review = review or Review(assignment_id=assignment.id, version=0)
    review.confidence = given.confidence
    review.comment_to_panel = given.comment_to_panel
    review.comment_to_authors = given.comment_to_authors
    review.text_digest, review.saved_at = taken.text_digest, now
    review.version += 1
    session.add(review)
    session.flush()
    _store_scores(session, assignment, given)
    return review


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
