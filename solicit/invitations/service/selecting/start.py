"""Starting a job of which one at a time is enough."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.errors import Conflict
from solicit.jobs.models import Job
from solicit.jobs.service import start_job
from solicit.jobs.states import OVER


def start_or_join(
    session: Session, kind: str, *, task: str, call_id: int, actor_id: int | None, now: datetime, **arguments: object
) -> int:
    """The number of a new job, or of the one of this kind that waits or runs.

    That one is locked until this transaction ends: it looks for work once more before it finishes, and so sees
    what is changed here.
    """
    values = dict(kind=kind, task=task, call_id=call_id, n_steps=1, started_by_id=actor_id, now=now, **arguments)
    try:
        return start_job(session, **values)
    except Conflict:
        of_kind = sa.select(Job.id).where(Job.call_id == call_id, Job.kind == kind, Job.state.not_in(OVER))
        return session.scalar(of_kind.with_for_update()) or start_job(session, **values)
