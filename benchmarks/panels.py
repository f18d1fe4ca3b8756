"""Panels in worlds whose truth is known: flat and staged designs, pairs, hostile and colluding members, times.

Beside each figure stands METHODS.md's; section 6 of it names the targets. Who rates is the product's
``assign_panelists`` in the staged designs, and METHODS.md's rule (least covered first, home theme rather) in the flat
ones, so that those meet the same worlds.
"""

from collections.abc import Callable

import click
import numpy as np
from scipy.stats import kendalltau
from threadpoolctl import threadpool_limits

from benchmarks.panel_designs import (
    ESTIMATES,
    PAIR_RULES,
    Endgame,
    coverage,
    crossed,
    deal_flat,
    deal_stages,
    mean_values,
    recall_by_votes,
    robust,
    z_values,
)
from benchmarks.panel_times import print_target, print_times
from benchmarks.worlds import N_THEMES, Floats, LivePanel, Panel, collude, flat_panel
from ml.decision.health import co_deviation, effects_without, leave_one_out_correlation
from ml.decision.scoring import draw_question_values

FLAT = {
    "A: 2,000 questions, 2.4 ratings each": dict(),
    "B: 400 questions, 12 ratings each": dict(n_questions=400),
    "C: A with 6 of 60 hostile": dict(n_hostile=6),
    "D: B with 6 of 60 hostile": dict(n_questions=400, n_hostile=6),
}
# Kendall's tau and recall@10 of METHODS.md 1b in A, B, C, D.
FLAT_PUBLISHED = {
    "mean": ((0.596, 0.27), (0.826, 0.79), (0.411, 0.19), (0.707, 0.50)),
    "z-score": ((0.699, 0.42), (0.858, 0.82), (0.592, 0.38), (0.804, 0.66)),
    "M0": ((0.682, 0.38), (0.849, 0.80), (0.518, 0.33), (0.740, 0.53)),
    "M1": ((0.705, 0.41), (0.866, 0.82), (0.678, 0.37), (0.859, 0.81)),
}
# True first ten kept and targets lifted, M0 then M1, by the wish for home and the number of colluders (METHODS.md 1h).
HOME_WISHES = {1.5: "81 %", 0.4: "51 %", 0.0: "25 %"}
COLLUDERS = {
    (1.5, 6): ("1.8/1.0", "5.0/0.2"),
    (0.4, 6): ("4.5/0.2", "6.7/0.0"),
    (0.0, 6): ("7.0/0.0", "7.8/0.0"),
    (1.5, 9): ("0.2/4.2", "0.2/5.3"),
    (0.4, 9): ("2.7/0.7", "5.0/0.0"),
    (0.0, 9): ("6.3/0.0", "7.5/0.0"),
}
MARKS = (250, 500, 750, 1000, 1500, 2000, 3000)
PAIR_RECALL = {
    "random": (0.42, 0.53, 0.55, 0.63, None, 0.73, 0.78),
    "Swiss": (0.47, 0.65, 0.72, 0.78, None, 0.84, 0.89),
    "mix (ours)": (0.54, 0.72, 0.78, 0.85, None, 0.87, 0.88),
}
PAIR_GOAL = 0.78


def flat(n: int) -> None:
    """Flat designs: tau and recall@10 per theme, and coverage of 90 % intervals."""
    for scenario, (title, world) in enumerate(FLAT.items()):
        print(f"\n{title}{'':8}tau (METHODS)   recall@10 (METHODS)")
        panels = [flat_panel(seed, **world) for seed in range(n)]
        taus = {}
        for name, estimate in ESTIMATES.items():
            values = [estimate(panel, seed) for seed, panel in enumerate(panels)]
            taus[name] = np.mean([_tau(panel, value) for panel, value in zip(panels, values, strict=True)])
            recall = [panel.recall(value) for panel, value in zip(panels, values, strict=True)]
            tau, share = FLAT_PUBLISHED[name][scenario]
            print(f"  {name:12}{taus[name]:.3f} ({tau:.3f})   {_mean(recall)} ({share:.2f})")
        if title.startswith("B"):
            print_target("tau at least the z-score's", taus["M1"] >= taus["z-score"], f"{taus['M1']:.3f}")
            print_target("tau >= .866", taus["M1"] >= 0.866, f"{taus['M1']:.4f}", moonshot=True)


def intervals(n: int) -> None:
    """Coverage of 90 % intervals in every scenario."""
    print("\nCoverage of 90 % intervals (METHODS: M0 .90/.90, M1 .91/.89 in A/B)")
    found: list[float] = []
    for title, world in FLAT.items():
        rows = [_coverages(flat_panel(seed, **world), seed) for seed in range(n)]
        means = np.mean(rows, axis=0)
        found += [means[1]]
        print(f"  {title:40}M0 {means[0]:.3f}   M1 {means[1]:.3f}")
    figures = ", ".join(f"{value:.3f}" for value in found)
    print_target("M1 covers 85-95 % everywhere", all(0.85 <= value <= 0.95 for value in found), figures)
    print_target("M1 covers 88-92 % everywhere", all(0.88 <= value <= 0.92 for value in found), figures, moonshot=True)


def _coverages(panel: Panel, seed: int) -> tuple[float, float]:
    fit, sampled = crossed(panel), robust(panel, seed)
    draws = draw_question_values(fit, n_draws=2000, seed=seed)
    return (
        coverage(panel, fit.mean + fit.question_effect, draws),
        coverage(panel, sampled.mean + sampled.question_effect, sampled.draws),
    )


def stages(n: int) -> None:
    """Staged designs and pairs at the same effort, recall@10 per theme of 2,000 questions."""
    rows: dict[str, list[float]] = {}
    for seed in range(n):
        for name, recall in {**_flat_recalls(seed), **_staged_recalls(seed)}.items():
            rows.setdefault(name, []).append(recall)
    published = dict(
        zip(rows, (".331", "~.42", ".412", ".469", ".544", ".694", ".713", ".725", ".756", "", ".825"), strict=True)
    )
    print(f"\n2,000 questions, recall@10{'':28}ours   (METHODS)")
    for name, recalls in rows.items():
        print(f"  {name:48}{_mean(recalls)}   ({published[name]})")
    best = max(np.mean(rows[name]) for name in rows if name.startswith("staged, "))
    print_target("staged scoring >= .65", best >= 0.65, f"{best:.3f}")
    pairs = np.mean(rows["3,400 ratings, then 1,400 votes, M1"])
    print_target("ratings and pairs at equal effort >= .75", pairs >= 0.75, f"{pairs:.3f}", moonshot=True)


def _flat_recalls(seed: int) -> dict[str, float]:
    live = LivePanel(seed)
    deal_flat(live, 4800)
    panel = live.ratings()
    found = {
        "flat, 4,800, mean": panel.recall(mean_values(panel)),
        "flat, 4,800, z-score": panel.recall(z_values(panel)),
        "flat, 4,800, M0": panel.recall(crossed(panel).question_effect),
        "flat, 4,800, M1": panel.recall(robust(panel, seed).question_effect),
    }
    for n_ratings in (9_600, 19_200):
        live = LivePanel(seed)
        deal_flat(live, n_ratings)
        panel = live.ratings()
        found[f"flat, {n_ratings:,}, M0"] = panel.recall(crossed(panel).question_effect)
    return found


def _staged_recalls(seed: int) -> dict[str, float]:
    live = LivePanel(seed)
    deal_stages(live, 4800)
    panel = live.ratings()
    found = {
        "staged, 4,800, M0": panel.recall(crossed(panel).question_effect),
        "staged, 4,800, M1": panel.recall(robust(panel, seed).question_effect),
    }
    live = LivePanel(seed)
    deal_stages(live, 4800, third=False)
    panel, fit = live.ratings(), crossed(live.ratings())
    draws = draw_question_values(fit, n_draws=3000, seed=seed)
    sampled = robust(panel, seed)
    found["3,400 ratings, then 1,400 votes, M0"] = panel.recall(
        Endgame(live, fit.mean + fit.question_effect, draws).play(1400)
    )
    endgame = Endgame(live, sampled.mean + sampled.question_effect, sampled.draws)
    found["3,400 ratings, then 1,400 votes, M1"] = panel.recall(endgame.play(1400))
    found["3,400 ratings, then 5,600 votes, M1"] = panel.recall(endgame.play(5600))
    return found


def hostile(n: int) -> None:
    """Twelve blunt hostile members of sixty, and what the leave-one-out correlation finds."""
    rows = []
    for seed in range(n):
        panel = flat_panel(seed, n_questions=400, n_hostile=12)
        honest = panel.without(np.arange(12))
        design, fit = panel.design(), crossed(panel)
        effects = effects_without(**design, fit=fit)
        ratings = {name: design[name] for name in ("question", "panelist", "rating")}
        flagged = np.flatnonzero(leave_one_out_correlation(**ratings, effects=effects).is_out_of_step)
        rows.append((
            panel.recall(mean_values(panel)), panel.recall(z_values(panel)), panel.recall(fit.question_effect),
            panel.recall(robust(panel, seed).question_effect), honest.recall(crossed(honest).question_effect),
            np.sum(flagged < 12), np.sum(flagged >= 12),
        ))  # fmt: skip
    mean, z, m0, m1, oracle, true, false = np.mean(rows, axis=0)
    print("\n12 of 60 hostile, 400 questions, recall@10 (METHODS: M0 .22, M1 .80, oracle .78)")
    print(f"  mean {mean:.3f}   z-score {z:.3f}   M0 {m0:.3f}   M1 {m1:.3f}   M0 of the honest alone {oracle:.3f}")
    print(f"  out of step: {true:.1f} of 12, false {false:.1f} (METHODS: 12 of 12, false 0)")
    print_target("M1 recall >= .75", m1 >= 0.75, f"{m1:.3f}")
    print_target("M1 within .02 of the panel without them", m1 >= oracle - 0.02, f"{m1 - oracle:+.3f}", moonshot=True)


def colluders(n: int) -> None:
    """Subtle colluders of theme 0 by share of home ratings: true first ten kept / targets lifted, and alarms."""
    print(f"\nColluders among 15 home experts: kept/lifted of ten{'':11}M0 (METHODS)        M1 (METHODS)        alarms")
    kept = {}
    for (wish, count), published in COLLUDERS.items():
        rows, alarms, share = _collusion(n, wish, count)
        m0, m1 = rows.mean(axis=0)
        kept[wish, count] = m1[0]
        print(
            f"  {count} at home share {share:.0%} (METHODS {HOME_WISHES[wish]}){'':14}{m0[0]:.1f}/{m0[1]:.1f}"
            f" ({published[0]})   {m1[0]:.1f}/{m1[1]:.1f} ({published[1]})   {alarms}"
        )
    print_target("6 colluders, half outside: kept >= 6", kept[0.4, 6] >= 6, f"{kept[0.4, 6]:.1f}")
    print_target("6 colluders, 25 % home: kept >= 7.5", kept[0.0, 6] >= 7.5, f"{kept[0.0, 6]:.1f}", moonshot=True)


def _collusion(n: int, wish: float, count: int) -> tuple[Floats, str, float]:
    rows, alarms, shares = [], [], []
    for seed in range(n):
        panel, guilty = collude(flat_panel(seed, n_questions=400, home_wish=wish), count)
        top, targets = panel.top_and_targets()
        fit = crossed(panel)
        values = (fit.question_effect, robust(panel, seed).question_effect)
        rows.append([(panel.kept(value, top), panel.kept(value, targets)) for value in values])
        found = co_deviation(question=panel.question, panelist=panel.panelist, rating=panel.rating, fit=fit)
        for above in (3.5, 5.0):
            flagged = found.alarms(above)
            alarms.append((np.isin(flagged, guilty).sum(), (~np.isin(flagged, guilty)).sum()))
        shares.append(panel.home_share)
    counts = np.array(alarms, dtype=float).reshape(n, 2, 2).mean(axis=0)
    words = ", ".join(
        f"z>{above}: {true:.1f} true {false:.1f} false" for above, (true, false) in zip((3.5, 5), counts, strict=True)
    )
    return np.array(rows), words, float(np.mean(shares))


def pairs(n: int) -> None:
    """Votes that each pair rule needs to find the first ten of 100 with recall .78; twice the replications."""
    print("\nPairs of 100 questions, recall@10 at so many votes (METHODS in brackets)")
    print("  " + " " * 12 + "".join(f"{mark:>13,}" for mark in MARKS))
    needed = {}
    for name, rule in PAIR_RULES.items():
        recalls = np.mean([recall_by_votes(rule, seed, MARKS) for seed in range(2 * n)], axis=0)
        cells = zip(recalls, PAIR_RECALL[name], strict=True)
        print(f"  {name:12}" + "".join(f"{r:>7.2f} ({'-' if p is None else format(p, '.2f')})" for r, p in cells))
        needed[name] = next((mark for mark, r in zip(MARKS, recalls, strict=True) if r >= PAIR_GOAL), MARKS[-1] + 1)
    ours = needed["mix (ours)"]
    print("  first of these marks with .78: " + ", ".join(f"{name} {count:,}" for name, count in needed.items()))
    print_target("recall .78 in <= 1,000 votes", ours <= 1000, f"{ours:,}")
    print_target("recall .78 in <= 750 votes", ours <= 750, f"{ours:,}", moonshot=True)


def times(n: int) -> None:
    """CPU seconds and peak memory, each in a process of its own; replications do not matter."""
    print_times()


def _tau(panel: Panel, value: Floats) -> float:
    themes = (panel.theme == theme for theme in range(N_THEMES))
    return float(np.mean([kendalltau(value[members], panel.truth[members])[0] for members in themes]))


def _mean(values: list[float]) -> str:
    return f"{np.mean(values):.3f} ± {np.std(values) / np.sqrt(len(values)):.3f}"


PARTS: dict[str, Callable[[int], None]] = {
    part.__name__: part for part in (flat, intervals, stages, hostile, colluders, pairs, times)
}


@click.command()
@click.option("--replications", default=6, show_default=True, type=click.IntRange(min=1))
@click.option("--only", type=click.Choice(list(PARTS)), multiple=True, help="Run this part alone; may be repeated.")
def main(replications: int, only: tuple[str, ...]) -> None:
    """Print each table beside METHODS.md's, and whether its targets are reached."""
    with threadpool_limits(limits=1):
        for name in only or PARTS:
            PARTS[name](replications)


if __name__ == "__main__":
    main()
