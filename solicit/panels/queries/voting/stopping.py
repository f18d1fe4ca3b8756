"""When a round of comparing has said what it can: for chairs and organizers, and for offering no more pairs."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ml.decision.allocation import GAIN_BATCHES, StopReason, expected_overlap, should_stop, top_probability
from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.queries.voting.posterior import Shortlist, shortlists
from solicit.words import N_

# The gain was measured in batches of this size (METHODS.md 1d); in smaller ones it is little more than chance.
VOTES_PER_BATCH = 50
N_DRAWS = 2_000

STOP_WORDS = {
    StopReason.SURE: N_("Settled: the first places are sure enough"),
    StopReason.NO_GAIN: N_("Settled: the last comparisons hardly changed the first places"),
    StopReason.ENOUGH_VOTES: N_("Settled: there are enough comparisons"),
}


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
    reason: StopReason | None

    @property
    def is_settled(self) -> bool:
        return self.reason is not None

    @property
    def word(self) -> str:
        return STOP_WORDS[self.reason] if self.reason else N_("More comparisons help")

    @property
    def votes_per_question(self) -> float:
        return self.n_votes / self.n_questions


@dataclass(frozen=True)
class ThemeStanding:
    theme: ThemeView
    standing: Standing


@dataclass(frozen=True)
class StandingsPage:
    """How far a comparing round is, for who runs it."""

    round_id: int
    name: str
    panel_id: int | None
    themes: tuple[ThemeStanding, ...]


def standings_page(session: Session, *, call: CallFacts, round_id: int) -> StandingsPage:
    """How far a comparing round is in each theme; five statements."""
    round_, lists = shortlists(session, round_id=round_id)
    themes = tuple(
        ThemeStanding(theme, standing_of(lists[theme.id], seed=round_.seed))
        for theme in call.themes
        if theme.id in lists and len(lists[theme.id].question_ids) > 1
    )
    return StandingsPage(round_id, round_.name, round_.panel_id, themes)


def standing_of(shortlist: Shortlist, *, seed: int) -> Standing:
    """Whether comparing more would still change the first places of a theme."""
    n_questions, n_votes = len(shortlist.question_ids), len(shortlist.votes)
    n_batches = min(n_votes // VOTES_PER_BATCH, GAIN_BATCHES)
    back = [shortlist.without_last(n * VOTES_PER_BATCH) for n in range(n_batches, 0, -1)]
    history = [_overlap(each, seed) for each in (*back, shortlist)]
    return Standing(
        n_questions=n_questions,
        k=shortlist.k,
        n_votes=n_votes,
        overlap=history[-1],
        gain=history[-1] - history[0] if n_batches == GAIN_BATCHES else None,
        reason=should_stop(history, n_votes, n_questions),
    )


def _overlap(shortlist: Shortlist, seed: int) -> float:
    fit = shortlist.posterior
    chances = top_probability(mean=fit.value, covariance=fit.covariance, k=shortlist.k, seed=seed, n_draws=N_DRAWS)
    return expected_overlap(chances, shortlist.k)
