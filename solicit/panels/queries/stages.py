"""How far a staged round is: batches, and how many ratings went where; never what they say of a question."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Assignment, AssignmentProposal, ProposedPair, Recall, Round
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.queries.rounds import RoundPage, round_page
from solicit.panels.queries.series import round_questions
from solicit.panels.states import DONE, LIVE, UNDONE, AssignmentState, ProposalState
from solicit.questions.models import Question

# The first stage must be complete; a later batch may leave so much behind before the next one comes.
LEFT_BEHIND = 0.1
NEEDED_TO_RECALL = 2


@dataclass(frozen=True)
class BatchRow:
    stage: int
    number: int
    deployed_at: datetime
    n_asked: int
    n_random: int
    n_done: int


@dataclass(frozen=True)
class Overlap:
    """How many of those announced as the first of a theme would truly be, in expectation, before each batch."""

    theme: ThemeView
    shares: tuple[float, ...]


@dataclass(frozen=True)
class StagesPage:
    """``spread``: how many questions have so many ratings given or asked for, from 0 up."""

    round: RoundPage
    batches: tuple[BatchRow, ...]
    spread: tuple[int, ...]
    overlaps: tuple[Overlap, ...]
    n_recalls: int

    @property
    def n_asked(self) -> int:
        return sum(row.n_asked for row in self.batches)

    @property
    def n_undone(self) -> int:
        return sum(row.n_asked - row.n_done for row in self.batches)


def is_batch_due(session: Session, *, round_: Round) -> bool:
    """Whether the next batch may come: in the first stage all is done, later nearly all of what the stage asked for."""
    n_asked, n_undone = session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(Assignment.state.in_(UNDONE))).where(
            Assignment.round_id == round_.id,
            Assignment.stage == round_.stage,
            Assignment.state != AssignmentState.VOIDED,
        )
    ).one()
    return n_undone == 0 if round_.stage == 1 else n_undone <= LEFT_BEHIND * n_asked


def recalled_questions(session: Session, *, round_id: int) -> list[int]:
    """Questions that two panelists, in no conflict with them, called back and nobody was asked about since."""
    asked_last = (
        sa.select(sa.func.max(Assignment.assigned_at))
        .where(Assignment.round_id == round_id, Assignment.question_id == Recall.question_id)
        .correlate(Recall)
        .scalar_subquery()
    )
    found = session.execute(
        sa.select(Recall.question_id, sa.func.count())
        .where(Recall.round_id == round_id, Recall.recalled_at > sa.func.coalesce(asked_last, Recall.recalled_at))
        .where(sa.tuple_(Recall.question_id, Recall.person_id).not_in(sa.select(conflict_pairs())))
        .group_by(Recall.question_id)
        .order_by(Recall.question_id)
    )
    return [question_id for question_id, n in found if n >= NEEDED_TO_RECALL]


def stages_page(session: Session, *, call: CallFacts, round_id: int) -> StagesPage:
    """A staged round for who runs it; five statements."""
    view = round_page(session, round_id=round_id)
    proposals = _deployed(session, round_id)
    return StagesPage(
        round=view,
        batches=tuple(_batch(*row[:4]) for row in proposals),
        spread=_spread(session, view),
        overlaps=_overlaps(call, [row[0] for row in proposals]),
        n_recalls=proposals[0].n_recalls if proposals else 0,
    )


def _deployed(session: Session, round_id: int) -> list[sa.Row]:
    """Rows (proposal, asked, random, done, questions called back) of what was deployed, in order."""
    recalled = sa.select(sa.func.count(sa.distinct(Recall.question_id))).where(Recall.round_id == round_id)
    same = (
        (Assignment.round_id == AssignmentProposal.round_id)
        & (Assignment.question_id == ProposedPair.question_id)
        & (Assignment.person_id == ProposedPair.person_id)
        & (Assignment.state != AssignmentState.VOIDED)
    )
    found = session.execute(
        sa.select(
            AssignmentProposal,
            sa.func.count(Assignment.id),
            sa.func.count(Assignment.id).filter(Assignment.is_random),
            sa.func.count(Assignment.id).filter(Assignment.state.in_(DONE)),
            recalled.scalar_subquery().label("n_recalls"),
        )
        .outerjoin(ProposedPair, ProposedPair.proposal_id == AssignmentProposal.id)
        .outerjoin(Assignment, same)
        .where(AssignmentProposal.round_id == round_id, AssignmentProposal.state == ProposalState.DEPLOYED)
        .group_by(AssignmentProposal.id)
        .order_by(AssignmentProposal.id)
    )
    return list(found)


def _batch(proposal: AssignmentProposal, n_asked: int, n_random: int, n_done: int) -> BatchRow:
    number = proposal.parameters.get("batch", 1)
    return BatchRow(proposal.stage, number, proposal.decided_at, n_asked, n_random, n_done)


def _spread(session: Session, view: RoundPage) -> tuple[int, ...]:
    """How many questions have none, one, two .. ratings given or asked for."""
    asked = (
        sa.select(Question.id, sa.func.count(Assignment.id).label("n"))
        .outerjoin(
            Assignment,
            (Assignment.question_id == Question.id) & (Assignment.round_id == view.id) & Assignment.state.in_(LIVE),
        )
        .where(round_questions(view))
        .group_by(Question.id)
        .subquery()
    )
    found = dict(session.execute(sa.select(asked.c.n, sa.func.count()).group_by(asked.c.n)).all())
    return tuple(found.get(n, 0) for n in range(max(found, default=0) + 1))


def _overlaps(call: CallFacts, proposals: list[AssignmentProposal]) -> tuple[Overlap, ...]:
    measured = [proposal.parameters["overlap"] for proposal in proposals if "overlap" in proposal.parameters]
    known = [(theme, tuple(each[str(theme.id)] for each in measured if str(theme.id) in each)) for theme in call.themes]
    return tuple(Overlap(theme, shares) for theme, shares in known if shares)
