"""How far the reasons of a selection are worked out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from solicit.invitations.models import SelectionCandidate
from solicit.invitations.states import Rule

# The kind of the job that works them out.
EXPLAIN = "invitations.explain"
# How many of the best that were left out are given a reason without being asked for.
LEFT_OUT_EXPLAINED = 40
ASKED = {"is_asked": True}


@dataclass(frozen=True)
class Progress:
    """So many reasons of those that are worked out without asking; ``job_id`` is at it."""

    n_done: int
    n_wanted: int
    is_complete: bool
    job_id: int | None


def is_known(why: dict) -> bool:
    return bool(why) and why != ASKED


def progress_of(rows: Sequence[SelectionCandidate], *, explained_at: datetime | None, job_id: int | None) -> Progress:
    n_chosen = sum(row.is_chosen for row in rows)
    n_out = sum(not row.is_chosen and row.rule not in (Rule.NEVER, Rule.OUT) for row in rows)
    n_wanted = n_chosen + min(n_out, LEFT_OUT_EXPLAINED)
    n_done = min(n_wanted, sum(is_known(row.why) for row in rows))
    is_complete = explained_at is not None
    return Progress(n_done, n_wanted, is_complete, None if is_complete else job_id)
