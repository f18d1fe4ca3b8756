"""One selection as an organizer reads it: who, why, and what the limits cost."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, Selection
from solicit.invitations.queries.candidate_rows import CandidateRow, stored_candidates
from solicit.invitations.queries.limit_sets import limits_of, runs_of
from solicit.invitations.queries.limits import Limits
from solicit.invitations.queries.selections import approver, proposer
from solicit.invitations.queries.words import limit_words
from solicit.invitations.queries.worth import LimitLine, Worth, limit_lines, worth_of
from solicit.invitations.states import COMMITTED, SELECTION_WORDS, SelectionState


@dataclass(frozen=True)
class Money:
    cost_total_cents: int
    committed_cents: int
    budget_cents: int
    currency: str


@dataclass(frozen=True)
class Origin:
    """Who proposed and approved, and what it takes to repeat the result."""

    run_ids: tuple[int, ...]
    proposed_at: datetime
    proposed_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    salt: str
    digest: str
    versions: tuple[str, ...]


@dataclass(frozen=True)
class SelectionPage:
    id: int
    state_word: str
    is_approved: bool
    is_own: bool
    is_candidate: bool
    n_chosen: int
    n_hidden: int
    rows: tuple[CandidateRow, ...]
    limits: tuple[LimitLine, ...]
    worth: Worth
    money: Money
    origin: Origin

    @property
    def may_approve(self) -> bool:
        is_decided = self.is_approved or self.worth.is_infeasible or not self.n_chosen
        return not (is_decided or self.is_own or self.is_candidate)


def selection_page(
    session: Session, *, call: CallFacts, selection_id: int, viewer_id: int, locale: str
) -> SelectionPage:
    """Everything about one selection that this organizer may know; nine statements."""
    row = _selection(session, call=call, selection_id=selection_id)
    selection = row.Selection
    candidates = stored_candidates(session, call=call, selection_id=selection_id, viewer_id=viewer_id, locale=locale)
    named = limit_words(session, call=call, locale=locale).limit
    limits = limits_of(session, limit_set_id=selection.limit_set_id)
    run_ids = runs_of(session, limit_set_id=selection.limit_set_id)
    return SelectionPage(
        id=selection.id,
        state_word=SELECTION_WORDS[selection.state],
        is_approved=selection.state is SelectionState.APPROVED,
        is_own=selection.proposed_by_id == viewer_id,
        is_candidate=any(candidate.person_id == viewer_id for candidate in candidates.every),
        n_chosen=len(candidates.chosen),
        n_hidden=len(candidates.every) - len(candidates.visible),
        rows=candidates.visible,
        limits=limit_lines(limits, candidates.chosen, named),
        worth=worth_of(selection, named),
        money=_money(selection, limits, row.committed_cents),
        origin=_origin(selection, run_ids, row.proposed_by, row.approved_by),
    )


def _selection(session: Session, *, call: CallFacts, selection_id: int):
    committed = (
        sa.select(sa.func.coalesce(sa.func.sum(Invitation.cost_cents), 0))
        .where(Invitation.call_id == call.id, Invitation.state.in_(COMMITTED))
        .scalar_subquery()
    )
    return session.execute(
        sa.select(
            Selection,
            proposer.full_name.label("proposed_by"),
            approver.full_name.label("approved_by"),
            committed.label("committed_cents"),
        )
        .outerjoin(proposer, proposer.id == Selection.proposed_by_id)
        .outerjoin(approver, approver.id == Selection.approved_by_id)
        .where(Selection.id == selection_id, Selection.call_id == call.id)
        .execution_options(populate_existing=True)
    ).one()


def _money(selection: Selection, limits: Limits, committed_cents: int) -> Money:
    return Money(
        cost_total_cents=selection.cost_total_cents,
        committed_cents=int(committed_cents),
        budget_cents=limits.budget_cents,
        currency=selection.currency,
    )


def _origin(selection: Selection, run_ids: tuple[int, ...], proposed_by: str | None, approved_by: str | None) -> Origin:
    return Origin(
        run_ids=run_ids,
        proposed_at=selection.proposed_at,
        proposed_by=proposed_by,
        approved_at=selection.approved_at,
        approved_by=approved_by,
        salt=selection.salt,
        digest=selection.input_digest.hex(),
        versions=tuple(f"{name} {version}" for name, version in sorted(selection.versions.items())),
    )
