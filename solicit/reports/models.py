"""What organizers keep of their searches, and what was published for good."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, Base


class SavedSearch(Base):
    """A search that somebody gave a name to; what it finds is found anew each time."""

    __tablename__ = "saved_search"
    __table_args__ = (sa.UniqueConstraint("call_id", "person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(info=PERSONAL)
    query: Mapped[str] = mapped_column(info=PERSONAL)
    created_at: Mapped[datetime]


class Publication(Base):
    """The results of a call as they were published: a package that never changes, under its digest."""

    __tablename__ = "publication"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "number"),
        sa.CheckConstraint("octet_length(digest) = 32", name="digest_length"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    # Counted within the call, from 1: a correction is a further one.
    number: Mapped[int]
    # SHA-256 of the package.
    digest: Mapped[bytes] = mapped_column(unique=True)
    package: Mapped[bytes]
    # What the package holds: the rankings it was made of, counts, versions.
    contents: Mapped[dict] = mapped_column(JSONB)
    note: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
