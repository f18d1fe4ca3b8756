"""Computing who would be asked what: a proposal, which a person reads before anybody is asked."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Closed, NotFound, Refused
from solicit.panels.models import AssignmentProposal, ProposedPair, Round
from solicit.panels.queries.problem import Problem, assignment_problem
from solicit.panels.service.assign.plan import Limits, NewPair, Plan, plan_assignment
from solicit.panels.service.assign.summary import summarize
from solicit.panels.service.conflicts import confirm_own_conflicts
from solicit.panels.states import Activity, ProposalState, RoundState
from solicit.provenance import digest, versions
from solicit.words import N_


def propose_assignment(
    session: Session, *, round_id: int, actor_id: int | None, now: datetime, seed: int | None = None
) -> int:
    """Propose panelists for every question of a scoring round that lacks some; return the proposal's id.

    In a staged round this is its first stage: one rating for each question. An older proposal that waits is discarded.
    """
    round_ = held_round(session, round_id)
    if round_.stage > 1:
        raise Refused(N_("The first stage of this round is over: the next ones are assigned by themselves."))
    each = 1 if round_.is_staged else round_.reviews_per_question
    confirm_own_conflicts(session, call_id=round_.call_id, now=now)
    problem = assignment_problem(session, round_=round_)
    return store_proposal(
        session,
        round_=round_,
        problem=problem,
        wanted={question.id: each for question in problem.questions},
        stage=1 if round_.is_staged else 0,
        parameters={"each": each},
        seed=secrets.randbits(62) if seed is None else seed,
        actor_id=actor_id,
        now=now,
    )


def store_proposal(
    session: Session,
    *,
    round_: Round,
    problem: Problem,
    wanted: Mapping[int, int],
    stage: int,
    parameters: dict,
    seed: int,
    actor_id: int | None,
    now: datetime,
    random_ids: Collection[int] = (),
) -> int:
    """Solve the problem for the ratings ``wanted`` by question id, and keep what came out as a proposal."""
    limits = Limits(round_.home_share, round_.most_per_region, round_.most_per_institution)
    plan = plan_assignment(problem, wanted=wanted, limits=limits)
    _discard_waiting(session, round_.id, actor_id, now)
    proposal = AssignmentProposal(
        round_id=round_.id,
        stage=stage,
        seed=seed,
        parameters=parameters | {"limits": vars(limits), "solver": plan.solver},
        versions=versions(*_solver_package(plan)),
        summary=summarize(problem, plan),
        input_digest=digest_of(problem, round_, plan.pairs),
        proposed_at=now,
        proposed_by_id=actor_id,
    )
    session.add(proposal)
    session.flush()
    session.add_all(_row(proposal.id, pair, pair.question_id in random_ids) for pair in plan.pairs)
    session.flush()
    _record(session, round_, proposal, plan, actor_id, now)
    return proposal.id


def _solver_package(plan: Plan) -> tuple[str, ...]:
    return () if plan.solver is None else (plan.solver,)


def digest_of(problem: Problem, round_: Round, pairs: Collection[NewPair] | Collection[ProposedPair]) -> bytes:
    """What must still be so when a proposal is deployed: its questions, seats and existing pairs, and itself.

    Conflicts are not part of it: a new one only takes its pair away.
    """
    content = {
        "questions": [question.id for question in problem.questions],
        "seats": [[judge.id, [seat.panel_id for seat in judge.seats]] for judge in problem.judges],
        "taken": sorted(problem.taken),
        "stage": round_.stage,
        "pairs": sorted([pair.question_id, pair.person_id, pair.panel_id] for pair in pairs),
    }
    return digest(content)


def held_round(session: Session, round_id: int) -> Round:
    """A scoring round that takes assignments, held against closing and other assignments, but not against reviews."""
    wanted = sa.select(Round).where(Round.id == round_id).with_for_update(key_share=True)
    row = session.scalar(wanted.execution_options(populate_existing=True))
    if row is None or row.activity is not Activity.SCORING:
        raise NotFound
    if row.state not in (RoundState.DRAFT, RoundState.OPEN):
        raise Closed(N_("This round is closed: nothing more can be assigned."))
    return row


def _discard_waiting(session: Session, round_id: int, actor_id: int | None, now: datetime) -> None:
    session.execute(
        sa.update(AssignmentProposal)
        .where(AssignmentProposal.round_id == round_id, AssignmentProposal.state == ProposalState.PROPOSED)
        .values(state=ProposalState.DISCARDED, decided_at=now, decided_by_id=actor_id)
    )


def _row(proposal_id: int, pair: NewPair, is_random: bool) -> ProposedPair:
    return ProposedPair(
        proposal_id=proposal_id,
        question_id=pair.question_id,
        person_id=pair.person_id,
        panel_id=pair.panel_id,
        affinity=pair.affinity,
        is_random=is_random,
    )


def _record(
    session: Session, round_: Round, proposal: AssignmentProposal, plan: Plan, actor_id: int | None, now: datetime
) -> None:
    record(
        session,
        act="propose",
        subject="round",
        subject_id=round_.id,
        call_id=round_.call_id,
        actor_id=actor_id,
        now=now,
        proposal_id=proposal.id,
        n_pairs=len(plan.pairs),
        n_missing=int(plan.missing.sum()),
        stage=proposal.stage,
    )
