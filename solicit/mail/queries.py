"""Reading the outbox: what a person was sent, and which letters they want."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries.parts import digest_of
from solicit.mail.models import LetterWording, MailStop, OutboxMail
from solicit.mail.states import KINDS, STOPPABLE, WORDED
from solicit.mail.wordings import Wording


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


@dataclass(frozen=True)
class KeptWording:
    """The wording of one kind in one language; ``seen`` tells whether somebody changed it since."""

    wording: Wording | None
    seen: str


def wording_for(session: Session, *, call_id: int | None, kind: str, language: str) -> Wording | None:
    """The organizers' words for a letter in a language; asks the database only for kinds that may have some."""
    if call_id is None or kind not in WORDED:
        return None
    return kept_wording(session, call_id=call_id, kind=kind, language=language.split("-")[0]).wording


def kept_wording(session: Session, *, call_id: int, kind: str, language: str) -> KeptWording:
    """What is stored of one kind in one language; one statement."""
    row = session.execute(
        sa.select(LetterWording.subject, LetterWording.body).where(
            LetterWording.call_id == call_id, LetterWording.kind == kind, LetterWording.language == language
        )
    ).one_or_none()
    return KeptWording(Wording(*row) if row else None, digest_of(list(row) if row else None))


def worded_kinds(session: Session, *, call_id: int) -> dict[str, tuple[str, ...]]:
    """The languages in which each kind has words of the organizers, by kind; one statement."""
    rows = session.execute(
        sa.select(LetterWording.kind, LetterWording.language)
        .where(LetterWording.call_id == call_id)
        .order_by(LetterWording.kind, LetterWording.language)
    ).all()
    return {kind: tuple(language for each, language in rows if each == kind) for kind in {row.kind for row in rows}}


def letter_subject(session: Session, *, call, mail_id: int, **_) -> Subject | None:
    """Facts for the policy: a letter belongs to its call."""
    found = session.scalar(sa.select(OutboxMail.id).where(OutboxMail.id == mail_id, OutboxMail.call_id == call.id))
    return Subject(call_id=call.id) if found else None
