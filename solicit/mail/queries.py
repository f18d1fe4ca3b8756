"""Reading the outbox: what a person was sent, and which letters they want."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.mail.models import MailStop, OutboxMail
from solicit.mail.states import KINDS, STOPPABLE


@dataclass(frozen=True)
class LetterLine:
    """One letter to a person; ``mail.letters.subject_of`` says its subject from kind and values."""

    kind: str
    created_at: datetime
    params: dict


@dataclass(frozen=True)
class StoppableKind:
    """A kind of letter that a person may want or not."""

    name: str
    word: str
    is_wanted: bool


def letters_to(session: Session, *, person_id: int, call_id: int, limit: int) -> tuple[LetterLine, ...]:
    """The latest letters of a call to a person, the newest first; one statement."""
    rows = session.execute(
        sa.select(OutboxMail.kind, OutboxMail.created_at, OutboxMail.params)
        .where(OutboxMail.person_id == person_id, OutboxMail.call_id == call_id)
        .order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc())
        .limit(limit)
    )
    return tuple(LetterLine(*row) for row in rows)


def stoppable_kinds(session: Session, *, person_id: int) -> tuple[StoppableKind, ...]:
    """Every kind that nobody must get, and whether this person wants it; one statement."""
    stopped = set(session.scalars(sa.select(MailStop.kind).where(MailStop.person_id == person_id)))
    return tuple(StoppableKind(name, KINDS[name].word, name not in stopped) for name in sorted(STOPPABLE))


def letter_subject(session: Session, *, call, mail_id: int, **_) -> Subject | None:
    """Facts for the policy: a letter belongs to its call."""
    found = session.scalar(sa.select(OutboxMail.id).where(OutboxMail.id == mail_id, OutboxMail.call_id == call.id))
    return Subject(call_id=call.id) if found else None
