"""What organizers do with topics: start a grouping, give a name."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.errors import NotFound
from solicit.jobs.service import start_job
from solicit.topics.models import Topic
from solicit.topics.states import Detail

GROUP = "topics.group"


def start_grouping(
    session: Session, *, call_id: int, detail: Detail, started_by_id: int, result_path: str, now: datetime
) -> int:
    """Start the job that groups a call's questions; raises Conflict while one waits or runs."""
    call = session.get(Call, call_id)
    if call is None:
        raise NotFound
    job_id = start_job(
        session,
        kind=GROUP,
        call_id=call_id,
        task=GROUP,
        n_steps=3,
        started_by_id=started_by_id,
        now=now,
        detail=detail.value,
        seed=secrets.randbits(31),
        started_by=started_by_id,
        result_path=result_path,
    )
    record(
        session,
        act="group",
        subject="call",
        subject_id=call_id,
        call_id=call_id,
        actor_id=started_by_id,
        now=now,
        detail=detail.value,
    )
    return job_id


def rename_topic(session: Session, *, topic_id: int, name: str, actor_id: int, now: datetime) -> None:
    """Give a topic a name of its own, which later groupings keep; an empty one takes it away."""
    topic = session.scalar(sa.select(Topic).where(Topic.id == topic_id).with_for_update())
    if topic is None or topic.retired_at is not None:
        raise NotFound
    record(
        session,
        act="rename",
        subject="topic",
        subject_id=topic_id,
        call_id=topic.call_id,
        actor_id=actor_id,
        now=now,
        old=topic.name,
        new=name,
    )
    topic.name = name
    session.flush()
