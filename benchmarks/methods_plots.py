"""The plots of docs/methods.md, from seeded simulated panels: ``python -m benchmarks.methods_plots``.

A simulated question has a true value, a panelist a severity, a way to stretch the scale and a size of noise; four
criteria are rounded to 1 .. 5 and averaged. The truth is known here, which it never is in a real panel.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.svg import COLOURS, Plot
from ml.decision.bands import assign_bands, place_ranges, tie_order
from ml.decision.comparisons import Comparisons
from ml.decision.joint import join_evidence
from ml.decision.robust_model import RobustFit, fit_robust_model
from ml.decision.scoring import fit_crossed_model, interval, plain_means, top_k_probability

FOLDER = Path(__file__).parents[1] / "docs" / "img"
K = 10
N_CRITERIA = 4
QUESTION, SEVERITY, STRETCH, NOISE = 0.7, 0.6, 0.25, 0.7
BLUE, ORANGE, GREEN, PURPLE = COLOURS


@dataclass(frozen=True, eq=False)
class World:
    """Ratings of a simulated panel and the truth behind them."""

    question: np.ndarray
    panelist: np.ndarray
    rating: np.ndarray
    value: np.ndarray
    severity: np.ndarray

    @property
    def design(self) -> dict:
        return {
            "question": self.question,
            "panelist": self.panelist,
            "rating": self.rating,
            "n_questions": len(self.value),
            "n_panelists": len(self.severity),
        }


def simulate(*, n_questions: int, n_panelists: int, n_each: int, seed: int, n_hostile: int = 0) -> World:
    """Each question is rated by ``n_each`` panelists; hostile ones give 5 to the worse half and 1 to the better."""
    random = np.random.default_rng(seed)
    value = random.normal(0, QUESTION, n_questions)
    severity = random.normal(0, SEVERITY, n_panelists)
    stretch = np.exp(random.normal(0, STRETCH, n_panelists))
    noise = NOISE * np.exp(random.normal(0, 0.2, n_panelists))
    panelist = np.concatenate([random.permutation(n_panelists)[:n_each] for _ in range(n_questions)])
    question = np.repeat(np.arange(n_questions), n_each)
    wanted = 3 + severity[panelist] + stretch[panelist] * value[question]
    scores = wanted[:, None] + random.normal(0, 1, (len(question), N_CRITERIA)) * noise[panelist][:, None]
    rating = np.clip(np.round(scores), 1, 5).mean(axis=1)
    turned = np.where(value[question] > np.median(value), 1.0, 5.0)
    return World(question, panelist, np.where(panelist < n_hostile, turned, rating), value, severity)


def robust(world: World, seed: int = 1) -> RobustFit:
    return fit_robust_model(**world.design, seed=seed)


def recall(score: np.ndarray, value: np.ndarray) -> float:
    """How many of the truly first ten are among the first ten by this score."""
    unknown = np.where(np.isnan(score), -np.inf, score)
    return len(set(np.argsort(-unknown)[:K].tolist()) & set(np.argsort(-value)[:K].tolist())) / K


def means(world: World) -> np.ndarray:
    return plain_means(question=world.question, rating=world.rating, n_questions=len(world.value))


def severity_plot(_n_worlds: int) -> str:
    world = simulate(n_questions=120, n_panelists=24, n_each=5, seed=3)
    fit = robust(world)
    true = world.severity - world.severity.mean()
    plot = Plot(
        "The model finds who is severe",
        "24 simulated panelists, 25 ratings each: estimate with its 90 % interval against the truth",
        "true severity, points of the scale",
        "estimated severity",
        (-2, 2),
        (-2, 2),
    )
    plot.line((-2, 2), (-2, 2), "#9aa7b8", "4 4")
    for x, low, high in zip(true, fit.leniency_low, fit.leniency_high, strict=True):
        plot.upright(x, low, high, BLUE)
    plot.points(true, fit.leniency, BLUE)
    return plot.text((-2, -1, 0, 1, 2), (-2, -1, 0, 1, 2))


def bands_plot(_n_worlds: int) -> str:
    world = simulate(n_questions=40, n_panelists=20, n_each=6, seed=11)
    fit = robust(world)
    mean, (low, high) = fit.mean + fit.question_effect, interval(fit.draws)
    order = tie_order(mean, np.arange(40))
    bands = assign_bands(draws=fit.draws, order=order)
    first, last = place_ranges(bands)
    truth = world.value - world.value.mean() + mean.mean()
    plot = Plot(
        "A band is what the ratings cannot tell apart",
        f"40 questions, 6 ratings each: 90 % intervals in {bands.max() + 1} bands (shades); dark marks are the truth",
        "place by mean",
        "value on the scale of the criteria",
        (0, 41),
        (1, 5),
    )
    for place, n in enumerate(order, 1):
        colour = (BLUE, ORANGE)[bands[n] % 2]
        plot.upright(place, low[n], high[n], colour, 4)
        plot.points([place], [mean[n]], "#ffffff", 1.8)
        plot.upright(place, truth[n] - 0.03, truth[n] + 0.03, "#14202e", 7)
    plot.key(f"the first band holds places 1–{last[order[0]]}", BLUE)
    return plot.text((1, 10, 20, 30, 40), (1, 2, 3, 4, 5))


def few_ratings_plot(n_worlds: int) -> str:
    counts = (1, 2, 3, 5, 8, 12, 20)
    found: dict[str, list[float]] = {"plain mean": [], "the model": []}
    for n_each in counts:
        worlds = [simulate(n_questions=200, n_panelists=30, n_each=n_each, seed=100 + n) for n in range(n_worlds)]
        found["plain mean"].append(np.mean([recall(means(world), world.value) for world in worlds]))
        found["the model"].append(np.mean([recall(robust(world).question_effect, world.value) for world in worlds]))
    plot = Plot(
        "How few ratings are too few?",
        f"200 questions, 30 panelists, mean of {n_worlds} simulated panels",
        "ratings of each question",
        "share of the true first ten that is found",
        (0, 21),
        (0, 1),
    )
    for (words, shares), colour in zip(found.items(), (ORANGE, BLUE), strict=True):
        plot.line(counts, shares, colour)
        plot.points(counts, shares, colour)
        plot.key(words, colour)
    plot.line((3, 3), (0, 1), "#14202e", "4 4")
    return plot.text(counts, (0, 0.2, 0.4, 0.6, 0.8, 1))


def chance_plot(n_worlds: int) -> str:
    told, true = [], []
    for n in range(4 * n_worlds):
        world = simulate(n_questions=100, n_panelists=25, n_each=2 + 2 * (n % 4), seed=200 + n)
        group = np.zeros(100, dtype=np.int64)
        told.append(top_k_probability(robust(world).draws, group=group, k=np.array([K])))
        true.append(np.argsort(np.argsort(-world.value)) < K)
    chance, is_first = np.concatenate(told), np.concatenate(true)
    edges = np.array([0, 0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0001])
    plot = Plot(
        "A chance of being among the first means what it says",
        f"{len(chance):,} questions of {4 * n_worlds} simulated panels, by the chance that was told; 90 % intervals",
        "P(among the first ten) as told",
        "share that truly was among them",
        (0, 1),
        (0, 1),
    )
    plot.line((0, 1), (0, 1), "#9aa7b8", "4 4")
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = (chance >= low) & (chance < high)
        if inside.sum() >= 10:
            share, x = is_first[inside].mean(), chance[inside].mean()
            reach = 1.645 * np.sqrt(max(share * (1 - share), 0.01) / inside.sum())
            plot.upright(x, max(share - reach, 0), min(share + reach, 1), BLUE)
            plot.points([x], [share], BLUE)
    return plot.text((0, 0.2, 0.4, 0.6, 0.8, 1), (0, 0.2, 0.4, 0.6, 0.8, 1))


def hostile_plot(n_worlds: int) -> str:
    counts = (0, 2, 4, 6, 8, 10)
    found: dict[str, list[float]] = {"plain mean": [], "linear model (M0)": [], "robust model (M1)": []}
    for n_hostile in counts:
        each: dict[str, list[float]] = {name: [] for name in found}
        for n in range(n_worlds):
            world = simulate(n_questions=150, n_panelists=30, n_each=8, seed=300 + n, n_hostile=n_hostile)
            scores = (means(world), fit_crossed_model(**world.design).question_effect, robust(world).question_effect)
            for name, score in zip(found, scores, strict=True):
                each[name].append(recall(score, world.value))
        for name in found:
            found[name].append(float(np.mean(each[name])))
    plot = Plot(
        "Panelists who rate against everybody else lose their weight",
        f"150 questions, 8 ratings each, 30 panelists, mean of {n_worlds} simulated panels",
        "hostile panelists of 30",
        "share of the true first ten that is found",
        (-0.5, 10.5),
        (0, 1),
    )
    for (words, shares), colour in zip(found.items(), (ORANGE, GREEN, BLUE), strict=True):
        plot.line(counts, shares, colour)
        plot.points(counts, shares, colour)
        plot.key(words, colour, at_start=True)
    return plot.text(counts, (0, 0.2, 0.4, 0.6, 0.8, 1))


def pairs_plot(n_worlds: int) -> str:
    counts = (0, 100, 200, 400, 800)
    found = np.zeros((n_worlds, len(counts)))
    for n in range(n_worlds):
        world = simulate(n_questions=150, n_panelists=30, n_each=3, seed=400 + n)
        draws = robust(world).draws
        chance = top_k_probability(draws, group=np.zeros(150, dtype=np.int64), k=np.array([K]))
        shortlist = np.argsort(-chance)[:30]
        for column, n_pairs in enumerate(counts):
            found[n, column] = recall(_after_pairs(world, draws, shortlist, n_pairs, seed=n), world.value)
    shares = found.mean(axis=0)
    plot = Plot(
        "Comparing pairs settles the shortlist",
        f"150 questions with 3 ratings each, then random pairs of the 30 most likely; mean of {n_worlds} panels",
        "comparisons",
        "share of the true first ten that is found",
        (-20, 820),
        (0, 1),
    )
    plot.line(counts, shares, BLUE)
    plot.points(counts, shares, BLUE)
    return plot.text(counts, (0, 0.2, 0.4, 0.6, 0.8, 1))


def _after_pairs(world: World, draws: np.ndarray, shortlist: np.ndarray, n_pairs: int, *, seed: int) -> np.ndarray:
    """Means after comparisons by panelists who see a difference with noise of their own."""
    random = np.random.default_rng(1_000 + seed)
    pairs = np.array([random.choice(shortlist, 2, replace=False) for _ in range(n_pairs)], dtype=np.int64).reshape(
        -1, 2
    )
    seen = world.value[pairs] + random.normal(0, 0.5, pairs.shape)
    comparisons = Comparisons(pairs[:, 0], pairs[:, 1], (seen[:, 0] > seen[:, 1]).astype(float))
    group = np.zeros(len(world.value), dtype=np.int64)
    return join_evidence(rating_draws=draws, group=group, comparisons=comparisons, ballots=None, seed=seed).mean


PLOTS = {
    "severity": severity_plot,
    "bands": bands_plot,
    "few-ratings": few_ratings_plot,
    "chances": chance_plot,
    "hostile": hostile_plot,
    "pairs": pairs_plot,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=6, help="simulated panels per point")
    parser.add_argument("--only", choices=PLOTS, help="draw only this one")
    asked = parser.parse_args()
    for name in [asked.only] if asked.only else PLOTS:
        (FOLDER / f"methods-{name}.svg").write_text(PLOTS[name](asked.worlds), encoding="utf-8")
        print(f"docs/img/methods-{name}.svg")


if __name__ == "__main__":
    main()
