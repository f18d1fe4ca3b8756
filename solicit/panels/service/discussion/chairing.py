"""What a chair does in a discussion: the summary, and keeping a comment out of it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Conflict, NotFound
from solicit.panels.models import Assignment, DiscussionSummary, Review, Round
from solicit.panels.queries.labels import PanelLabels
from solicit.panels.queries.series import in_series
from solicit.panels.service.discussion.posts import held_discussion
from solicit.panels.states import AssignmentState
from solicit.words import N_


def summarize(
    session: Session, *, round_id: int, question_id: int, person_id: int, text: str, version: int, now: datetime
) -> None:
    """Write what the panel takes from the discussion; ``version`` is the one that its writer saw, 0 for none.

    Raises Conflict if somebody else wrote in the meantime.
    """
    round_ = held_discussion(session, round_id=round_id, question_id=question_id, now=now)
    row = session.get(DiscussionSummary, (round_id, question_id), with_for_update=True, populate_existing=True)
    if version != (row.version if row else 0):
        raise Conflict(N_("Somebody else changed this summary. Compare both, then save again."))
    row = row or DiscussionSummary(round_id=round_id, question_id=question_id, version=0)
    row.text, row.written_by_id, row.written_at = text, person_id, now
    row.version += 1
    session.add(row)
    session.flush()
    _record(session, "summarize", round_, question_id, person_id, now)


def moderate(
    session: Session,
    *,
    round_id: int,
    question_id: int,
    label: str,
    labels: PanelLabels,
    is_hidden: bool,
    person_id: int,
    now: datetime,
) -> None:
    """Keep one panelist's comment out of the discussion, or show it again; review and ratings stay as they are.

    A chair knows the panelist by the label of this question only.
    """
    round_ = held_discussion(session, round_id=round_id, question_id=question_id, now=now)
    reviews = session.execute(
        sa.select(Review, Assignment.person_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(in_series(round_.follows_id), Assignment.question_id == question_id)
        .where(Assignment.state == AssignmentState.SUBMITTED)
        .with_for_update(of=Review)
    ).all()
    first_id = round_.follows_id
    theirs = [
        review
        for review, person_id in reviews
        if labels.of(first_id=first_id, question_id=question_id, person_id=person_id) == label
    ]
    if not theirs:
        raise NotFound
    for review in theirs:
        review.comment_hidden_at = now if is_hidden else None
    session.flush()
    _record(session, "hide_comment" if is_hidden else "show_comment", round_, question_id, person_id, now)


def _record(session: Session, act: str, round_: Round, question_id: int, actor_id: int, now: datetime) -> None:
    record(
        session, act=act, subject="question", subject_id=question_id, call_id=round_.call_id, actor_id=actor_id, now=now
    )
