"""Stored sets of limits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from solicit.calls.queries import CallFacts
from solicit.invitations.models import LimitQuota, LimitRun, LimitSet
from solicit.invitations.queries.limits import Limits, QuotaLimit
from solicit.invitations.states import LimitState, QuotaField
from solicit.people.models import Person

drawer = aliased(Person)
decider = aliased(Person)


@dataclass(frozen=True)
class LimitSetFacts:
    """A stored set of limits, without rules about people; ``frozen_at`` is when somebody decided on it.

    ``base_id``: the set that it changes.
    """

    id: int
    state: LimitState
    run_ids: tuple[int, ...]
    limits: Limits
    base_id: int | None
    reason: str
    refusal: str
    drawn_up_at: datetime
    drawn_up_by_id: int | None
    drawn_up_by: str | None
    frozen_at: datetime | None
    decided_by: str | None

    @property
    def version(self) -> str:
        """Changes whenever a draft is saved: whoever decides on it says which one they read."""
        return self.drawn_up_at.isoformat()


def limit_set_in_force(session: Session, *, call: CallFacts) -> LimitSetFacts | None:
    """The limits that selections of the call must keep, None while no names may be shown; one statement."""
    return _one(session, LimitSet.call_id == call.id, LimitSet.state == LimitState.IN_FORCE)


def limit_set(session: Session, *, call: CallFacts, limit_set_id: int) -> LimitSetFacts | None:
    """One set of the call; one statement."""
    return _one(session, LimitSet.call_id == call.id, LimitSet.id == limit_set_id)


def latest_limit_set(session: Session, *, call: CallFacts) -> LimitSetFacts | None:
    """The limits in force, or else those that are being drawn up; one statement."""
    in_force, states = LimitSet.state == LimitState.IN_FORCE, (LimitState.IN_FORCE, LimitState.DRAFT)
    wanted = _stored().where(LimitSet.call_id == call.id, LimitSet.state.in_(states))
    row = session.execute(wanted.order_by(in_force.desc()).limit(1)).one_or_none()
    return _facts(row) if row else None


def draft_limit_set(session: Session, *, call: CallFacts) -> LimitSetFacts | None:
    """The limits that are being drawn up; one statement."""
    return _one(session, LimitSet.call_id == call.id, LimitSet.state == LimitState.DRAFT)


def limit_sets(session: Session, *, call: CallFacts) -> tuple[LimitSetFacts, ...]:
    """All sets of a call, latest first; one statement."""
    return sets_from(session.execute(limit_set_rows(call)))


def limit_set_rows(call: CallFacts) -> sa.Select:
    """The sets of ``limit_sets``, for ``sets_from``."""
    return _stored().where(LimitSet.call_id == call.id).order_by(LimitSet.id.desc())


def sets_from(rows: Iterable[sa.Row]) -> tuple[LimitSetFacts, ...]:
    return tuple(_facts(row) for row in rows)


def limits_of(session: Session, *, limit_set_id: int) -> Limits:
    """A set of limits without rules about people; one statement."""
    return _facts(session.execute(_stored().where(LimitSet.id == limit_set_id)).one()).limits


def runs_of(session: Session, *, limit_set_id: int) -> tuple[int, ...]:
    """The rankings that a set of limits takes its candidates from; one statement."""
    runs = sa.select(LimitRun.run_id).where(LimitRun.limit_set_id == limit_set_id).order_by(LimitRun.run_id)
    return tuple(session.scalars(runs))


def _one(session: Session, *where: sa.ColumnElement[bool]) -> LimitSetFacts | None:
    row = session.execute(_stored().where(*where)).one_or_none()
    return _facts(row) if row else None


def _stored() -> sa.Select:
    """Sets with their quotas, in the order in which they were typed, and their rankings."""
    quota = sa.func.jsonb_build_array(
        LimitQuota.field, LimitQuota.value, LimitQuota.minimum, LimitQuota.maximum, LimitQuota.price
    )
    quotas = sa.select(sa.func.jsonb_agg(aggregate_order_by(quota, LimitQuota.id)))
    runs = sa.select(sa.func.array_agg(aggregate_order_by(LimitRun.run_id, LimitRun.run_id)))
    stored = sa.select(
        LimitSet.__table__,
        drawer.full_name.label("drawn_up_by"),
        decider.full_name.label("decided_by"),
        quotas.where(LimitQuota.limit_set_id == LimitSet.id).scalar_subquery().label("quotas"),
        runs.where(LimitRun.limit_set_id == LimitSet.id).scalar_subquery().label("run_ids"),
    )
    stored = stored.outerjoin(drawer, drawer.id == LimitSet.drawn_up_by_id)
    return stored.outerjoin(decider, decider.id == LimitSet.decided_by_id)


def _facts(row) -> LimitSetFacts:
    return LimitSetFacts(
        id=row.id,
        state=row.state,
        run_ids=tuple(row.run_ids or ()),
        limits=Limits(
            seats=row.seats,
            budget_cents=row.budget_cents,
            online_places=row.online_places,
            country_cap=row.country_cap,
            institution_cap=row.institution_cap,
            host_cap=row.host_cap,
            quotas=tuple(
                QuotaLimit(QuotaField(field), value, minimum, maximum, price)
                for field, value, minimum, maximum, price in row.quotas or ()
            ),
        ),
        base_id=row.changes_id,
        reason=row.reason,
        refusal=row.refusal,
        drawn_up_at=row.drawn_up_at,
        drawn_up_by_id=row.drawn_up_by_id,
        drawn_up_by=row.drawn_up_by,
        frozen_at=row.decided_at,
        decided_by=row.decided_by,
    )
