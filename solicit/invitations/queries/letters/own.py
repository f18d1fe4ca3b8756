"""An invitation as the invited person sees it: theirs alone, and nothing of anybody else."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, LetterBatch, Meeting, SelectionCandidate
from solicit.invitations.queries.letters.letter import Paid, paid_for
from solicit.invitations.queries.letters.rows import as_selected
from solicit.invitations.queries.meeting import MeetingView, view_of
from solicit.invitations.states import ATTENDANCE_WORDS, COMING, Attendance, InvitationState
from solicit.people.models import Person
from solicit.submissions.service.links import LinkKey


@dataclass(frozen=True)
class OwnInvitation:
    id: int
    nonce: str
    person_id: int
    name: str
    state: InvitationState
    attendance: Attendance
    answer_by: datetime
    answered_at: datetime | None
    cancel_reason: str
    paid: Paid
    meeting: MeetingView
    meeting_changed_at: datetime

    @property
    def key(self) -> LinkKey:
        return LinkKey(self.id, self.nonce)

    @property
    def attendance_word(self) -> str:
        return ATTENDANCE_WORDS[self.attendance]

    @property
    def is_coming(self) -> bool:
        return self.state in COMING

    @property
    def is_confirmed(self) -> bool:
        return self.state is InvitationState.CONFIRMED

    @property
    def has_declined(self) -> bool:
        was_replaced = self.state is InvitationState.REPLACED and self.answered_at is not None
        return was_replaced or self.state is InvitationState.DECLINED

    @property
    def is_cancelled(self) -> bool:
        return self.state is InvitationState.CANCELLED

    def is_waiting(self, now: datetime) -> bool:
        return self.state is InvitationState.OFFERED and now < self.answer_by


def invitation_by_link(session: Session, *, call: CallFacts, key: LinkKey) -> OwnInvitation | None:
    """The invitation that a link is bound to, unless a newer letter has another link; one statement."""
    return _own(session, call, sa.and_(Invitation.id == key.number, Invitation.nonce == key.nonce))


def invitation_of(session: Session, *, call: CallFacts, person_id: int) -> OwnInvitation | None:
    """The invitation of a person; one statement."""
    return _own(session, call, Invitation.person_id == person_id)


def invited_subject(session: Session, *, call: CallFacts, **_) -> Subject:
    """Facts for the policy: everybody who got a letter has an invitation of their own."""
    said = sa.select(Invitation.person_id).where(Invitation.call_id == call.id, Invitation.offered_at.is_not(None))
    return Subject(call_id=call.id, owner_ids=frozenset(session.scalars(said)))


def _own(session: Session, call: CallFacts, which: sa.ColumnElement[bool]) -> OwnInvitation | None:
    row = session.execute(
        sa.select(Invitation, Meeting, Person.full_name, LetterBatch.cost_rates, SelectionCandidate)
        .join(Meeting, Meeting.call_id == Invitation.call_id)
        .join(Person, Person.id == Invitation.person_id)
        .join(LetterBatch, LetterBatch.id == Invitation.batch_id)
        .outerjoin(SelectionCandidate, as_selected())
        .where(which, Invitation.call_id == call.id, Invitation.offered_at.is_not(None), Person.active)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    invitation = row.Invitation
    return OwnInvitation(
        id=invitation.id,
        nonce=invitation.nonce,
        person_id=invitation.person_id,
        name=row.full_name,
        state=invitation.state,
        attendance=invitation.attendance,
        answer_by=invitation.answer_by,
        answered_at=invitation.answered_at,
        cancel_reason=invitation.cancel_reason,
        paid=paid_for(invitation.attendance, row.cost_rates, row.SelectionCandidate),
        meeting=view_of(row.Meeting),
        meeting_changed_at=row.Meeting.changed_at,
    )
