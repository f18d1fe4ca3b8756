"""Putting mails into the outbox and recording what became of them."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.service.locking import lock_call
from solicit.errors import Conflict, NotFound
from solicit.jobs.service import defer, defer_all
from solicit.mail.models import LetterWording, MailStop, OutboxMail
from solicit.mail.queries import kept_wording
from solicit.mail.states import STOPPABLE, MailState
from solicit.mail.wordings import Wording
from solicit.web.text import without_controls
from solicit.words import N_

MOST_TRIES = 10


@dataclass(frozen=True)
class Recipient:
    """Where a mail goes and in which language."""

    email: str
    locale: str
    person_id: int | None = None


@dataclass(frozen=True)
class StopLinks:
    """Signed links by which the receiver of a letter stops its kind; they never expire."""

    secret: str

    def token(self, *, person_id: int, kind: str) -> str:
        return self._signer.dumps([person_id, kind])

    def read(self, token: str) -> tuple[int, str]:
        """The person and the kind of a link; raises NotFound for one that is not ours, or of a kind that is gone."""
        try:
            person_id, kind = self._signer.loads(token)
        except BadData:
            raise NotFound from None
        if kind not in STOPPABLE:
            raise NotFound
        return person_id, kind

    @property
    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt="mail stop")


def enqueue(
    session: Session,
    *,
    to: Recipient,
    kind: str,
    params: dict,
    now: datetime,
    call_id: int | None = None,
    once: str = "",
) -> int | None:
    """Store a mail of ``kind`` (templates/mail/<kind>.jinja) and the job that sends it; return its id.

    ``params`` are JSON values for the template; addresses in it are paths below the public address. None is
    returned, and nothing written, if the person stopped letters of this kind, or if there is one with the same
    words in ``once``: they are the identity of a letter that must not be written twice.
    """
    if has_stopped(session, person_id=to.person_id, kind=kind):
        return None
    written = insert(OutboxMail).values(_row(to, kind, params, once, now, call_id)).returning(OutboxMail.id)
    mail_id = session.scalar(written.on_conflict_do_nothing(index_elements=[OutboxMail.message_id]))
    if mail_id is not None:
        defer(session, "mail.send", mail_id=mail_id)
    return mail_id


def enqueue_all(
    session: Session,
    *,
    kind: str,
    letters: Sequence[tuple[Recipient, dict, str]],
    now: datetime,
    call_id: int | None = None,
) -> int:
    """Store many mails of a kind, each with its params and its ``once``, in few statements; return how many are new.

    Whoever stopped letters of this kind gets none.
    """
    stopped = set(session.scalars(sa.select(MailStop.person_id).where(MailStop.kind == kind)))
    rows = [_row(to, kind, params, once, now, call_id) for to, params, once in letters if to.person_id not in stopped]
    if not rows:
        return 0
    written = insert(OutboxMail).on_conflict_do_nothing(index_elements=[OutboxMail.message_id])
    ids = session.scalars(written.returning(OutboxMail.id), rows).all()
    defer_all(session, "mail.send", [{"mail_id": mail_id} for mail_id in ids])
    return len(ids)


def has_stopped(session: Session, *, person_id: int | None, kind: str) -> bool:
    """Whether a person wants no letters of a kind; asks the database only for kinds that can be stopped."""
    if person_id is None or kind not in STOPPABLE:
        return False
    return session.get(MailStop, (person_id, kind)) is not None


def stop_letters(session: Session, *, person_id: int, kind: str, now: datetime) -> None:
    """Write no more letters of a kind to a person; raises NotFound if they have left."""
    stop = insert(MailStop).values(person_id=person_id, kind=kind, stopped_at=now)
    try:
        session.execute(stop.on_conflict_do_nothing())
    except IntegrityError:
        raise NotFound from None


def resume_letters(session: Session, *, person_id: int, kind: str) -> None:
    session.execute(sa.delete(MailStop).where(MailStop.person_id == person_id, MailStop.kind == kind))


def choose_letters(session: Session, *, person_id: int, wanted: set[str], now: datetime) -> None:
    """Write to a person those kinds that nobody must get which they want, and no others."""
    for kind in sorted(STOPPABLE):
        if kind in wanted:
            resume_letters(session, person_id=person_id, kind=kind)
        else:
            stop_letters(session, person_id=person_id, kind=kind, now=now)


def word_letter(
    session: Session,
    *,
    call_id: int,
    kind: str,
    language: str,
    wording: Wording | None,
    seen: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Keep the organizers' words for a kind of letter in a language; with none it says again what ours do."""
    lock_call(session, call_id=call_id)
    which = dict(call_id=call_id, kind=kind, language=language)
    if seen != kept_wording(session, **which).seen:
        raise Conflict(N_("Someone else saved this page in the meantime. Both versions are below."))
    session.execute(sa.delete(LetterWording).filter_by(**which))
    if wording is not None:
        session.add(LetterWording(**which, **vars(wording), changed_at=now, changed_by_id=actor_id))
    act = "word letter" if wording else "forget wording"
    about = dict(subject="call", subject_id=call_id, call_id=call_id, letter=kind, language=language)
    record(session, act=act, **about, actor_id=actor_id, now=now)
    session.flush()


def take_for_sending(session: Session, *, mail_id: int) -> OutboxMail | None:
    """Lock a mail that waits; None if it does not, or another worker has it.

    One that its receiver has stopped in the meantime leaves the outbox.
    """
    waiting = sa.select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.state == MailState.QUEUED)
    mail = session.scalar(waiting.with_for_update(skip_locked=True))
    if mail is not None and has_stopped(session, person_id=mail.person_id, kind=mail.kind):
        session.delete(mail)
        session.flush()
        return None
    return mail


def mark_sent(session: Session, mail: OutboxMail, *, now: datetime) -> None:
    mail.state, mail.sent_at, mail.problem = MailState.SENT, now, ""
    mail.n_tries += 1
    session.flush()


def note_failure(session: Session, mail: OutboxMail, *, problem: str, is_final: bool) -> bool:
    """Record a try that failed; returns whether it was the last one."""
    mail.n_tries += 1
    mail.problem = problem
    if is_final or mail.n_tries >= MOST_TRIES:
        mail.state = MailState.FAILED
    session.flush()
    return mail.state is MailState.FAILED


def send_again(session: Session, *, call_id: int, mail_id: int, actor_id: int, now: datetime) -> None:
    """Put a letter of a call that failed back into the queue; raises Conflict for any other."""
    mail = session.scalar(
        sa.select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.call_id == call_id).with_for_update()
    )
    if mail is None:
        raise NotFound
    if mail.state is not MailState.FAILED or not mail.recipient:
        raise Conflict(N_("Only a letter that failed can be sent again."))
    mail.state, mail.n_tries = MailState.QUEUED, 0
    record(session, act="send again", subject="mail", subject_id=mail.id, call_id=call_id, actor_id=actor_id, now=now)
    defer(session, "mail.send", mail_id=mail.id)


def empty_old_letters(session: Session, *, kept_days: int, now: datetime) -> None:
    """Take address and contents out of letters that nobody sends any more; that they were sent stays known."""
    session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.state != MailState.QUEUED, OutboxMail.recipient != "")
        .where(OutboxMail.created_at < now - timedelta(days=kept_days))
        .values(recipient="", params={})
    )


def discard_queued(session: Session) -> None:
    """Drop every mail that has not gone out; their jobs find nothing to do."""
    session.execute(sa.delete(OutboxMail).where(OutboxMail.state == MailState.QUEUED))


def _row(to: Recipient, kind: str, params: dict, once: str, now: datetime, call_id: int | None) -> dict:
    return dict(
        kind=kind,
        recipient=to.email,
        locale=to.locale,
        params=_storable(params),
        message_id=hashlib.sha256(once.encode()).hexdigest()[:32] if once else secrets.token_hex(16),
        state=MailState.QUEUED,
        n_tries=0,
        problem="",
        created_at=now,
        call_id=call_id,
        person_id=to.person_id,
    )


def _storable(value: object) -> object:
    """Values whose texts hold nothing that JSON or a mail cannot."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, dict):
        return {name: _storable(part) for name, part in value.items()}
    return [_storable(part) for part in value] if isinstance(value, list | tuple) else value
