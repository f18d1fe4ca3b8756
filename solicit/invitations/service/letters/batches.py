"""Letters that one organizer prepares, so that another can read them before they leave."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.invitations.models import Invitation, LetterBatch, Selection
from solicit.invitations.queries.meeting import MeetingView, view_of
from solicit.invitations.service.letters.moves import check_no_candidate
from solicit.invitations.service.meeting import locked_meeting
from solicit.invitations.states import BATCH_MOVES, BatchState, InvitationState
from solicit.words import N_


def prepare_letters(session: Session, *, call_id: int, answer_on: date, actor_id: int, now: datetime) -> int:
    """Put everybody who is selected and has no letter yet into a batch; returns its number.

    The batch keeps the meeting and the costs as they are now: its letters never say what nobody has approved.
    """
    meeting = view_of(locked_meeting(session, call_id=call_id))
    check_no_candidate(session, call_id=call_id, actor_id=actor_id)
    answer_by = _checked_deadline(meeting, answer_on, now)
    ready = sa.select(Invitation).where(
        Invitation.call_id == call_id,
        Invitation.state == InvitationState.SELECTED,
        Invitation.batch_id.is_(None),
    )
    invitations = session.scalars(ready.order_by(Invitation.id).with_for_update(), execution_options=FRESH).all()
    if not invitations:
        raise Conflict(N_("Nobody waits for a letter. Somebody else may have prepared them a moment ago."))
    batch = LetterBatch(
        call_id=call_id,
        answer_by=answer_by,
        meeting=meeting.as_json(),
        cost_rates=session.get_one(Selection, invitations[0].selection_id).cost_rates,
        prepared_at=now,
        prepared_by_id=actor_id,
    )
    session.add(batch)
    session.flush()
    for invitation in invitations:
        invitation.batch_id = batch.id
    record_batch(session, "prepare", batch, actor_id=actor_id, now=now, n_letters=len(invitations))
    return batch.id


FRESH = {"populate_existing": True}


def discard_letters(session: Session, *, call_id: int, batch_id: int, actor_id: int, now: datetime) -> None:
    """Throw prepared letters away; whoever they were for waits for a letter again."""
    batch = locked_batch(session, call_id=call_id, batch_id=batch_id)
    if batch.state is BatchState.DISCARDED:
        return
    if batch.state is not BatchState.PREPARED:
        raise Conflict(N_("These letters were sent in the meantime."))
    check_no_candidate(session, call_id=call_id, actor_id=actor_id)
    check_move(BATCH_MOVES, batch.state, BatchState.DISCARDED)
    batch.state, batch.decided_at, batch.decided_by_id = BatchState.DISCARDED, now, actor_id
    session.execute(sa.update(Invitation).where(Invitation.batch_id == batch_id).values(batch_id=None))
    record_batch(session, "discard", batch, actor_id=actor_id, now=now)


def locked_batch(session: Session, *, call_id: int, batch_id: int) -> LetterBatch:
    wanted = sa.select(LetterBatch).where(LetterBatch.id == batch_id, LetterBatch.call_id == call_id)
    batch = session.scalar(wanted.with_for_update(), execution_options=FRESH)
    if batch is None:
        raise NotFound
    return batch


def record_batch(
    session: Session, act: str, batch: LetterBatch, *, actor_id: int, now: datetime, **details: object
) -> None:
    session.flush()
    about = dict(subject="letter batch", subject_id=batch.id, call_id=batch.call_id)
    record(session, act=act, actor_id=actor_id, now=now, **about, **details)


def _checked_deadline(meeting: MeetingView, answer_on: date, now: datetime) -> datetime:
    """The end of the day by which people answer, where the meeting is."""
    answer_by = meeting.end_of(answer_on)
    if answer_by <= now:
        raise Refused(N_("Choose a day to come: nobody could answer any more."))
    if answer_on >= meeting.starts_on:
        raise Refused(N_("Choose a day before the meeting starts."))
    return answer_by
