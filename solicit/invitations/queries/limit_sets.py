"""Stored sets of limits."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.invitations.models import LimitQuota, LimitRun, LimitSet
from solicit.invitations.queries.limits import Limits, QuotaLimit


def limits_of(session: Session, *, limit_set_id: int) -> Limits:
    """A set of limits without rules about people; two statements."""
    stored = session.get_one(LimitSet, limit_set_id)
    quotas = sa.select(LimitQuota).where(LimitQuota.limit_set_id == limit_set_id).order_by(LimitQuota.id)
    return Limits(
        seats=stored.seats,
        budget_cents=stored.budget_cents,
        online_places=stored.online_places,
        country_cap=stored.country_cap,
        institution_cap=stored.institution_cap,
        host_cap=stored.host_cap,
        quotas=tuple(
            QuotaLimit(quota.field, quota.value, quota.minimum, quota.maximum, quota.price)
            for quota in session.scalars(quotas)
        ),
    )


def runs_of(session: Session, *, limit_set_id: int) -> tuple[int, ...]:
    """The rankings that a set of limits takes its candidates from; one statement."""
    runs = sa.select(LimitRun.run_id).where(LimitRun.limit_set_id == limit_set_id).order_by(LimitRun.run_id)
    return tuple(session.scalars(runs))
