"""The limits of a meeting: seats, budget and quotas, frozen before anybody's name is shown."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, Base
from solicit.invitations.states import LimitState, QuotaField


class LimitSet(Base):
    """What a selection must respect. A draft may change; any other never does, a changed one takes its place."""

    __tablename__ = "limit_set"
    __table_args__ = (
        sa.CheckConstraint("seats >= 1 AND budget_cents >= 0 AND online_places >= 0", name="sensible"),
        sa.CheckConstraint("country_cap >= 1 AND institution_cap >= 1 AND host_cap >= 0", name="caps_sensible"),
        sa.CheckConstraint("state = 'draft' OR state = 'waiting' OR decided_at IS NOT NULL", name="decided_iff_time"),
        # A draft is frozen by whoever drew it up; what comes later takes two people.
        sa.CheckConstraint(
            "changes_id IS NULL OR state <> 'in force' OR decided_by_id <> drawn_up_by_id", name="changed_by_two"
        ),
        sa.CheckConstraint("(changes_id IS NULL) = (reason = '')", name="change_iff_reason"),
        sa.CheckConstraint("(state = 'refused') = (refusal <> '')", name="refused_iff_refusal"),
        sa.Index("uq_limit_set_in_force", "call_id", unique=True, postgresql_where=sa.text("state = 'in force'")),
        sa.Index("uq_limit_set_draft", "call_id", unique=True, postgresql_where=sa.text("state = 'draft'")),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    state: Mapped[LimitState] = mapped_column(default=LimitState.DRAFT)
    seats: Mapped[int]
    online_places: Mapped[int] = mapped_column(default=0)
    budget_cents: Mapped[int] = mapped_column(sa.BigInteger)
    # At most so many from any one country, any one institution, and the host's country; none where empty.
    country_cap: Mapped[int | None]
    institution_cap: Mapped[int | None]
    host_cap: Mapped[int | None]
    changes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("limit_set.id"))
    reason: Mapped[str] = mapped_column(default="")
    refusal: Mapped[str] = mapped_column(default="")
    drawn_up_at: Mapped[datetime]
    drawn_up_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class LimitQuota(Base):
    """At least and at most so many invitees of a kind; without a price the quota is hard."""

    __tablename__ = "limit_quota"
    __table_args__ = (
        sa.UniqueConstraint("limit_set_id", "field", "value"),
        sa.CheckConstraint("0 <= minimum AND minimum <= maximum", name="minimum_below_maximum"),
        sa.CheckConstraint("price >= 0", name="price_not_negative"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    limit_set_id: Mapped[int] = mapped_column(sa.ForeignKey("limit_set.id", ondelete="CASCADE"), index=True)
    field: Mapped[QuotaField]
    value: Mapped[str]
    minimum: Mapped[int]
    maximum: Mapped[int]
    price: Mapped[int | None]


class LimitRun(Base):
    """A frozen ranking that the candidates come from."""

    __tablename__ = "limit_run"
    __table_args__ = {"info": IMPERSONAL}

    limit_set_id: Mapped[int] = mapped_column(sa.ForeignKey("limit_set.id", ondelete="CASCADE"), primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("ranking_run.id"), primary_key=True, index=True)
