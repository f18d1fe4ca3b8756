"""What a panel says to each other once its scores are closed, and cases that the health of a panel opens."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, Base
from solicit.panels.states import Alarm, CaseState


class DiscussionPost(Base):
    """One post in the discussion of a question; readers see a label, never the name.

    ``by_chair`` is said of the moment of writing: a label shown, or hidden, later would tell whose it is.
    """

    __tablename__ = "discussion_post"
    __table_args__ = (sa.Index("ix_discussion_post_thread", "round_id", "question_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    by_chair: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(info=PERSONAL)
    posted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class DiscussionSummary(Base):
    """What the chair takes from the discussion of a question."""

    __tablename__ = "discussion_summary"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True)
    text: Mapped[str] = mapped_column(info=IMPERSONAL)
    version: Mapped[int] = mapped_column(default=1)
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    written_at: Mapped[datetime]


class PanelHealth(Base):
    """How a round's panelists agree and differ, computed when it closed."""

    __tablename__ = "panel_health"
    __table_args__ = ({"info": IMPERSONAL},)

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), primary_key=True)
    report: Mapped[dict] = mapped_column(JSONB)
    input_digest: Mapped[bytes]
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    versions: Mapped[dict] = mapped_column(JSONB)
    computed_at: Mapped[datetime]


class HealthCase(Base):
    """A panelist, or two, whose ratings stand out: for a person to look into; nothing is left out by itself."""

    __tablename__ = "health_case"
    __table_args__ = (
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_iff_time"),
        sa.UniqueConstraint("round_id", "alarm", "person_id", "other_person_id", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    alarm: Mapped[Alarm]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    other_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    measure: Mapped[float]
    state: Mapped[CaseState] = mapped_column(default=CaseState.OPEN)
    decision_note: Mapped[str] = mapped_column(default="", info=IMPERSONAL)
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
