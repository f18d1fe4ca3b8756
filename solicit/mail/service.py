"""Putting mails into the outbox and recording what became of them."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.jobs.service import defer
from solicit.mail.models import OutboxMail
from solicit.mail.states import MailState


@dataclass(frozen=True)
class Recipient:
    """Where a mail goes and in which language."""

    email: str
    locale: str
    person_id: int | None = None


def enqueue(
    session: Session, *, to: Recipient, kind: str, params: dict, now: datetime, call_id: int | None = None
) -> int:
    """Store a mail of ``kind`` (templates/mail/<kind>.txt) and the job that sends it.

    ``params`` are JSON values for the template; addresses in it are paths below the public address.
    """
    mail = OutboxMail(
        kind=kind,
        recipient=to.email,
        locale=to.locale,
        params=params,
        person_id=to.person_id,
        call_id=call_id,
        message_id=f"<{secrets.token_hex(16)}@solicit>",
        created_at=now,
    )
    session.add(mail)
    session.flush()
    defer(session, "mail.send", mail_id=mail.id)
    return mail.id


def take_for_sending(session: Session, *, mail_id: int) -> OutboxMail | None:
    """Lock a mail that is still to be sent; None if it went out already or another worker has it."""
    waiting = sa.select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.state != MailState.SENT)
    return session.scalar(waiting.with_for_update(skip_locked=True))


def mark_sent(session: Session, mail: OutboxMail, *, now: datetime) -> None:
    mail.state, mail.sent_at, mail.problem = MailState.SENT, now, ""
    mail.n_tries += 1
    session.flush()


def mark_failed(session: Session, mail: OutboxMail, *, problem: str) -> None:
    mail.state, mail.problem = MailState.FAILED, problem
    mail.n_tries += 1
    session.flush()


def discard_queued(session: Session) -> None:
    """Drop every mail that has not gone out; their jobs find nothing to do."""
    session.execute(sa.delete(OutboxMail).where(OutboxMail.state == MailState.QUEUED))
