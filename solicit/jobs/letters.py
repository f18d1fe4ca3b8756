"""The letter to who started a long job."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.jobs.models import Job
from solicit.jobs.queries import kind_word
from solicit.jobs.states import JobState
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person


def write_to_starter(session: Session, *, job_id: int, now: datetime) -> None:
    """Say how a job ended, once, to the person who started it if they are still with us."""
    row = session.execute(
        sa.select(Job, Person.id, Person.email, Person.locale, Call.slug, Call.title)
        .join(Person, Person.id == Job.started_by_id)
        .join(Call, Call.id == Job.call_id)
        .where(Job.id == job_id, Person.active)
    ).one_or_none()
    if row is None:
        return
    params = dict(
        job=kind_word(row.Job.kind),
        is_done=row.Job.state is JobState.DONE,
        outcome=row.Job.problem,
        call_title=row.title,
        path=f"/{row.slug}/organize/jobs/{job_id}",
    )
    to = Recipient(row.email, row.locale, row.id)
    enqueue(
        session,
        to=to,
        kind="job_finished",
        params=params,
        now=now,
        call_id=row.Job.call_id,
        once=f"job {job_id} finished",
    )
