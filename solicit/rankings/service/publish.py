"""Publishing a frozen ranking."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState
from solicit.errors import Closed, NotFound, Refused, check_move
from solicit.rankings.models import RankingRun
from solicit.rankings.states import MOVES, RESULTS, RunState
from solicit.words import N_


def publish(session: Session, *, call: CallFacts, run_id: int, actor_id: int | None, now: datetime) -> None:
    """Show a frozen ranking to everybody; raises Closed while the call still takes submissions."""
    wanted = sa.select(RankingRun).where(RankingRun.id == run_id, RankingRun.call_id == call.id)
    run = session.scalar(wanted.with_for_update())
    if run is None:
        raise NotFound
    if call.state in (CallState.DRAFT, CallState.OPEN):
        raise Closed(N_("The call is still open. Close it before you publish a ranking."))
    if run.purpose not in RESULTS:
        # Beside the result it would tell what single panelists said, question by question.
        raise Refused(N_("This ranking is there for comparison only: it is not published."))
    check_move(MOVES, run.state, RunState.PUBLISHED)
    run.state, run.published_at = RunState.PUBLISHED, now
    record(
        session, act="publish", subject="ranking_run", subject_id=run_id, call_id=call.id, actor_id=actor_id, now=now
    )
