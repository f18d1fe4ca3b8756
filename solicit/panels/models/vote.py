"""What panelists say: reviews with scores, comparisons of two, ranked ballots; and the chain that seals them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from solicit.db import IMPERSONAL, PERSONAL, WITHHELD, Base
from solicit.panels.states import BallotState, ChainAct, ComparisonState, Confidence, Preference, VoteKind


class Review(Base):
    """What a panelist says of an assigned question, for the wording it was given for."""

    __tablename__ = "review"

    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id"), primary_key=True)
    confidence: Mapped[Confidence | None]
    comment_to_panel: Mapped[str] = mapped_column(default="", info=PERSONAL)
    comment_to_authors: Mapped[str] = mapped_column(default="", info=PERSONAL)
    # A chair may keep a comment out of the discussion; the review itself stays as it is.
    comment_hidden_at: Mapped[datetime | None]
    text_digest: Mapped[bytes] = mapped_column(info=IMPERSONAL)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]


class Score(Base):
    """One score of a review on one criterion."""

    __tablename__ = "score"
    __table_args__ = (sa.CheckConstraint("value BETWEEN 1 AND 5", name="value_range"),)

    assignment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("review.assignment_id", ondelete="CASCADE"), primary_key=True
    )
    criterion_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion.id"), primary_key=True)
    value: Mapped[int]


class Comparison(Base):
    """Two questions shown side by side to one panelist, and which of them matters more."""

    __tablename__ = "comparison"
    __table_args__ = (
        sa.CheckConstraint("left_id <> right_id", name="two_questions"),
        sa.CheckConstraint("(state = 'judged') = (preference IS NOT NULL)", name="judged_iff_preference"),
        sa.CheckConstraint("(preference = 'undecided') = (reason <> '')", name="undecided_iff_reason"),
        sa.Index(
            "uq_comparison_pair",
            "round_id",
            "person_id",
            sa.text("least(left_id, right_id)"),
            sa.text("greatest(left_id, right_id)"),
            unique=True,
        ),
        sa.Index("ix_comparison_round", "round_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    left_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    right_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    batch: Mapped[int]
    is_random: Mapped[bool] = mapped_column(default=False, info=WITHHELD)
    state: Mapped[ComparisonState] = mapped_column(default=ComparisonState.OFFERED)
    preference: Mapped[Preference | None]
    reason: Mapped[str] = mapped_column(default="", info=PERSONAL)
    offered_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]


class Ballot(Base):
    """The order that one panelist gives to the questions of one theme; ties and unranked ones are allowed."""

    __tablename__ = "ballot"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "person_id", "theme_id"),
        sa.CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted_iff_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[BallotState] = mapped_column(default=BallotState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]


class BallotPlace(Base):
    """A question's place on a ballot, from 1; equal places are ties."""

    __tablename__ = "ballot_place"
    __table_args__ = (sa.CheckConstraint("place >= 1", name="place_positive"),)

    ballot_id: Mapped[int] = mapped_column(sa.ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True, index=True)
    place: Mapped[int]


class VoteVersion(Base):
    """One state of a vote as it was cast or changed: what opens the commitment of its link in the chain.

    Erasing a person deletes these openings; the links stay and the chain still holds.
    """

    __tablename__ = "vote_version"
    __table_args__ = (
        sa.ForeignKeyConstraint(["round_id", "seq"], ["chain_link.round_id", "chain_link.seq"]),
        sa.Index("ix_vote_version_vote", "kind", "vote_id"),
    )

    round_id: Mapped[int] = mapped_column(primary_key=True)
    # It counts the votes of everybody: their own file would tell panelists how many voted before them.
    seq: Mapped[int] = mapped_column(primary_key=True, info=WITHHELD)
    kind: Mapped[VoteKind]
    # The assignment, comparison or ballot.
    vote_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    content: Mapped[dict] = mapped_column(JSONB, info=PERSONAL)
    nonce: Mapped[bytes] = mapped_column(info=WITHHELD)
    cast_at: Mapped[datetime]


class ChainLink(Base):
    """One link of a round's audit chain: rows are only ever added, and each seals the one before it."""

    __tablename__ = "chain_link"
    __table_args__ = ({"info": IMPERSONAL},)

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[ChainAct]
    # HMAC over nonce and content for a vote; a digest of the round's facts otherwise.
    commitment: Mapped[bytes]
    previous: Mapped[bytes]
    hash: Mapped[bytes]
    day: Mapped[date]


class ChainAnchor(Base):
    """What left the house at a close: the last number and hash of a round's chain."""

    __tablename__ = "chain_anchor"
    __table_args__ = ({"info": IMPERSONAL},)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    seq: Mapped[int]
    hash: Mapped[bytes]
    anchored_at: Mapped[datetime]
