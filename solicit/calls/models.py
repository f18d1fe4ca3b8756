"""A call, its themes, its stages, and the reasons its organizers may give."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from solicit.calls.states import CallState, ResultsFor
from solicit.db import IMPERSONAL, Base


class Call(Base):
    """One solicitation of questions and plans."""

    __tablename__ = "call"
    __table_args__ = (
        sa.CheckConstraint("opens_at < closes_at", name="opens_before_close"),
        sa.CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,60}$'", name="slug_form"),
        sa.CheckConstraint("grace_minutes BETWEEN 0 AND 1440", name="grace_range"),
        sa.CheckConstraint("n_places >= 1", name="places_positive"),
        sa.CheckConstraint(
            "(state IN ('closed', 'published', 'archived')) = (closed_at IS NOT NULL)", name="closed_iff_time"
        ),
        sa.CheckConstraint("keep_drafts_days BETWEEN 1 AND 3650", name="keep_drafts_range"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    state: Mapped[CallState] = mapped_column(default=CallState.DRAFT)
    title: Mapped[str]
    headline: Mapped[str]
    motto: Mapped[str] = mapped_column(default="")
    lead: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    before_you_start: Mapped[str] = mapped_column(default="")
    consent: Mapped[str] = mapped_column(default="")
    confidentiality: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    terms_version: Mapped[str] = mapped_column(default="1")
    licence: Mapped[str] = mapped_column(default="CC BY 4.0")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    # When it closed: at its closing time, or before it by hand.
    closed_at: Mapped[datetime | None]
    grace_minutes: Mapped[int] = mapped_column(default=30)
    publishes_while_open: Mapped[bool] = mapped_column(default=True)
    n_places: Mapped[int] = mapped_column(default=10)
    host_country: Mapped[str] = mapped_column(default="CN")
    text_limits: Mapped[dict] = mapped_column(JSONB, default=dict)
    # The language of the texts above and in the lists; and these texts in others, by language and name of the text.
    language: Mapped[str] = mapped_column(default="en")
    translations: Mapped[dict] = mapped_column(JSONB, default=dict)
    # What the originals said when they were translated, or confirmed since: so that a later change of one is seen.
    translated_from: Mapped[dict] = mapped_column(JSONB, default=dict)
    # The zone in which the dates of the call are written and shown.
    time_zone: Mapped[str] = mapped_column(default="UTC")
    # Which optional fields the form of a submission asks for; empty means all of them.
    form_choices: Mapped[dict] = mapped_column(JSONB, default=dict)
    # The criteria that a new round begins with; empty means those of solicit.
    criteria: Mapped[list] = mapped_column(JSONB, default=list)
    results_for: Mapped[ResultsFor] = mapped_column(default=ResultsFor.EVERYBODY)
    # Days after the close until drafts are deleted.
    keep_drafts_days: Mapped[int] = mapped_column(default=30)
    copied_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("call.id"))
    # The model whose vectors answer; another one takes over when all its vectors are there.
    model_id: Mapped[int | None] = mapped_column(sa.ForeignKey("embedding_model.id"))
    created_at: Mapped[datetime]

    @hybrid_property
    def stops_at(self) -> datetime:
        """When it stops taking submissions, or stopped."""
        return self.closed_at or self.closes_at

    @stops_at.inplace.expression
    @classmethod
    def _stops_at(cls) -> sa.ColumnElement[datetime]:
        return sa.func.coalesce(cls.closed_at, cls.closes_at)


class Theme(Base):
    """One theme of a call, with the shape and colour that mark it everywhere."""

    __tablename__ = "theme"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "key"),
        sa.UniqueConstraint("call_id", "position"),
        sa.CheckConstraint("shape IN ('circle', 'triangle', 'diamond', 'square')", name="shape_known"),
        sa.CheckConstraint("colour IN ('space', 'life', 'nature', 'station')", name="colour_known"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    key: Mapped[str]
    position: Mapped[int]
    name: Mapped[str]
    short_name: Mapped[str]
    shape: Mapped[str]
    colour: Mapped[str]
    description: Mapped[str] = mapped_column(default="")


class Stage(Base):
    """One stage on the call's timeline."""

    __tablename__ = "stage"
    __table_args__ = (sa.UniqueConstraint("call_id", "position"), {"info": IMPERSONAL})

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    position: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class OutOfScopeReason(Base):
    """A reason an organizer may give, with the friendly sentence for the submitter.

    One that is no longer offered stays where it was given.
    """

    __tablename__ = "out_of_scope_reason"
    __table_args__ = (sa.UniqueConstraint("call_id", "key"), {"info": IMPERSONAL})

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    key: Mapped[str]
    label: Mapped[str]
    letter: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    is_offered: Mapped[bool] = mapped_column(default=True)


class Mission(Base):
    """A mission that exploration plans may refer to; one that is no longer offered stays named where it was chosen."""

    __tablename__ = "mission"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "key"),
        sa.CheckConstraint("key ~ '^[a-z0-9][a-z0-9-]{0,60}$'", name="key_form"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    key: Mapped[str]
    name: Mapped[str]
    around: Mapped[str] = mapped_column(default="")
    goal: Mapped[str] = mapped_column(default="")
    position: Mapped[int]
    is_offered: Mapped[bool] = mapped_column(default=True)
