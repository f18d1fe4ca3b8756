"""From a proposal to assignments; started work never moves."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Conflict, NotFound, check_move
from solicit.panels.models import Assignment, AssignmentProposal, ProposedPair, Round
from solicit.panels.queries.problem import assignment_problem
from solicit.panels.service.assign.plan import NewPair
from solicit.panels.service.assign.propose import digest_of, held_round
from solicit.panels.service.conflicts import confirm_own_conflicts
from solicit.panels.service.letters import tell_panelists
from solicit.panels.states import PROPOSAL_MOVES, UNDONE, ProposalState, RoundState
from solicit.words import N_


@dataclass(frozen=True)
class Deployed:
    """What was assigned, and what was left out because a conflict was found since."""

    n_new: int
    n_dropped: int


def deploy_proposal(session: Session, *, proposal_id: int, actor_id: int | None, now: datetime) -> Deployed:
    """Assign what a proposal says, without pairs in a conflict found since; tell newcomers where the round is open.

    Raises Conflict where questions, seats or assignments have changed since it was computed.
    """
    proposal, round_ = _locked(session, proposal_id)
    confirm_own_conflicts(session, call_id=round_.call_id, now=now)
    problem = assignment_problem(session, round_=round_)
    proposed = session.scalars(sa.select(ProposedPair).where(ProposedPair.proposal_id == proposal_id)).all()
    if digest_of(problem, round_, proposed) != bytes(proposal.input_digest):
        raise Conflict(N_("Questions, seats or assignments have changed since this was computed. Compute it again."))
    in_the_way = problem.matrix(frozenset((p.question_id, p.person_id) for p in proposed)) & problem.closed
    dropped = {(problem.questions[q].id, problem.judges[j].id) for q, j in zip(*in_the_way.nonzero(), strict=True)}
    kept = [pair for pair in proposed if (pair.question_id, pair.person_id) not in dropped]
    _decide(proposal, ProposalState.DEPLOYED, actor_id, now)
    round_.stage = max(round_.stage, proposal.stage)
    add_assignments(session, round_=round_, pairs=kept, stage=proposal.stage, now=now)
    _record(session, round_, proposal, actor_id, now, n_new=len(kept), n_dropped=len(dropped))
    return Deployed(len(kept), len(dropped))


def discard_proposal(session: Session, *, proposal_id: int, actor_id: int | None, now: datetime) -> None:
    """Put a proposal away; nobody is asked anything."""
    proposal, round_ = _locked(session, proposal_id)
    _decide(proposal, ProposalState.DISCARDED, actor_id, now)
    _record(session, round_, proposal, actor_id, now)


def add_assignments(
    session: Session, *, round_: Round, pairs: Iterable[ProposedPair | NewPair], stage: int, now: datetime
) -> None:
    """Ask for new ratings; whoever had nothing left to read in an open round gets a letter."""
    busy = _busy(session, round_.id)
    new = [_assignment(round_, pair, stage, now) for pair in pairs]
    session.add_all(new)
    session.flush()
    if round_.state is RoundState.OPEN:
        tell_panelists(session, round_=round_, now=now, only=frozenset(each.person_id for each in new) - busy)


def _locked(session: Session, proposal_id: int) -> tuple[AssignmentProposal, Round]:
    """A proposal that waits, and its round, which is locked first."""
    round_id = session.scalar(sa.select(AssignmentProposal.round_id).where(AssignmentProposal.id == proposal_id))
    if round_id is None:
        raise NotFound
    round_ = held_round(session, round_id)
    wanted = sa.select(AssignmentProposal).where(AssignmentProposal.id == proposal_id).with_for_update()
    proposal = session.scalars(wanted.execution_options(populate_existing=True)).one()
    if proposal.state is not ProposalState.PROPOSED:
        raise Conflict(N_("This proposal was decided already."))
    return proposal, round_


def _decide(proposal: AssignmentProposal, to: ProposalState, actor_id: int | None, now: datetime) -> None:
    check_move(PROPOSAL_MOVES, proposal.state, to)
    proposal.state, proposal.decided_at, proposal.decided_by_id = to, now, actor_id


def _busy(session: Session, round_id: int) -> frozenset[int]:
    """Who has something left to read."""
    waits = Assignment.state.in_(UNDONE)
    return frozenset(session.scalars(sa.select(Assignment.person_id).where(Assignment.round_id == round_id, waits)))


def _assignment(round_: Round, pair: ProposedPair | NewPair, stage: int, now: datetime) -> Assignment:
    return Assignment(
        round_id=round_.id,
        question_id=pair.question_id,
        panel_id=pair.panel_id,
        person_id=pair.person_id,
        affinity=pair.affinity,
        stage=stage,
        is_random=pair.is_random,
        queue_order=_queue_order(round_.seed, pair),
        assigned_at=now,
    )


def _queue_order(seed: int, pair: ProposedPair | NewPair) -> int:
    """A place in the queue that follows from the round's seed alone, so that later questions move no earlier one."""
    digest = hashlib.sha256(f"{seed} {pair.person_id} {pair.question_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _record(
    session: Session,
    round_: Round,
    proposal: AssignmentProposal,
    actor_id: int | None,
    now: datetime,
    **details: int,
) -> None:
    record(
        session,
        act="assign" if proposal.state is ProposalState.DEPLOYED else "discard",
        subject="round",
        subject_id=round_.id,
        call_id=round_.call_id,
        actor_id=actor_id,
        now=now,
        proposal_id=proposal.id,
        **details,
    )
