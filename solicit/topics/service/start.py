"""Starting a grouping."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call, Theme
from solicit.calls.service import check_desk_is_open
from solicit.errors import Conflict, NotFound
from solicit.jobs.service import start_job
from solicit.topics.service.decide import discard_run, undecided_run
from solicit.topics.states import Detail, RunState
from solicit.words import N_

GROUP = "topics.group"


class ProposalWaits(Conflict):
    """A grouping was found already, and nobody has decided on it."""

    message = N_("A proposal waits for a decision. Decide on it, or discard it and start again.")


def start_grouping(
    session: Session,
    *,
    call_id: int,
    detail: Detail,
    started_by_id: int,
    result_path: str,
    now: datetime,
    discards: bool = False,
) -> int:
    """Start the job that groups a call's questions.

    Raises Conflict while one waits or runs, and ProposalWaits unless it ``discards`` the proposal that waits.
    """
    call = session.get(Call, call_id)
    if call is None:
        raise NotFound
    check_desk_is_open(call, now=now)
    _make_way(session, call_id, discards, started_by_id, now)
    asked = dict(detail=detail.value, seed=secrets.randbits(31), started_by=started_by_id, result_path=result_path)
    job_id = start_job(
        session,
        kind=GROUP,
        call_id=call_id,
        task=GROUP,
        n_steps=2 + session.scalar(sa.select(sa.func.count()).where(Theme.call_id == call_id)),
        started_by_id=started_by_id,
        now=now,
        **asked,
    )
    on_record = dict(subject="call", subject_id=call_id, call_id=call_id, actor_id=started_by_id, now=now)
    record(session, act="group", detail=detail.value, **on_record)
    return job_id


def _make_way(session: Session, call_id: int, discards: bool, started_by_id: int, now: datetime) -> None:
    waiting = undecided_run(session, call_id=call_id)
    if waiting is not None and waiting.state is RunState.PROPOSED:
        if not discards:
            raise ProposalWaits
        discard_run(session, run_id=waiting.id, actor_id=started_by_id, now=now)
