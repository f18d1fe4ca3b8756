"""Invitations, and the letters that carry them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.invitations.states import Attendance, BatchState, InvitationState


class LetterBatch(Base):
    """Letters that one organizer prepared; they leave when another approves."""

    __tablename__ = "letter_batch"
    __table_args__ = (
        sa.CheckConstraint("(state = 'prepared') = (decided_at IS NULL)", name="decided_iff_time"),
        sa.CheckConstraint("state <> 'sent' OR decided_by_id <> prepared_by_id", name="approved_by_another"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    state: Mapped[BatchState] = mapped_column(default=BatchState.PREPARED)
    answer_by: Mapped[datetime]
    # The meeting as these letters tell it: what the second organizer reads is what leaves, and stays.
    meeting: Mapped[dict] = mapped_column(JSONB)
    # What is paid follows from the costs that the selection was made with.
    cost_rates: Mapped[dict] = mapped_column(JSONB)
    prepared_at: Mapped[datetime]
    prepared_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class Invitation(Base):
    """An invitation that follows from an approved selection."""

    __tablename__ = "invitation"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "person_id"),
        sa.CheckConstraint("state IN ('selected', 'cancelled') OR offered_at IS NOT NULL", name="offered_iff_time"),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'declined', 'confirmed') OR answered_at IS NOT NULL", name="answered_iff_time"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    selection_id: Mapped[int] = mapped_column(sa.ForeignKey("selection.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("letter_batch.id", ondelete="SET NULL"), index=True)
    state: Mapped[InvitationState] = mapped_column(default=InvitationState.SELECTED)
    attendance: Mapped[Attendance] = mapped_column(default=Attendance.IN_PERSON)
    cost_cents: Mapped[int]
    # A letter's link names it; a new one makes older links worthless.
    nonce: Mapped[str] = mapped_column(default="", info=WITHHELD)
    answer_by: Mapped[datetime | None]
    offered_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer_note: Mapped[str] = mapped_column(default="", info=PERSONAL)
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="", info=PERSONAL)
    # The invitation that took the place of a declined, expired or cancelled one.
    replaced_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitation.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]


class InvitationReminder(Base):
    """A reminder that left, so that it leaves once."""

    __tablename__ = "invitation_reminder"

    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]
