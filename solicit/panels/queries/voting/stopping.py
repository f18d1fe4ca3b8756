"""When a round of comparing has said what it can: for chairs and organizers, and for offering no more pairs."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ml.decision.allocation import expected_overlap, should_stop
from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Round
from solicit.panels.queries.voting.posterior import Shortlist, shortlists

# Pairs that a panelist is offered at once; the gain of the last two batches says whether more would help.
BATCH = 10
BATCHES_BACK = 2


@dataclass(frozen=True)
class Standing:
    """How far the comparisons of one theme are.

    overlap: how many of the announced places are expected to be right, as a share. gain: by how much the last two
    batches changed it, None before there were two.
    """

    n_questions: int
    k: int
    n_votes: int
    overlap: float
    gain: float | None
    is_settled: bool

    @property
    def votes_per_question(self) -> float:
        return self.n_votes / self.n_questions


@dataclass(frozen=True)
class ThemeStanding:
    theme: ThemeView
    standing: Standing


def theme_standings(session: Session, *, call: CallFacts, round_id: int) -> tuple[ThemeStanding, ...]:
    """How far a comparing round is in each theme; six statements."""
    round_ = session.get_one(Round, round_id)
    lists = shortlists(session, round_=round_)
    return tuple(
        ThemeStanding(theme, standing_of(lists[theme.id], seed=round_.seed))
        for theme in call.themes
        if theme.id in lists and len(lists[theme.id].question_ids) > 1
    )


def standing_of(shortlist: Shortlist, *, seed: int) -> Standing:
    """Whether comparing more would still change the first places of a theme."""
    n_back = BATCHES_BACK * BATCH
    overlap = _overlap(shortlist, seed)
    has_history = len(shortlist.votes) >= n_back
    gain = overlap - _overlap(shortlist.without_last(n_back), seed) if has_history else None
    n_questions, n_votes = len(shortlist.question_ids), len(shortlist.votes)
    return Standing(
        n_questions=n_questions,
        k=shortlist.k,
        n_votes=n_votes,
        overlap=overlap,
        gain=gain,
        is_settled=should_stop(overlap=overlap, gain=gain, votes_per_item=n_votes / n_questions),
    )


def _overlap(shortlist: Shortlist, seed: int) -> float:
    mean, covariance = shortlist.posterior()
    return expected_overlap(mean=mean, covariance=covariance, k=shortlist.k, seed=seed)
