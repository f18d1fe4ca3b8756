"""Sign-ins that can be revoked, and the roles people hold."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from solicit.access.policy import Role
from solicit.db import PERSONAL, WITHHELD, Base


class SignIn(Base):
    """One browser in which a person is signed in; only the hash of its token is kept."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True, info=WITHHELD)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    # When a password or second factor was last given; delicate doors ask for it anew.
    proved_at: Mapped[datetime]
    # The password was right, the second factor is still to come: it opens nothing else.
    is_pending: Mapped[bool] = mapped_column(default=False)


class RoleGrant(Base):
    """A role that a person holds in a call, on a panel, or in the installation."""

    __tablename__ = "role_grant"
    __table_args__ = (
        sa.UniqueConstraint(
            "person_id", "role", "call_id", "panel_id", name="uq_role_grant", postgresql_nulls_not_distinct=True
        ),
        sa.CheckConstraint("(role = 'administrator') = (call_id IS NULL)", name="administrator_of_all"),
        sa.CheckConstraint("(role IN ('panelist', 'chair')) = (panel_id IS NOT NULL)", name="seat_has_panel"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(info=PERSONAL)
    call_id: Mapped[int | None] = mapped_column(sa.ForeignKey("call.id"), index=True)
    panel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("panel.id"), index=True)
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class ApiToken(Base):
    """A personal key to the API, with less than its person may do; only its hash is kept."""

    __tablename__ = "api_token"
    __table_args__ = (sa.CheckConstraint("cardinality(scopes) > 0", name="scopes_named"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(info=PERSONAL)
    # Named in policy.py; one that is known no longer opens nothing.
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), info=PERSONAL)
    # A token of one call opens nothing of another.
    call_id: Mapped[int | None] = mapped_column(sa.ForeignKey("call.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True, info=WITHHELD)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
