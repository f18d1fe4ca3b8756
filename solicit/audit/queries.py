"""Reading the audit."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.models import AuditEvent, PersonKey


def n_acts_since(session: Session, *, act: str, actor_id: int, since: datetime) -> int:
    """How often a person did something after a time; this holds over processes and restarts."""
    key = sa.select(PersonKey.key).where(PersonKey.person_id == actor_id).scalar_subquery()
    done = sa.select(sa.func.count()).where(AuditEvent.subject == "person", AuditEvent.subject_id == actor_id)
    return session.scalar(done.where(AuditEvent.act == act, AuditEvent.actor_key == key, AuditEvent.at > since)) or 0
