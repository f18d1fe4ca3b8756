"""Frozen rankings: computed from a closed series of rounds, never changed."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.calls.states import Kind
from solicit.db import IMPERSONAL, PERSONAL, Base
from solicit.rankings.states import Evidence, Purpose, RatingModel, RunState


class RankingRun(Base):
    """One frozen ranking of a round, with everything needed to repeat it byte for byte."""

    __tablename__ = "ranking_run"
    __table_args__ = (
        sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_iff_time"),
        sa.CheckConstraint("(purpose = 'official') = (reason = '')", name="official_iff_no_reason"),
        sa.Index("uq_ranking_run_official", "round_id", unique=True, postgresql_where=sa.text("purpose = 'official'")),
        {"info": IMPERSONAL},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("call.id"), index=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.OFFICIAL)
    # Why there is another ranking beside the official one, which it never replaces.
    reason: Mapped[str] = mapped_column(default="")
    rating_model: Mapped[RatingModel] = mapped_column(default=RatingModel.ROBUST)
    state: Mapped[RunState] = mapped_column(default=RunState.FROZEN)
    seed: Mapped[int] = mapped_column(sa.BigInteger)
    salt: Mapped[str]
    parameters: Mapped[dict] = mapped_column(JSONB)
    versions: Mapped[dict] = mapped_column(JSONB)
    variances: Mapped[dict] = mapped_column(JSONB)
    notes: Mapped[list] = mapped_column(JSONB)
    inputs: Mapped[dict] = mapped_column(JSONB, deferred=True, default=dict)
    input_digest: Mapped[bytes]
    result_digest: Mapped[bytes]
    # Of the exported draws, which are computed again where they are asked for.
    draws_digest: Mapped[bytes | None]
    frozen_at: Mapped[datetime]
    frozen_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="SET NULL"))
    published_at: Mapped[datetime | None]


class RankingRow(Base):
    """One question in a frozen ranking, with the title it had then."""

    __tablename__ = "ranking_row"
    __table_args__ = (
        sa.CheckConstraint("(evidence = 'ranked') = (place_first IS NOT NULL)", name="ranked_iff_place"),
        sa.CheckConstraint("low <= mean AND mean <= high", name="mean_in_interval"),
        sa.CheckConstraint("p_top_k BETWEEN 0 AND 1", name="probability_range"),
        sa.Index("ix_ranking_row_order", "run_id", "theme_id", "position"),
        {"info": IMPERSONAL},
    )

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("ranking_run.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"))
    kind: Mapped[Kind]
    title: Mapped[str]
    language: Mapped[str]
    evidence: Mapped[Evidence]
    position: Mapped[int]
    mean: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    p_top_k: Mapped[float]
    plain_mean: Mapped[float | None]
    expected_place: Mapped[float | None]
    n_ratings: Mapped[int]
    n_outside: Mapped[int] = mapped_column(default=0)
    n_comparisons: Mapped[int] = mapped_column(default=0)
    n_ballots: Mapped[int] = mapped_column(default=0)
    # The place that each source of evidence alone would give.
    place_by_ratings: Mapped[int | None]
    place_by_comparisons: Mapped[int | None]
    place_by_ballots: Mapped[int | None]
    # The place where every group of panelists weighs the same, and the groups whose own first five it is among.
    place_by_groups: Mapped[int | None]
    priority_of_groups: Mapped[list] = mapped_column(sa.ARRAY(sa.Text), default=list)
    # The best and the worst place under perturbed weights.
    place_best: Mapped[int | None]
    place_worst: Mapped[int | None]
    is_method_sensitive: Mapped[bool] = mapped_column(default=False)
    is_divided: Mapped[bool] = mapped_column(default=False)
    component: Mapped[int] = mapped_column(default=0)
    band: Mapped[int | None]
    place_first: Mapped[int | None]
    place_last: Mapped[int | None]


class RankingAnnotation(Base):
    """A signed remark of a panel beside a frozen ranking; it changes nothing in it."""

    __tablename__ = "ranking_annotation"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("ranking_run.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id"))
    panel_id: Mapped[int] = mapped_column(sa.ForeignKey("panel.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(info=PERSONAL)
    written_at: Mapped[datetime]
