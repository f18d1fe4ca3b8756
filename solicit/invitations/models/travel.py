"""Travel and passport details: sealed, read only with a trace, deleted after the meeting."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import WITHHELD, Base
from solicit.invitations.states import ReadingPurpose


class TravelDocument(Base):
    """What one invited person gave for their journey; nothing of it is legible without the key of the site."""

    __tablename__ = "travel_document"

    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(info=WITHHELD)
    changed_at: Mapped[datetime]


class TravelReading(Base):
    """That somebody opened travel details, when and why; it outlives them."""

    __tablename__ = "travel_reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    reader_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)
    purpose: Mapped[ReadingPurpose]
    read_at: Mapped[datetime]
