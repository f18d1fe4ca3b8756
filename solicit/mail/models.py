"""The outbox: a mail is a row of the transaction that caused it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.mail.states import MailState


class OutboxMail(Base):
    """One mail to one person: which letter, with which values."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_iff_time"),
        sa.Index("ix_outbox_mail_call", "call_id", "state", "problem", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(info=PERSONAL)
    recipient: Mapped[str] = mapped_column(info=PERSONAL)
    locale: Mapped[str] = mapped_column(info=PERSONAL)
    params: Mapped[dict] = mapped_column(JSONB, info=PERSONAL)
    message_id: Mapped[str] = mapped_column(unique=True, info=WITHHELD)
    state: Mapped[MailState] = mapped_column(default=MailState.QUEUED)
    n_tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="", info=IMPERSONAL)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    call_id: Mapped[int | None] = mapped_column(sa.ForeignKey("call.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)


class MailStop(Base):
    """A person who wants no more of the letters of one kind."""

    __tablename__ = "mail_stop"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True, info=PERSONAL)
    stopped_at: Mapped[datetime]


class LetterWording(Base):
    """How the organizers of a call word one kind of letter in one language, in place of what comes with solicit.

    Both texts hold placeholders such as {title}, which are filled in for each letter; the body is Markdown.
    """

    __tablename__ = "letter_wording"
    __table_args__ = (sa.UniqueConstraint("call_id", "kind", "language"), {"info": IMPERSONAL})

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    kind: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
