"""One selection as an organizer reads it: who, why, and what the limits cost."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, LimitSet, Selection
from solicit.invitations.queries.candidate_rows import CandidateRow, candidate_rows, stored_candidates
from solicit.invitations.queries.explaining import EXPLAIN, Progress, progress_of
from solicit.invitations.queries.letters.rows import committed_invitations
from solicit.invitations.queries.limit_sets import LimitSetFacts, limit_set
from solicit.invitations.queries.selections import approver, proposer
from solicit.invitations.queries.words import limit_words
from solicit.invitations.queries.worth import LimitLine, Worth, limit_lines, worth_of
from solicit.invitations.states import LIMIT_WORDS, SELECTION_WORDS, LimitState, Purpose, SelectionState
from solicit.jobs.models import Job
from solicit.jobs.states import OVER


@dataclass(frozen=True)
class Money:
    """What the selection and the invitations of the call cost, of those whom the reader sees, and the budget."""

    cost_cents: int
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
    result_digest: str
    n_draws: int
    versions: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What may become of a selection: its state, the limits it keeps, and what is approved beside it."""

    state: SelectionState
    purpose: Purpose
    replaces_id: int | None
    approved_id: int | None
    limit_set_id: int
    in_force_id: int | None
    limits_word: str

    @property
    def is_under_limits_in_force(self) -> bool:
        return self.limit_set_id == self.in_force_id

    @property
    def is_open(self) -> bool:
        """Whether it could be approved: it stands under the limits in force and replaces what is approved."""
        return (
            self.state is SelectionState.PROPOSED
            and self.is_under_limits_in_force
            and self.replaces_id == self.approved_id
        )


@dataclass(frozen=True)
class SelectionPage:
    id: int
    name: str
    state_word: str
    standing: Standing
    is_own: bool
    is_candidate: bool
    # Nobody at all is chosen, seen by the reader or not.
    is_empty: bool
    n_hidden: int
    rows: tuple[CandidateRow, ...]
    limits: tuple[LimitLine, ...]
    worth: Worth
    progress: Progress
    money: Money
    origin: Origin

    @property
    def is_approved(self) -> bool:
        return self.standing.state is SelectionState.APPROVED

    @property
    def is_replacement(self) -> bool:
        return self.standing.purpose is Purpose.REPLACEMENT

    @property
    def may_recompute(self) -> bool:
        return self.standing.state is SelectionState.PROPOSED and not self.is_candidate

    @property
    def may_approve(self) -> bool:
        is_nothing = self.worth.is_infeasible or self.is_empty
        return self.standing.is_open and not (is_nothing or self.is_own or self.is_candidate)

    @property
    def near_line(self) -> tuple[CandidateRow, ...]:
        return tuple(row for row in self.rows if row.is_near_line)


def selection_page(
    session: Session, *, call: CallFacts, selection_id: int, viewer_id: int, locale: str
) -> SelectionPage:
    """Everything about one selection that this organizer may know; five statements."""
    row = _selection(session, call=call, selection_id=selection_id, viewer_id=viewer_id)
    selection = row.Selection
    found = stored_candidates(session, selection_id=selection_id, viewer_id=viewer_id)
    facts = limit_set(session, call=call, limit_set_id=selection.limit_set_id)
    named = limit_words(session, call=call, locale=locale).under(facts.limits).limit
    worth = worth_of(selection, found, facts.limits, named)
    return SelectionPage(
        id=selection.id,
        name=selection.name,
        state_word=SELECTION_WORDS[selection.state],
        standing=_standing(selection, row, facts),
        is_own=selection.proposed_by_id == viewer_id,
        is_candidate=any(viewer_id in (each.person_id, *each.also_ids) for each in found.every),
        is_empty=not found.chosen,
        n_hidden=len(found.every) - len(found.visible),
        rows=candidate_rows(found, call=call, named=named, locale=locale),
        limits=limit_lines(facts.limits, found.chosen, found.chosen_and_visible, named),
        worth=worth,
        progress=progress_of(found.every, explained_at=selection.explained_at, job_id=row.job_id),
        money=Money(worth.totals.cost_cents, int(row.committed_cents), facts.limits.budget_cents, selection.currency),
        origin=_origin(selection, facts.run_ids, row.proposed_by, row.approved_by),
    )


def _selection(session: Session, *, call: CallFacts, selection_id: int, viewer_id: int):
    cents = sa.func.coalesce(sa.func.sum(Invitation.cost_cents), 0)
    committed = committed_invitations(call, viewer_id).with_only_columns(cents)
    approved = sa.select(sa.func.max(Selection.id)).where(
        Selection.call_id == call.id, Selection.state == SelectionState.APPROVED
    )
    in_force = sa.select(LimitSet.id).where(LimitSet.call_id == call.id, LimitSet.state == LimitState.IN_FORCE)
    job = sa.select(sa.func.max(Job.id)).where(Job.call_id == call.id, Job.kind == EXPLAIN, Job.state.not_in(OVER))
    return session.execute(
        sa.select(
            Selection,
            proposer.full_name.label("proposed_by"),
            approver.full_name.label("approved_by"),
            committed.scalar_subquery().label("committed_cents"),
            approved.scalar_subquery().label("approved_id"),
            in_force.scalar_subquery().label("in_force_id"),
            job.scalar_subquery().label("job_id"),
        )
        .outerjoin(proposer, proposer.id == Selection.proposed_by_id)
        .outerjoin(approver, approver.id == Selection.approved_by_id)
        .where(Selection.id == selection_id, Selection.call_id == call.id)
        .execution_options(populate_existing=True)
    ).one()


def _standing(selection: Selection, row, facts: LimitSetFacts) -> Standing:
    return Standing(
        state=selection.state,
        purpose=selection.purpose,
        replaces_id=selection.replaces_id,
        approved_id=row.approved_id,
        limit_set_id=selection.limit_set_id,
        in_force_id=row.in_force_id,
        limits_word=LIMIT_WORDS[facts.state],
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
        result_digest=selection.result_digest.hex() if selection.result_digest else "–",
        n_draws=selection.n_draws,
        versions=tuple(f"{name} {version}" for name, version in sorted(selection.versions.items())),
    )
