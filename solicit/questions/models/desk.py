"""What the screening desk knows and makes: claims, suspicions, redacted copies, translations, learnt themes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, Base
from solicit.questions.states import DecisionAct, QuestionState, SuspicionKind, TranslationSource


class ScreeningClaim(Base):
    """Who is reading a question at the desk, so that two organizers do not decide on the same one."""

    __tablename__ = "screening_claim"

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    claimed_at: Mapped[datetime]


class ScreeningDecision(Base):
    """What an organizer did at the desk in one go, to one question or to many, so that it can be undone."""

    __tablename__ = "screening_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"))
    act: Mapped[DecisionAct] = mapped_column(info=IMPERSONAL)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class ScreeningStep(Base):
    """What a decision changed of one question: its version then, and how it was before."""

    __tablename__ = "screening_step"
    __table_args__ = {"info": IMPERSONAL}

    decision_id: Mapped[int] = mapped_column(
        sa.ForeignKey("screening_decision.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    version: Mapped[int]
    state: Mapped[QuestionState]
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    reason_id: Mapped[int | None] = mapped_column(sa.ForeignKey("out_of_scope_reason.id"))
    reason_note: Mapped[str]
    screened_at: Mapped[datetime | None]
    screened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class Suspicion(Base):
    """Something about a question that a person should look at; ``signs`` names the rules, never the words."""

    __tablename__ = "suspicion"
    __table_args__ = (
        sa.CheckConstraint("strength BETWEEN 0 AND 1", name="strength_range"),
        sa.Index("ix_suspicion_open", "question_id", postgresql_where="dismissed_at IS NULL"),
        {"info": IMPERSONAL},
    )

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[SuspicionKind] = mapped_column(primary_key=True)
    strength: Mapped[float]
    signs: Mapped[list] = mapped_column(sa.ARRAY(sa.Text))
    found_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]
    dismissed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class Redaction(Base):
    """A question's words as panels read them, without what names somebody; ``of_digest`` is of the words redacted."""

    __tablename__ = "redaction"
    __table_args__ = {"info": IMPERSONAL}

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    title: Mapped[str]
    goal_overview: Mapped[str]
    significance: Mapped[str]
    approach: Mapped[str]
    plan: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    of_digest: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)
    redacted_at: Mapped[datetime]
    redacted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))


class Translation(Base):
    """A question's words in another language, marked with who translated them; ``of_digest`` is of the original."""

    __tablename__ = "translation"
    __table_args__ = (sa.UniqueConstraint("question_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"))
    source: Mapped[TranslationSource]
    language: Mapped[str] = mapped_column(info=PERSONAL)
    title: Mapped[str] = mapped_column(info=PERSONAL)
    goal_overview: Mapped[str] = mapped_column(info=PERSONAL)
    significance: Mapped[str] = mapped_column(info=PERSONAL)
    approach: Mapped[str] = mapped_column(info=PERSONAL)
    of_digest: Mapped[bytes] = mapped_column(info=IMPERSONAL)
    version: Mapped[int] = mapped_column(default=1)
    # The desk made it or has read it; until then it is shown to its author and to the desk alone.
    is_screened: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"), index=True)


class ThemeClassifier(Base):
    """What was learnt about a call's themes from what people filed under them; numbers as bytes of float32."""

    __tablename__ = "theme_classifier"
    __table_args__ = {"info": IMPERSONAL}

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), primary_key=True)
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("embedding_model.id"), primary_key=True)
    theme_ids: Mapped[list] = mapped_column(sa.ARRAY(sa.BigInteger))
    coefficients: Mapped[bytes]
    intercepts: Mapped[bytes]
    n_examples: Mapped[int]
    fitted_at: Mapped[datetime]
