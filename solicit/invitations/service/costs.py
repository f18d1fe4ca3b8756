"""Setting what the journeys cost."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Refused
from solicit.invitations.models import TravelCost
from solicit.invitations.queries.costs import MIDDLES
from solicit.words import N_


def set_travel_costs(
    session: Session, *, call_id: int, amounts_cents: Mapping[str, int], actor_id: int, now: datetime
) -> None:
    """Store the price of the journey from each of the given subregions."""
    if not amounts_cents or not set(amounts_cents) <= set(MIDDLES):
        raise Refused(N_("This is not a region we know."))
    if min(amounts_cents.values()) < 0:
        raise Refused(N_("A journey cannot cost less than nothing."))
    rows = [dict(call_id=call_id, subregion=name, amount_cents=cents) for name, cents in amounts_cents.items()]
    statement = insert(TravelCost).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["call_id", "subregion"], set_={"amount_cents": statement.excluded.amount_cents}
        )
    )
    record(
        session,
        act="set travel costs",
        subject="call",
        subject_id=call_id,
        call_id=call_id,
        actor_id=actor_id,
        now=now,
        amounts_cents=dict(sorted(amounts_cents.items())),
    )
