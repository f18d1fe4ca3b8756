"""A second organizer approves letters, and they leave: all of a batch, or none."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.errors import Conflict, Refused, check_move
from solicit.invitations.models import Invitation, LetterBatch, LimitSet
from solicit.invitations.queries.meeting import meeting_from_json
from solicit.invitations.service.letters.batches import FRESH, locked_batch, record_batch
from solicit.invitations.service.letters.moves import check_no_candidate, move
from solicit.invitations.service.letters.tell import invite_by_mail
from solicit.invitations.service.limits import has_room, locked_in_force
from solicit.invitations.states import BATCH_MOVES, COMMITTED, Attendance, BatchState, InvitationState
from solicit.people.models import Person
from solicit.submissions.service.links import AnswerLinks, new_nonce
from solicit.words import N_


def send_letters(
    session: Session, *, call: CallFacts, links: AnswerLinks, batch_id: int, approver_id: int, now: datetime
) -> int:
    """Approve prepared letters and write to everybody of the batch; returns how many were invited.

    Of two organizers at once the second one counts what the first has committed.
    """
    limits = locked_in_force(session, call_id=call.id)
    if limits is None:
        raise Conflict(N_("No limits are in force, or they are being changed at this moment. Look at them first."))
    batch = locked_batch(session, call_id=call.id, batch_id=batch_id)
    if batch.state is BatchState.SENT and batch.decided_by_id == approver_id:
        return 0
    _check_may_send(session, batch, approver_id, now)
    invitations = _of_batch(session, batch_id)
    people = _people(session, invitations)
    gone = [invitation for invitation in invitations if invitation.person_id not in people]
    for invitation in gone:
        move(session, invitation, InvitationState.CANCELLED, actor_id=approver_id, now=now)
    invited = [invitation for invitation in invitations if invitation.person_id in people]
    if not invited:
        raise Refused(N_("Nobody of these letters can be invited any more. Discard them."))
    _check_within(session, call.id, limits)
    check_move(BATCH_MOVES, batch.state, BatchState.SENT)
    batch.state, batch.decided_at, batch.decided_by_id = BatchState.SENT, now, approver_id
    for invitation in invited:
        invitation.nonce, invitation.offered_at, invitation.answer_by = new_nonce(), now, batch.answer_by
        move(session, invitation, InvitationState.OFFERED, actor_id=approver_id, now=now)
        told = dict(call=call, links=links, meeting=meeting_from_json(batch.meeting))
        invite_by_mail(session, invitation, people[invitation.person_id], now=now, **told)
    record_batch(session, "send", batch, actor_id=approver_id, now=now, n_letters=len(invited))
    return len(invited)


def _check_may_send(session: Session, batch: LetterBatch, approver_id: int, now: datetime) -> None:
    if batch.state is not BatchState.PREPARED:
        raise Conflict(N_("These letters were sent or discarded in the meantime."))
    if approver_id == batch.prepared_by_id:
        raise Refused(N_("You prepared these letters. A second organizer must read and approve them."))
    check_no_candidate(session, call_id=batch.call_id, actor_id=approver_id)
    if batch.answer_by <= now:
        raise Refused(N_("The day to answer by is over. Discard these letters and prepare them again."))


def _of_batch(session: Session, batch_id: int) -> Sequence[Invitation]:
    selected = sa.select(Invitation).where(
        Invitation.batch_id == batch_id, Invitation.state == InvitationState.SELECTED
    )
    return session.scalars(selected.order_by(Invitation.id).with_for_update(), execution_options=FRESH).all()


def _people(session: Session, invitations: Sequence[Invitation]) -> dict[int, Person]:
    """Whoever still has an account."""
    ids = [invitation.person_id for invitation in invitations]
    found = session.scalars(sa.select(Person).where(Person.id.in_(ids), Person.active))
    return {person.id: person for person in found}


def _check_within(session: Session, call_id: int, limits: LimitSet) -> None:
    """Everybody who has or may yet get a place counts, also those whose letters are not prepared."""
    n_all, n_online, cost_cents = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(Invitation.attendance == Attendance.ONLINE),
            sa.func.coalesce(sa.func.sum(Invitation.cost_cents), 0),
        ).where(Invitation.call_id == call_id, Invitation.state.in_(COMMITTED))
    ).one()
    if not has_room(limits, n_in_room=n_all - n_online, n_online=n_online):
        raise Refused(N_("There would be more people than the limits in force have places. Nothing was sent."))
    if cost_cents > limits.budget_cents:
        raise Refused(N_("The cost would be above the budget of the limits in force. Nothing was sent."))
