"""Simulated panels and candidates that several tests share."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import conferences
from ml.decision.selection_problem import SelectionProblem

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "design" / "fixtures.json"


@pytest.fixture(scope="session")
def fixtures():
    """The project's fixtures with known answers."""
    if not FIXTURES.exists():
        pytest.skip("fixtures ../shared/design/fixtures.json are not beside the repository")
    return json.loads(FIXTURES.read_text())


@dataclass(frozen=True, eq=False)
class RatingWorld:
    """Ratings whose true question values are known."""

    question: np.ndarray
    panelist: np.ndarray
    rating: np.ndarray
    group: np.ndarray
    truth: np.ndarray
    n_questions: int
    n_panelists: int

    def design(self):
        names = ("question", "panelist", "rating", "n_questions", "n_panelists")
        return {name: getattr(self, name) for name in names}

    def ranking_input(self, k=10):
        n_groups = int(self.group.max()) + 1
        tie_hash = np.random.default_rng(99).permutation(self.n_questions)
        return {
            **self.design(),
            "group": self.group,
            "k": np.full(n_groups, k),
            "tie_hash": tie_hash,
            "seed": 7,
        }


@pytest.fixture(scope="session")
def rating_world():
    """METHODS.md's panel, smaller: lenient and severe experts, home themes, four criteria, five points."""

    def build(seed, *, n_questions=200, n_panelists=30, load=40, leniency=0.7):
        random = np.random.default_rng(seed)
        quality = random.standard_normal(n_questions)[:, None] + 0.5 * random.standard_normal((n_questions, 4))
        lenience = leniency * random.standard_normal(n_panelists)
        noise = 0.8 * np.exp(0.4 * random.standard_normal(n_panelists))
        theme = np.arange(n_questions) % 4
        covered = np.zeros(n_questions)
        question = []
        for expert in range(n_panelists):
            wish = covered + 0.9 * random.random(n_questions) - 1.5 * (theme == expert % 4)
            chosen = np.argsort(wish, kind="stable")[:load]
            covered[chosen] += 1
            question.append(chosen)
        question = np.concatenate(question)
        panelist = np.repeat(np.arange(n_panelists), load)
        halo = noise[panelist] * random.standard_normal(len(question))
        error = 0.7 * noise[panelist][:, None] * random.standard_normal((len(question), 4))
        score = 3 + lenience[panelist][:, None] + 0.8 * (quality[question] + 0.8 * halo[:, None] + error)
        rating = np.clip(np.round(score), 1, 5).mean(axis=1)
        truth = quality.mean(axis=1)
        return RatingWorld(question, panelist, rating, theme, truth, n_questions, n_panelists)

    return build


@pytest.fixture(scope="session")
def small_problem():
    """A selection problem from a few keyword arguments; everything else is harmless."""

    def build(merit, *, cost=None, seats=None, budget=None, quotas=(), **changes):
        size = len(merit)
        nobody = np.zeros(size, dtype=bool)
        problem = SelectionProblem(
            merit=np.array(merit, dtype=np.int64),
            cost_cents=np.array(cost if cost is not None else np.ones(size), dtype=np.int64),
            seats=size if seats is None else seats,
            budget_cents=10**9 if budget is None else budget,
            quotas=tuple(quotas),
            coverage_value=np.zeros(0, dtype=np.int64),
            covers=np.zeros((size, 0), dtype=bool),
            always=nobody,
            never=nobody,
            tie_rank=np.arange(size),
        )
        return replace(problem, **changes)

    return build


@pytest.fixture(scope="session")
def conference():
    """METHODS.md's invitees: 500 candidates, 60 seats, $105,000, 12 quotas, institution and country caps."""
    return conferences.conference
