"""Topics: readable groups of questions inside a theme, and the runs that made them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, Base


class TopicRun(Base):
    """One grouping of a call's questions, with everything needed to repeat it exactly."""

    __tablename__ = "topic_run"
    __table_args__ = {"info": IMPERSONAL}

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("embedding_model.id"))
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    parameters: Mapped[dict] = mapped_column(JSONB)
    versions: Mapped[dict] = mapped_column(JSONB)
    input_digest: Mapped[bytes]
    n_questions: Mapped[int]
    run_at: Mapped[datetime]
    run_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class Topic(Base):
    """A group of questions of one theme; it keeps its identity when questions are grouped again."""

    __tablename__ = "topic"
    __table_args__ = (sa.Index("ix_topic_call_theme", "call_id", "theme_id"), {"info": IMPERSONAL})

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"))
    terms: Mapped[list] = mapped_column(sa.ARRAY(sa.Text))
    name: Mapped[str] = mapped_column(default="")
    medoid_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"))
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("topic_run.id"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class TopicMember(Base):
    """The topic of a question."""

    __tablename__ = "topic_member"

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    is_weak: Mapped[bool] = mapped_column(default=False)
