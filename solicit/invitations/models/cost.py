"""What inviting somebody costs, estimated by tables that a site edits, and what was spent."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, WITHHELD, Base
from solicit.invitations.states import SpendingKind


class TravelBand(Base):
    """What a return journey of one band costs in a call; bands run from 1, near, to 7, far."""

    __tablename__ = "travel_band"
    __table_args__ = (
        sa.CheckConstraint("band BETWEEN 1 AND 7", name="band_range"),
        sa.CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        {"info": IMPERSONAL},
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True)
    amount_cents: Mapped[int]


class SubregionBand(Base):
    """The band of the journey from a UN M49 subregion to the host of a call."""

    __tablename__ = "subregion_band"
    __table_args__ = (sa.CheckConstraint("band BETWEEN 1 AND 7", name="band_range"), {"info": IMPERSONAL})

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), primary_key=True)
    subregion: Mapped[str] = mapped_column(primary_key=True)
    band: Mapped[int]


class CostSettings(Base):
    """The other costs of one person at the meeting of a call, and the currency of all of them."""

    __tablename__ = "cost_settings"
    __table_args__ = (
        sa.CheckConstraint(
            "per_diem_cents >= 0 AND visa_cents >= 0 AND insurance_cents >= 0 AND online_cents >= 0",
            name="amounts_not_negative",
        ),
        sa.CheckConstraint("nights >= 1", name="nights_positive"),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_form"),
        {"info": IMPERSONAL},
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(default="USD")
    per_diem_cents: Mapped[int]
    nights: Mapped[int]
    # Nobody from the host's country needs a visa.
    visa_cents: Mapped[int]
    insurance_cents: Mapped[int]
    online_cents: Mapped[int]


class Spending(Base):
    """Money spent for one invited person; a refund is below 0."""

    __tablename__ = "spending"
    __table_args__ = (sa.CheckConstraint("amount_cents <> 0", name="amount_not_zero"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitation.id", ondelete="CASCADE"), index=True)
    kind: Mapped[SpendingKind]
    amount_cents: Mapped[int]
    note: Mapped[str] = mapped_column(default="", info=WITHHELD)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
