"""What panelists write in a discussion."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Closed, NotFound, Refused
from solicit.panels.models import DiscussionPost, Round, RoundQuestion
from solicit.panels.queries.discussion.access import is_chair_of
from solicit.panels.states import Activity, RoundState
from solicit.questions.models import Question
from solicit.words import N_


def post(session: Session, *, round_id: int, question_id: int, person_id: int, text: str, now: datetime) -> int:
    """Add a post to an open discussion and return its id; the same words sent twice in a row are one post."""
    round_ = held_discussion(session, round_id=round_id, question_id=question_id, now=now)
    latest = session.scalar(
        sa.select(DiscussionPost)
        .where(DiscussionPost.round_id == round_id, DiscussionPost.question_id == question_id)
        .order_by(DiscussionPost.id.desc())
        .limit(1)
    )
    if latest and (latest.person_id, latest.text, latest.withdrawn_at) == (person_id, text, None):
        return latest.id
    about = dict(round_id=round_id, question_id=question_id, person_id=person_id)
    row = DiscussionPost(**about, by_chair=_chairs_it(session, question_id, person_id), text=text, posted_at=now)
    session.add(row)
    session.flush()
    record(
        session,
        act="post",
        subject="discussion_post",
        subject_id=row.id,
        call_id=round_.call_id,
        actor_id=person_id,
        now=now,
    )
    return row.id


def _chairs_it(session: Session, question_id: int, person_id: int) -> bool:
    return bool(session.scalar(sa.select(is_chair_of(person_id)).where(Question.id == question_id)))


def withdraw_post(
    session: Session, *, post_id: int, round_id: int, question_id: int, person_id: int, now: datetime
) -> None:
    """Take one's own words back; the thread shows that a post was withdrawn."""
    round_ = held_discussion(session, round_id=round_id, question_id=question_id, now=now)
    row = session.scalar(
        sa.select(DiscussionPost)
        .where(DiscussionPost.id == post_id)
        .where(DiscussionPost.round_id == round_id, DiscussionPost.question_id == question_id)
        .with_for_update()
    )
    if row is None:
        raise NotFound
    if row.person_id != person_id:
        raise Refused(N_("Only who wrote a post can withdraw it."))
    if row.withdrawn_at is not None:
        return
    row.text, row.withdrawn_at = "", now
    session.flush()
    record(
        session,
        act="withdraw",
        subject="discussion_post",
        subject_id=row.id,
        call_id=round_.call_id,
        actor_id=person_id,
        now=now,
    )


def held_discussion(session: Session, *, round_id: int, question_id: int, now: datetime) -> Round:
    """The discussion of a question, held against its closing; raises NotFound, or Closed outside its time."""
    round_ = session.scalar(
        sa.select(Round)
        .join(RoundQuestion, RoundQuestion.round_id == Round.id)
        .where(Round.id == round_id, Round.activity == Activity.DISCUSSION, RoundQuestion.question_id == question_id)
        .with_for_update(read=True, key_share=True, of=Round)
        .execution_options(populate_existing=True)
    )
    if round_ is None or round_.state is RoundState.DRAFT:
        raise NotFound
    if round_.state is not RoundState.OPEN or not round_.opens_at <= now < round_.closes_at:
        raise Closed(N_("This discussion is closed: nothing can be added or changed. Write to the organizers."))
    return round_
