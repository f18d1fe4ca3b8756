"""People with an account, what proves who they are, and the organizations that they may name."""

from datetime import datetime

import sqlalchemy as sa
from flask_security.core import UserMixin
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.people.states import Career


class Person(Base, UserMixin):
    """Somebody with an account. Roles are not here: they are grants per call and panel."""

    __tablename__ = "person"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.CheckConstraint("scheme IN ('light', 'dark')", name="scheme_known"),
        sa.CheckConstraint("totp_confirmed_at IS NULL OR totp_secret IS NOT NULL", name="confirmed_totp_has_secret"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True, info=PERSONAL)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, info=WITHHELD)
    password: Mapped[str | None] = mapped_column(info=WITHHELD)
    active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    full_name: Mapped[str] = mapped_column(info=PERSONAL)
    family_name: Mapped[str] = mapped_column(default="", info=PERSONAL)
    affiliation: Mapped[str] = mapped_column(default="", info=PERSONAL)
    country: Mapped[str | None] = mapped_column(info=PERSONAL)
    career: Mapped[Career | None] = mapped_column(info=PERSONAL)
    orcid: Mapped[str | None] = mapped_column(info=PERSONAL)
    ror: Mapped[str | None] = mapped_column(info=PERSONAL)
    totp_secret: Mapped[str | None] = mapped_column(info=WITHHELD)
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(default=0)
    locale: Mapped[str] = mapped_column(default="en", info=PERSONAL)
    scheme: Mapped[str | None] = mapped_column(info=PERSONAL)
    # Single keys on the pages of panelists.
    uses_keys: Mapped[bool] = mapped_column(default=True)


class FailedSignIn(Base):
    """A wrong password for an address, whether an account has it or not; only its hash is kept."""

    __tablename__ = "failed_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    email_hash: Mapped[bytes] = mapped_column(index=True, info=WITHHELD)
    at: Mapped[datetime]


class RecoveryCode(Base):
    """A code that replaces the second factor once; only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[bytes] = mapped_column(info=WITHHELD)
    used_at: Mapped[datetime | None]


class AddressChange(Base):
    """A new address that waits for its confirmation; a person has at most one."""

    __tablename__ = "address_change"
    __table_args__ = (sa.CheckConstraint("email = lower(email)", name="email_lower"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(info=PERSONAL)
    nonce: Mapped[str] = mapped_column(info=WITHHELD)
    asked_at: Mapped[datetime]


class Erasure(Base):
    """That a person was erased: replayed after a backup is restored, and nothing else is known of them."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(unique=True)
    blanks_texts: Mapped[bool]
    erased_at: Mapped[datetime]


class Organization(Base):
    """An organization of the Research Organization Registry, as its official dump names it."""

    __tablename__ = "organization"
    __table_args__ = (sa.Index("ix_organization_search", "search_vector", postgresql_using="gin"), {"info": IMPERSONAL})

    ror: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str | None]
    search_text: Mapped[str]
    search_vector: Mapped[str] = mapped_column(
        TSVECTOR, sa.Computed("to_tsvector('simple', search_text)", persisted=True)
    )
