"""Money of a meeting: what each invited person was estimated to cost, what is committed and what was spent."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, Selection, SelectionCandidate, Spending
from solicit.invitations.queries.letters.rows import as_selected
from solicit.invitations.queries.limit_sets import limit_set_in_force
from solicit.invitations.queries.sight import sight_of
from solicit.invitations.states import (
    ATTENDANCE_WORDS,
    COMMITTED,
    INVITATION_WORDS,
    SPENDING_WORDS,
    InvitationState,
)
from solicit.people.models import Person
from solicit.web.folding import fold
from solicit.web.pagination import Window


@dataclass(frozen=True)
class SpendingRow:
    """One invited person: the estimate of the selection, what of it is committed, and what was spent."""

    invitation_id: int
    name: str
    state: InvitationState
    state_word: str
    attendance_word: str
    estimated_cents: int
    spent_cents: int

    @property
    def committed_cents(self) -> int:
        return self.estimated_cents if self.state in COMMITTED else 0

    @property
    def expected_cents(self) -> int:
        """What the person takes from the budget as far as one knows now."""
        return max(self.committed_cents, self.spent_cents)

    @property
    def is_over(self) -> bool:
        return self.spent_cents > self.committed_cents


@dataclass(frozen=True)
class SpendingTotals:
    """Sums over the people whom the reader may see: with the others in them, a difference would tell of those."""

    budget_cents: int | None
    estimated_cents: int
    committed_cents: int
    spent_cents: int
    expected_cents: int

    @property
    def left_cents(self) -> int:
        return (self.budget_cents or 0) - self.expected_cents

    @property
    def is_over(self) -> bool:
        return self.budget_cents is not None and self.left_cents < 0


@dataclass(frozen=True)
class SpendingPage:
    """The people who fit, how many stand in each state, and the totals."""

    rows: tuple[SpendingRow, ...]
    per_state: dict[InvitationState, int]
    totals: SpendingTotals
    currency: str
    n_all: int

    def page(self, window: Window) -> tuple[SpendingRow, ...]:
        return self.rows[window.offset : window.offset + window.size]


@dataclass(frozen=True)
class SpendingLine:
    """One amount that somebody recorded; a refund is below 0."""

    kind_word: str
    amount_cents: int
    note: str
    recorded_at: datetime
    recorded_by: str | None


SORTS: dict[str, Callable[[SpendingRow], tuple]] = {
    "name": lambda row: (fold(row.name), row.invitation_id),
    "spent": lambda row: (-row.spent_cents, row.invitation_id),
    "estimated": lambda row: (-row.estimated_cents, row.invitation_id),
    "over": lambda row: (row.committed_cents - row.spent_cents, row.invitation_id),
}


def spending_page(
    session: Session, *, call: CallFacts, viewer_id: int, state: InvitationState | None, words: str, sort: str
) -> SpendingPage:
    """What everybody whom the reader may see costs; three statements."""
    in_force = limit_set_in_force(session, call=call)
    found = _invited(session, call=call)
    sight = sight_of(session, viewer_id=viewer_id)
    seen = [_row(row) for row in found if not sight.hides(row.SelectionCandidate)]
    named = [row for row in seen if all(word in fold(row.name) for word in fold(words).split())]
    fitting = [row for row in named if state in (None, row.state)]
    return SpendingPage(
        rows=tuple(sorted(fitting, key=SORTS[sort])),
        per_state=Counter(row.state for row in named),
        totals=_totals(seen, in_force.limits.budget_cents if in_force else None),
        currency=found[0].currency if found else "",
        n_all=len(seen),
    )


def spending_subject(session: Session, *, call: CallFacts, invitation_id: int, **_) -> Subject | None:
    """Facts for the policy: an invitation belongs to its call."""
    found = sa.select(Invitation.call_id).where(Invitation.id == invitation_id, Invitation.call_id == call.id)
    call_id = session.scalar(found)
    return Subject(call_id=call_id) if call_id else None


def spending_of(
    session: Session, *, call: CallFacts, invitation_id: int, viewer_id: int
) -> tuple[SpendingRow, str, tuple[SpendingLine, ...]] | None:
    """One person, the currency and what was recorded; None for whom the reader does not see; three statements."""
    row = next(iter(_invited(session, call=call, invitation_id=invitation_id)), None)
    if row is None or sight_of(session, viewer_id=viewer_id).hides(row.SelectionCandidate):
        return None
    lines = session.execute(
        sa.select(Spending, Person.full_name)
        .outerjoin(Person, Person.id == Spending.recorded_by_id)
        .where(Spending.invitation_id == invitation_id)
        .order_by(Spending.id)
    )
    return _row(row), row.currency, tuple(_line(spending, name) for spending, name in lines)


def _invited(session: Session, *, call: CallFacts, invitation_id: int | None = None) -> list[sa.Row]:
    spent = (
        sa.select(sa.func.coalesce(sa.func.sum(Spending.amount_cents), 0))
        .where(Spending.invitation_id == Invitation.id)
        .scalar_subquery()
    )
    rows = (
        sa.select(
            Invitation,
            Person.full_name,
            Selection.currency,
            SelectionCandidate,
            sa.cast(spent, sa.BigInteger).label("spent_cents"),
        )
        .join(Person, Person.id == Invitation.person_id)
        .join(Selection, Selection.id == Invitation.selection_id)
        .outerjoin(SelectionCandidate, as_selected())
        .where(Invitation.call_id == call.id)
        .order_by(Invitation.id)
    )
    return list(session.execute(rows.where(Invitation.id == invitation_id) if invitation_id else rows))


def _row(row: sa.Row) -> SpendingRow:
    invitation = row.Invitation
    return SpendingRow(
        invitation_id=invitation.id,
        name=row.full_name,
        state=invitation.state,
        state_word=INVITATION_WORDS[invitation.state],
        attendance_word=ATTENDANCE_WORDS[invitation.attendance],
        estimated_cents=invitation.cost_cents,
        spent_cents=int(row.spent_cents),
    )


def _totals(rows: list[SpendingRow], budget_cents: int | None) -> SpendingTotals:
    return SpendingTotals(
        budget_cents=budget_cents,
        estimated_cents=sum(row.estimated_cents for row in rows),
        committed_cents=sum(row.committed_cents for row in rows),
        spent_cents=sum(row.spent_cents for row in rows),
        expected_cents=sum(row.expected_cents for row in rows),
    )


def _line(spending: Spending, name: str | None) -> SpendingLine:
    return SpendingLine(
        kind_word=SPENDING_WORDS[spending.kind],
        amount_cents=spending.amount_cents,
        note=spending.note,
        recorded_at=spending.recorded_at,
        recorded_by=name,
    )
