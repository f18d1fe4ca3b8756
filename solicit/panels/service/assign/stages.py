"""Staged scoring: one rating for each question, then batches that go where the first places are undecided.

Nobody chooses a batch: it follows from the ratings, the recalls and a seed, which are stored with its proposal.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.allocation import Batch, borderline_batch, first_stage, stage_plan
from solicit.errors import Closed
from solicit.panels.models import AssignmentProposal, Round
from solicit.panels.queries.live import live_fit
from solicit.panels.queries.problem import Problem, assignment_problem
from solicit.panels.queries.stages import is_batch_due, recalled_questions
from solicit.panels.service.assign.deploy import deploy_proposal
from solicit.panels.service.assign.propose import held_round, store_proposal
from solicit.panels.service.conflicts import confirm_own_conflicts
from solicit.panels.states import ProposalState, RoundState
from solicit.words import N_

FIRST, SECOND, THIRD = 1, 2, 3


@dataclass(frozen=True)
class _Step:
    """What comes next in a staged round: its stage, the number of the batch in it, and how many ratings it asks for."""

    stage: int
    number: int
    n_ratings: int


def next_batch(
    session: Session,
    *,
    round_id: int,
    now: datetime,
    go_on: bool = False,
    actor_id: int | None = None,
    seed: int | None = None,
) -> int | None:
    """Compute and deploy the next batch of an open staged round, if it is due; return its proposal's id.

    ``go_on``: a person does not want to wait for the ratings that are still to come. None when nothing is due, when
    the stages are over, or when nobody could take more.
    """
    round_ = held_round(session, round_id)
    if not round_.is_staged or round_.state is not RoundState.OPEN:
        raise Closed(N_("This round is not open, or it has no stages."))
    if round_.stage < FIRST or not (go_on or is_batch_due(session, round_=round_)):
        return None
    confirm_own_conflicts(session, call_id=round_.call_id, now=now)
    problem = assignment_problem(session, round_=round_)
    n_ratings = problem.matrix(problem.counted).sum(axis=1)
    seed = secrets.randbits(62) if seed is None else seed
    made = None
    if round_.stage == FIRST and not go_on and not n_ratings.all():
        step = _Step(FIRST, 2, int((n_ratings == 0).sum()))
        made = _deploy(session, round_, problem, step, first_stage(n_ratings=n_ratings), seed, actor_id, now)
    return made or _borderline(session, round_, problem, seed, actor_id, now)


def open_staged_rounds(session: Session) -> tuple[int, ...]:
    """The rounds whose next batch may be due."""
    wanted = sa.select(Round.id).where(Round.is_staged, Round.state == RoundState.OPEN, Round.stage >= FIRST)
    return tuple(session.scalars(wanted.order_by(Round.id)))


def _borderline(
    session: Session, round_: Round, problem: Problem, seed: int, actor_id: int | None, now: datetime
) -> int | None:
    step = _next_step(session, round_, len(problem.questions))
    if step is None:
        return None
    fit = live_fit(session, first=round_, seed=seed)
    chance = dict(zip(fit.question_ids, fit.p_wider if step.stage == SECOND else fit.p_top_k, strict=True))
    n_ratings = problem.matrix(problem.counted).sum(axis=1)
    p_top = np.array([chance[question.id] for question in problem.questions])
    batch = borderline_batch(p_top=p_top, n_ratings=n_ratings, n_batch=step.n_ratings, seed=seed % 2**63)
    overlap = {str(theme_id): share for theme_id, share in fit.overlap().items()}
    return _deploy(session, round_, problem, step, batch, seed, actor_id, now, overlap=overlap)


def _next_step(session: Session, round_: Round, n_questions: int) -> _Step | None:
    """The batch after those that were deployed; None when all ratings that the round is worth were asked for."""
    made = AssignmentProposal.round_id == round_.id, AssignmentProposal.state == ProposalState.DEPLOYED
    n_made = session.scalar(sa.select(sa.func.count()).where(*made, AssignmentProposal.stage >= SECOND))
    plan = stage_plan(n_questions=n_questions, n_ratings_in_all=n_questions * round_.reviews_per_question)
    steps = [_Step(SECOND, n, size) for n, size in enumerate(plan.second, 1)]
    steps += [_Step(THIRD, n, size) for n, size in enumerate(plan.third, 1)]
    return steps[n_made] if n_made < len(steps) else None


def _deploy(
    session: Session,
    round_: Round,
    problem: Problem,
    step: _Step,
    batch: Batch,
    seed: int,
    actor_id: int | None,
    now: datetime,
    **measured: dict,
) -> int | None:
    """Store the batch as a proposal, with the questions that were called back, and deploy it."""
    counted = problem.matrix(problem.counted).sum(axis=1)
    asked = {problem.questions[row].id: int(counted[row]) + 1 for row in batch.question}
    place = {question.id: row for row, question in enumerate(problem.questions)}
    recalled = [each for each in recalled_questions(session, round_id=round_.id) if each in place]
    asked |= {each: int(counted[place[each]]) + 1 for each in recalled}
    chance = {problem.questions[row].id for row in batch.question[batch.is_random]}
    proposal_id = store_proposal(
        session,
        round_=round_,
        problem=problem,
        wanted=asked,
        stage=step.stage,
        parameters={"batch": step.number, "n_ratings": step.n_ratings, "recalled": recalled, **measured},
        seed=seed,
        actor_id=actor_id,
        now=now,
        random_ids=chance,
    )
    done = deploy_proposal(session, proposal_id=proposal_id, actor_id=actor_id, now=now)
    return proposal_id if done.n_new else None
