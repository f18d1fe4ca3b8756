"""Writing the audit: one row, in the transaction of the act itself."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.models import AuditEvent, PersonKey


def record(
    session: Session,
    *,
    act: str,
    subject: str,
    subject_id: int,
    actor_id: int | None,
    now: datetime,
    call_id: int | None = None,
    **details: object,
) -> None:
    """Add an audit event: ``act`` was done to ``subject`` number ``subject_id``."""
    record_all(
        session,
        act=act,
        subject=subject,
        subject_ids=[subject_id],
        actor_id=actor_id,
        now=now,
        call_id=call_id,
        **details,
    )


def record_all(
    session: Session,
    *,
    act: str,
    subject: str,
    subject_ids: Iterable[int],
    actor_id: int | None,
    now: datetime,
    call_id: int | None = None,
    **details: object,
) -> None:
    """Add an audit event for each of many things to which the same was done; few statements for all."""
    actor_key = _key_of(session, actor_id) if actor_id else None
    shared = dict(at=now, actor_key=actor_key, act=act, subject=subject, call_id=call_id, details=details)
    session.add_all(AuditEvent(subject_id=subject_id, **shared) for subject_id in subject_ids)
    session.flush()


def record_taken(session: Session, *, table: str, call_id: int, actor_id: int | None, now: datetime) -> None:
    """Note who took away a table of a call that names people."""
    about = dict(subject="call", subject_id=call_id, call_id=call_id)
    record(session, act="take table", **about, actor_id=actor_id, now=now, table=table)


def person_key(session: Session, person_id: int) -> str:
    """How the details of an act name a person: by the random key, which erasing the person makes mute."""
    return str(_key_of(session, person_id))


def _key_of(session: Session, person_id: int) -> UUID:
    session.execute(insert(PersonKey).values(person_id=person_id).on_conflict_do_nothing())
    return session.scalars(sa.select(PersonKey.key).where(PersonKey.person_id == person_id)).one()
