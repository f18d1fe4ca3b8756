"""Recording what was spent for an invited person."""

from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import NotFound, Refused
from solicit.invitations.models import Spending
from solicit.invitations.queries.spending import spending_of
from solicit.invitations.states import SpendingKind
from solicit.words import N_

MOST_CENTS = 10**9


def record_spending(
    session: Session,
    *,
    call: CallFacts,
    invitation_id: int,
    kind: SpendingKind,
    amount_cents: int,
    note: str,
    actor_id: int,
    now: datetime,
) -> None:
    """Add an amount, a refund or a correction below 0; a row once written stays, also beyond the budget."""
    found = spending_of(session, call=call, invitation_id=invitation_id, viewer_id=actor_id)
    if found is None:
        raise NotFound
    if amount_cents == 0 or abs(amount_cents) > MOST_CENTS:
        raise Refused(N_("Enter an amount that is not 0, below 0 for a refund."))
    spending = Spending(
        invitation_id=invitation_id,
        kind=kind,
        amount_cents=amount_cents,
        note=note,
        recorded_at=now,
        recorded_by_id=actor_id,
    )
    session.add(spending)
    session.flush()
    record(
        session,
        act="record spending",
        subject="invitation",
        subject_id=invitation_id,
        call_id=call.id,
        actor_id=actor_id,
        now=now,
        kind=kind.value,
        amount_cents=amount_cents,
    )
