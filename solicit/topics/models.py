"""Topics: readable groups of questions inside a theme, and the runs that made them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, Base
from solicit.topics.states import RunState


class TopicRun(Base):
    """One grouping of a call's questions, with everything needed to repeat it exactly."""

    __tablename__ = "topic_run"
    __table_args__ = (
        sa.CheckConstraint("(state IN ('accepted', 'discarded')) = (decided_at IS NOT NULL)", name="decided_iff_time"),
        sa.Index(
            "uq_topic_run_undecided",
            "call_id",
            unique=True,
            postgresql_where="state IN ('running', 'proposed')",
        ),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("embedding_model.id"))
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    parameters: Mapped[dict] = mapped_column(JSONB)
    versions: Mapped[dict] = mapped_column(JSONB)
    input_digest: Mapped[bytes]
    result_digest: Mapped[bytes | None]
    n_questions: Mapped[int]
    run_at: Mapped[datetime]
    run_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    state: Mapped[RunState] = mapped_column(default=RunState.RUNNING)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class ProposedTopic(Base):
    """One topic as a run found it; it may carry on a standing one."""

    __tablename__ = "proposed_topic"
    __table_args__ = (sa.UniqueConstraint("run_id", "theme_id", "position"), {"info": IMPERSONAL})

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("topic_run.id", ondelete="CASCADE"))
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"))
    position: Mapped[int]
    continues_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"))
    # The topic that it was made when the run was accepted.
    became_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"))
    terms: Mapped[list] = mapped_column(sa.ARRAY(sa.Text))
    medoid_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"))
    words_of: Mapped[str | None]


class ProposedMember(Base):
    """A question as a run read it, and the topic that it found for it; none where there was too little to go by."""

    __tablename__ = "proposed_member"
    __table_args__ = {"info": IMPERSONAL}

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("topic_run.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    proposed_topic_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("proposed_topic.id", ondelete="CASCADE"), index=True
    )
    is_weak: Mapped[bool] = mapped_column(default=False)
    # What the run started from: without it nobody could repeat it once its topics stand.
    previous_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"))
    was_fixed: Mapped[bool] = mapped_column(default=False)
    was_middle: Mapped[bool] = mapped_column(default=False)


class Topic(Base):
    """A group of questions of one theme; it keeps its identity when questions are grouped again."""

    __tablename__ = "topic"
    __table_args__ = (
        sa.CheckConstraint("merged_into_id IS NULL OR retired_at IS NOT NULL", name="merged_is_retired"),
        sa.Index("ix_topic_call_theme", "call_id", "theme_id"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"))
    terms: Mapped[list] = mapped_column(sa.ARRAY(sa.Text))
    name: Mapped[str] = mapped_column(default="")
    medoid_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"))
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("topic_run.id"))
    # The language whose words it was grouped by, where the language model reads nothing; else none.
    words_of: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    # People want it as it is: later groupings neither split nor end it.
    is_pinned: Mapped[bool] = mapped_column(default=False)
    retired_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"))


class TopicMember(Base):
    """The topic of a question."""

    __tablename__ = "topic_member"

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    is_weak: Mapped[bool] = mapped_column(default=False)
    # A person put the question here: later groupings leave it.
    is_pinned: Mapped[bool] = mapped_column(default=False)
    # It came after the grouping, and its nearest neighbours are here.
    came_later: Mapped[bool] = mapped_column(default=False)


class MapLayout(Base):
    """One drawing of a call's questions in the plane, with everything needed to repeat it."""

    __tablename__ = "map_layout"
    __table_args__ = {"info": IMPERSONAL}

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("embedding_model.id"))
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    parameters: Mapped[dict] = mapped_column(JSONB)
    versions: Mapped[dict] = mapped_column(JSONB)
    input_digest: Mapped[bytes]
    n_questions: Mapped[int]
    laid_out_at: Mapped[datetime]


class MapPoint(Base):
    """Where a question stands in the latest drawing; one that came later stands between its nearest."""

    __tablename__ = "map_point"
    __table_args__ = {"info": IMPERSONAL}

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    layout_id: Mapped[int] = mapped_column(sa.ForeignKey("map_layout.id", ondelete="CASCADE"), index=True)
    x: Mapped[float]
    y: Mapped[float]
    came_later: Mapped[bool] = mapped_column(default=False)
