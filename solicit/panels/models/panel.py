"""Panels, who is asked to sit on them, who does, and what they know."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.panels.states import Expertise, SeatOfferState


class Panel(Base):
    """A group of experts for one theme of a call, or for all of them."""

    __tablename__ = "panel"
    __table_args__ = (sa.UniqueConstraint("call_id", "name"), {"info": IMPERSONAL})

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    name: Mapped[str]


class Panelist(Base):
    """A person's seat on a panel: what they know, read and can carry. The right itself is a role grant."""

    __tablename__ = "panelist"
    __table_args__ = (sa.CheckConstraint("0 <= min_load AND min_load <= max_load", name="loads_in_order"),)

    panel_id: Mapped[int] = mapped_column(sa.ForeignKey("panel.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    keywords: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), default=list, info=PERSONAL)
    expertise: Mapped[str] = mapped_column(default="", info=PERSONAL)
    own_titles: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), default=list, info=PERSONAL)
    languages: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), default=lambda: ["en"], info=PERSONAL)
    min_load: Mapped[int] = mapped_column(default=0)
    max_load: Mapped[int] = mapped_column(default=40)
    # With whom they say they are in conflict, for the organizers.
    conflict_words: Mapped[str] = mapped_column(default="", info=PERSONAL)
    statement_accepted_at: Mapped[datetime | None]


class ThemeExpertise(Base):
    """How well a panelist says they can judge a theme; who cannot is never asked about it."""

    __tablename__ = "theme_expertise"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"), primary_key=True)
    level: Mapped[Expertise]


class SeatOffer(Base):
    """An invitation to a panel, bound to the address that it was sent to; opening its link does nothing."""

    __tablename__ = "seat_offer"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.CheckConstraint("0 <= min_load AND min_load <= max_load", name="loads_in_order"),
        sa.CheckConstraint("(state = 'accepted') = (person_id IS NOT NULL)", name="accepted_iff_person"),
        sa.CheckConstraint("(state IN ('accepted', 'declined')) = (answered_at IS NOT NULL)", name="answered_iff_time"),
        sa.Index(
            "uq_seat_offer_waiting",
            "panel_id",
            "email",
            unique=True,
            postgresql_where=sa.text("state = 'offered'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    panel_id: Mapped[int] = mapped_column(sa.ForeignKey("panel.id"))
    email: Mapped[str] = mapped_column(info=PERSONAL)
    full_name: Mapped[str] = mapped_column(default="", info=PERSONAL)
    is_chair: Mapped[bool] = mapped_column(default=False)
    keywords: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), default=list, info=PERSONAL)
    languages: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), default=lambda: ["en"], info=PERSONAL)
    min_load: Mapped[int] = mapped_column(default=0)
    max_load: Mapped[int] = mapped_column(default=40)
    state: Mapped[SeatOfferState] = mapped_column(default=SeatOfferState.OFFERED)
    nonce: Mapped[str] = mapped_column(info=WITHHELD)
    decline_reason: Mapped[str] = mapped_column(default="", info=PERSONAL)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    offered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
