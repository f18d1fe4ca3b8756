"""Questions: the curated units that panels rank, with their sources, pairs, merges and support."""

from datetime import datetime

import sqlalchemy as sa
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from solicit.calls.states import Kind
from solicit.db import IMPERSONAL, PERSONAL, Base
from solicit.questions.states import STEMMED, Aspect, QuestionState, ReportOutcome, ReportReason, Verdict

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


class DuplicatePair(Base):
    """Two questions that look alike, and what a person said of them."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        sa.UniqueConstraint("left_id", "right_id"),
        sa.CheckConstraint("left_id < right_id", name="left_before_right"),
        sa.CheckConstraint("(verdict IS NULL) = (decided_at IS NULL)", name="decided_iff_verdict"),
        sa.CheckConstraint("probability BETWEEN 0 AND 1", name="probability_range"),
        sa.Index("ix_duplicate_pair_queue", "call_id", "verdict", "probability"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    left_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"))
    right_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("embedding_model.id"))
    cosine: Mapped[float]
    probability: Mapped[float]
    suggested_at: Mapped[datetime]
    verdict: Mapped[Verdict | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class Merge(Base):
    """One merge of a question into another, kept after it was undone."""

    __tablename__ = "merge"
    __table_args__ = (
        sa.CheckConstraint("source_id <> target_id", name="two_questions"),
        sa.Index("uq_merge_standing", "source_id", unique=True, postgresql_where="undone_at IS NULL"),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"))
    target_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    state_before: Mapped[QuestionState]
    submission_ids: Mapped[list] = mapped_column(sa.ARRAY(sa.BigInteger))
    merged_at: Mapped[datetime]
    merged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class Support(Base):
    """ "I want this answered too." It stays with the question it was given to and counts for what that merges into."""

    __tablename__ = "support"

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    supported_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class DifferenceNote(Base):
    """What an author said when a question looked like theirs: "mine differs because ..."."""

    __tablename__ = "difference_note"

    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True, index=True)
    text: Mapped[str] = mapped_column(info=PERSONAL)
    noted_at: Mapped[datetime]


class ProblemReport(Base):
    """What a reader found wrong with a public question; it waits on the organizers' desk until it is closed."""

    __tablename__ = "problem_report"
    __table_args__ = (
        sa.CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_iff_outcome"),
        sa.Index("ix_problem_report_queue", "call_id", "closed_at", "reported_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    reporter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)
    reason: Mapped[ReportReason]
    text: Mapped[str] = mapped_column(info=PERSONAL)
    reported_at: Mapped[datetime]
    outcome: Mapped[ReportOutcome | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
