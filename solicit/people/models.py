"""People with an account, and the record of their failed sign-ins."""

from datetime import datetime

import sqlalchemy as sa
from flask_security.core import UserMixin
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import Base
from solicit.people.states import Career


class Person(Base, UserMixin):
    """Somebody with an account. Roles are not here: they are grants per call and panel."""

    __tablename__ = "person"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.CheckConstraint("scheme IN ('light', 'dark')", name="scheme_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    full_name: Mapped[str]
    family_name: Mapped[str] = mapped_column(default="")
    affiliation: Mapped[str] = mapped_column(default="")
    country: Mapped[str | None]
    career: Mapped[Career | None]
    orcid: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="en")
    scheme: Mapped[str | None]


class FailedSignIn(Base):
    """A wrong password for an address, whether an account has it or not; only its hash is kept."""

    __tablename__ = "failed_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    email_hash: Mapped[bytes] = mapped_column(index=True)
    at: Mapped[datetime]
