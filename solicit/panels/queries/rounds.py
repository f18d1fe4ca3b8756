"""Rounds as those who run them see them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS, Kind
from solicit.panels.models import (
    Assignment,
    AssignmentProposal,
    Criterion,
    Panel,
    Review,
    Round,
    RoundQuestion,
)
from solicit.panels.queries.round_rows import activity_word
from solicit.panels.queries.series import first_of
from solicit.panels.states import (
    LIVE,
    ROUND_WORDS,
    Activity,
    AssignmentState,
    Confidence,
    ProposalState,
    RoundState,
)

_SHOWN_AS_THEY_ARE = (
    "id",
    "call_id",
    "panel_id",
    "name",
    "instruction",
    "kind",
    "opens_at",
    "closes_at",
    "reviews_per_question",
    "is_staged",
    "stage",
    "home_share",
    "most_per_region",
    "most_per_institution",
    "pairs_per_panelist",
    "publishes_ratings",
    "merging_agreed_at",
)


@dataclass(frozen=True)
class CriterionView:
    id: int
    key: str
    name: str
    question: str
    low: str
    high: str
    weight: int


@dataclass(frozen=True)
class RoundCounts:
    """What was assigned and what became of it."""

    n_assigned: int
    n_panelists: int
    n_scored: int
    n_outside: int
    n_abstained: int
    n_voided: int


@dataclass(frozen=True)
class SeriesRow:
    """Another round of the same series."""

    id: int
    name: str
    activity_word: str
    state: str
    state_word: str


@dataclass(frozen=True)
class RoundPage:
    """A round as who runs it sees it; ``first_id`` is the scoring round that its series began with."""

    id: int
    first_id: int
    call_id: int
    panel_id: int | None
    panel: str | None
    activity: str
    activity_word: str
    name: str
    instruction: str
    kind: Kind
    kind_word: str
    state: str
    state_word: str
    opens_at: datetime
    closes_at: datetime
    theme_ids: tuple[int, ...]
    reviews_per_question: int
    is_staged: bool
    stage: int
    home_share: float
    most_per_region: int | None
    most_per_institution: int | None
    pairs_per_panelist: int
    publishes_ratings: bool
    merging_agreed_at: datetime | None
    criteria: tuple[CriterionView, ...]
    counts: RoundCounts
    series: tuple[SeriesRow, ...]
    proposal_id: int | None

    @property
    def n_done(self) -> int:
        return self.counts.n_scored + self.counts.n_outside + self.counts.n_abstained

    @property
    def is_first(self) -> bool:
        return self.id == self.first_id

    @property
    def follows_id(self) -> int | None:
        return None if self.is_first else self.first_id

    @property
    def is_scoring(self) -> bool:
        return self.activity == Activity.SCORING.value

    @property
    def takes_assignments(self) -> bool:
        """Whether panelists can be proposed for its questions; later stages are assigned by themselves."""
        is_prepared = self.state in (RoundState.DRAFT.value, RoundState.OPEN.value)
        return self.is_scoring and is_prepared and self.stage < 2

    @property
    def wanted_per_question(self) -> int:
        return 1 if self.is_staged else self.reviews_per_question


def round_subject(session: Session, *, call: CallFacts, round_id: int, **_) -> Subject | None:
    """Facts for the policy: a round belongs to its call, and the round of one panel to its chair, too."""
    found = session.execute(
        sa.select(Round.panel_id).where(Round.id == round_id, Round.call_id == call.id)
    ).one_or_none()
    return Subject(call_id=call.id, panel_id=found.panel_id) if found else None


def questions_in_open_round(session: Session, *, question_ids: Collection[int]) -> frozenset[int]:
    """Those of these questions that an open round asks about, unless whoever runs it agreed to merging."""
    is_guarded = sa.and_(Round.state == RoundState.OPEN, Round.merging_agreed_at.is_(None))
    asked = (
        sa.select(Assignment.question_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(is_guarded, Assignment.state.in_(LIVE), Assignment.question_id.in_(question_ids))
    )
    listed = (
        sa.select(RoundQuestion.question_id)
        .join(Round, Round.id == RoundQuestion.round_id)
        .where(is_guarded, RoundQuestion.question_id.in_(question_ids))
    )
    return frozenset(session.scalars(sa.union(asked, listed)))


def criteria_of(session: Session, *, round_id: int) -> tuple[CriterionView, ...]:
    """The criteria of a round in their order."""
    found = session.scalars(sa.select(Criterion).where(Criterion.round_id == round_id).order_by(Criterion.position))
    return tuple(CriterionView(c.id, c.key, c.name, c.question, c.low, c.high, c.weight) for c in found)


def round_page(session: Session, *, round_id: int) -> RoundPage:
    """One round with its criteria, its counts and the other rounds of its series; three statements."""
    first_id = sa.select(sa.func.coalesce(Round.follows_id, Round.id)).where(Round.id == round_id).scalar_subquery()
    found = session.execute(
        sa.select(Round, Panel.name, _waiting_proposal())
        .outerjoin(Panel, Panel.id == Round.panel_id)
        .where(sa.or_(Round.id == first_id, Round.follows_id == first_id))
        .order_by(Round.follows_id.is_not(None), Round.id)
        .execution_options(populate_existing=True)
    ).all()
    row, panel, proposal_id = next(each for each in found if each[0].id == round_id)
    plain = {name: getattr(row, name) for name in _SHOWN_AS_THEY_ARE}
    return RoundPage(
        **plain,
        first_id=first_of(row),
        panel=panel,
        activity=row.activity.value,
        activity_word=activity_word(row),
        kind_word=KIND_WORDS[row.kind],
        state=row.state.value,
        state_word=ROUND_WORDS[row.state],
        theme_ids=tuple(row.theme_ids),
        criteria=criteria_of(session, round_id=round_id),
        counts=_counts(session, round_id),
        series=tuple(_series_row(each) for each, _, _ in found if each.id != round_id),
        proposal_id=proposal_id,
    )


def _waiting_proposal() -> sa.ScalarSelect:
    waiting = AssignmentProposal.round_id == Round.id, AssignmentProposal.state == ProposalState.PROPOSED
    return sa.select(AssignmentProposal.id).where(*waiting).scalar_subquery()


def _series_row(row: Round) -> SeriesRow:
    return SeriesRow(row.id, row.name, activity_word(row), row.state.value, ROUND_WORDS[row.state])


def _counts(session: Session, round_id: int) -> RoundCounts:
    is_outside = Review.confidence == Confidence.OUTSIDE
    scored = Assignment.state == AssignmentState.SUBMITTED
    given = Assignment.state != AssignmentState.VOIDED
    return RoundCounts(
        *session.execute(
            sa.select(
                sa.func.count().filter(given),
                sa.func.count(sa.distinct(Assignment.person_id)).filter(given),
                sa.func.count().filter(scored, ~is_outside),
                sa.func.count().filter(scored, is_outside),
                sa.func.count().filter(Assignment.state == AssignmentState.ABSTAINED),
                sa.func.count().filter(~given),
            )
            .select_from(Assignment)
            .outerjoin(Review, Review.assignment_id == Assignment.id)
            .where(Assignment.round_id == round_id)
        ).one()
    )
