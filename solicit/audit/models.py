"""Who did what and when: rows that are only ever added."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import PERSONAL, WITHHELD, Base


class PersonKey(Base):
    """The random key under which the audit knows a person; erasing the row erases the link."""

    __tablename__ = "person_key"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[UUID] = mapped_column(unique=True, server_default=sa.text("gen_random_uuid()"), info=WITHHELD)


class AuditEvent(Base):
    """One act. Its details hold numbers and states, never words of people: nothing in them could be erased."""

    __tablename__ = "audit_event"
    __table_args__ = (sa.Index("ix_audit_event_subject", "subject", "subject_id"),)

    # It counts what everybody did, votes among it.
    id: Mapped[int] = mapped_column(primary_key=True, info=WITHHELD)
    at: Mapped[datetime]
    actor_key: Mapped[UUID | None] = mapped_column(info=WITHHELD)
    act: Mapped[str] = mapped_column(info=PERSONAL)
    subject: Mapped[str] = mapped_column(info=PERSONAL)
    subject_id: Mapped[int]
    call_id: Mapped[int | None] = mapped_column(index=True)
    details: Mapped[dict] = mapped_column(JSONB, default=dict, info=PERSONAL)
