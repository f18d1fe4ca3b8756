"""A question or plan as panels read it, what speaks through it, and its vectors."""

from datetime import datetime

import sqlalchemy as sa
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from solicit.calls.states import Kind
from solicit.db import IMPERSONAL, Base
from solicit.questions.states import (
    STEMMED,
    Aspect,
    QuestionState,
)

QUESTION_NUMBERS = sa.Sequence("question_number", metadata=Base.metadata)
PLAN_NUMBERS = sa.Sequence("plan_number", metadata=Base.metadata)

# The folded words of a text, and the stems of its words where the database knows its language, title first.
_BRANCHES = " ".join(f"WHEN '{code}' THEN '{name}'::regconfig" for code, name in STEMMED.items())
_STEMMER = f"CASE language {_BRANCHES} ELSE 'simple'::regconfig END"
SEARCH_VECTOR = (
    "to_tsvector('simple'::regconfig, search_text)"
    f" || setweight(to_tsvector({_STEMMER}, title), 'A')"
    f" || to_tsvector({_STEMMER}, goal_overview || ' ' || significance || ' ' || approach)"
)


class Question(Base):
    """One question or plan as panels read it: one wording, one or many submissions."""

    # Impersonal: what a person wrote is in their submission; the wording of a question may be another's.
    __tablename__ = "question"
    __table_args__ = (
        sa.UniqueConstraint("kind", "number"),
        sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_iff_target"),
        sa.CheckConstraint("state <> 'in_scope' OR number IS NOT NULL", name="in_scope_has_number"),
        sa.CheckConstraint("(state = 'out_of_scope') = (reason_id IS NOT NULL)", name="out_of_scope_iff_reason"),
        sa.CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        sa.Index(
            "ix_question_call_state", "call_id", "state", "theme_id", postgresql_include=["kind", "language", "id"]
        ),
        sa.Index("ix_question_order", "call_id", "created_at", "id"),
        sa.Index("ix_question_search", "search_vector", postgresql_using="gin"),
        sa.Index(
            "ix_question_plan",
            "plan",
            postgresql_using="gin",
            postgresql_ops={"plan": "jsonb_path_ops"},
            postgresql_where="plan IS NOT NULL",
        ),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    kind: Mapped[Kind]
    number: Mapped[int | None]
    state: Mapped[QuestionState] = mapped_column(default=QuestionState.NEW)
    language: Mapped[str]
    title: Mapped[str]
    goal_overview: Mapped[str]
    significance: Mapped[str]
    approach: Mapped[str]
    plan: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    text_digest: Mapped[bytes] = mapped_column(index=True)
    search_text: Mapped[str]
    search_vector: Mapped[str] = mapped_column(TSVECTOR, sa.Computed(SEARCH_VECTOR, persisted=True))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    screened_at: Mapped[datetime | None]
    screened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    reason_id: Mapped[int | None] = mapped_column(sa.ForeignKey("out_of_scope_reason.id"))
    reason_note: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id"), index=True)
    # A wording of the organizers, made for what is merged into it.
    is_summary: Mapped[bool] = mapped_column(default=False)
    # When the desk last said which wording stands, after the submission's text had changed.
    wording_settled_at: Mapped[datetime | None]
    suggested_theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    suggested_theme_probability: Mapped[float | None]


class QuestionSource(Base):
    """Which submission speaks through which question; merging moves it, undo moves it back."""

    __tablename__ = "question_source"

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    first_question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)


class QuestionVector(Base):
    """The vector of a question's title or text; call and theme are here so that a search can filter."""

    __tablename__ = "question_vector"
    __table_args__ = (
        sa.Index("ix_question_vector_search", "call_id", "model_id", "aspect", "theme_id"),
        {"info": IMPERSONAL},
    )

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("embedding_model.id"), primary_key=True)
    aspect: Mapped[Aspect] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    digest: Mapped[bytes]
    vector: Mapped[object] = mapped_column(HALFVEC())
