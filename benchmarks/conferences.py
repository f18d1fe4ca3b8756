"""Simulated candidates for a conference, and public pools of volunteers with quotas, as problems of selection."""

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ml.decision.selection_problem import Quota, SelectionProblem

POOLS = Path(__file__).resolve().parents[2] / "shared" / "data" / "E_selection"


def conference(
    seed: int, *, size: int = 500, seats: int = 60, merit_scale: float = 100, quota_price: int | None = None
) -> SelectionProblem:
    """METHODS.md 3a: $1,750 a seat, twelve quotas, two people an institution, ten of 60 a country.

    Larger conferences have more institutions, and quotas and caps in proportion to the seats.
    """
    random = np.random.default_rng(seed)
    region = random.choice(8, size, p=[0.25, 0.25, 0.18, 0.06, 0.05, 0.14, 0.04, 0.03])
    country = random.integers(0, 45, size)
    theme = np.array([random.random(4) < 0.35 for _ in range(size)])
    stage = random.choice(3, size, p=[0.2, 0.35, 0.45])
    gender = random.choice(3, size, p=[0.28, 0.68, 0.04])
    institution = random.integers(0, 180 * size // 500, size)
    theme[np.arange(size), random.integers(0, 4, size)] = True
    fare = np.array([600, 1900, 2300, 2700, 2500, 1100, 1700, 2400])[region]
    dollars = (fare * (1 + 0.3 * random.random(size))).round()
    merit = np.clip(random.normal(60, 12, size) + 4 * (stage == 2), 0, 100).round(2)
    wanted = _conference_quotas(region, theme, stage, gender)
    caps = [(f"institution {one}", institution == one, 0, 2) for one in np.unique(institution)]
    caps += [(f"country {one}", country == one, 0, 10 * seats // 60) for one in np.unique(country)]
    quotas = [Quota("all seats", np.ones(size, dtype=bool), seats, seats)]
    quotas += [Quota(*row[:2], row[2] * seats // 60, row[3] * seats // 60, price=quota_price) for row in wanted]
    quotas += [Quota(*cap) for cap in caps if cap[1].sum() > cap[3]]
    return SelectionProblem(
        merit=np.round(merit * merit_scale).astype(np.int64),
        cost_cents=(dollars * 100).astype(np.int64),
        seats=seats,
        budget_cents=175_000 * seats,
        quotas=tuple(quotas),
        coverage_value=np.zeros(0, dtype=np.int64),
        covers=np.zeros((size, 0), dtype=bool),
        always=np.zeros(size, dtype=bool),
        never=np.zeros(size, dtype=bool),
        tie_rank=np.random.default_rng(9).permutation(size),
    )


def _conference_quotas(region, theme, stage, gender) -> list[tuple]:
    """Name, members, minimum, maximum of 60."""
    return [
        *((f"theme {index}", theme[:, index], 16, 60) for index in range(4)),
        ("China", region == 0, 0, 15),
        ("Europe", region == 1, 6, 18),
        ("Latin America", region == 3, 3, 60),
        ("Africa", region == 4, 3, 60),
        ("Middle East and Oceania", region >= 6, 3, 60),
        ("early career", stage == 0, 12, 60),
        ("mid career", stage == 1, 15, 60),
        ("women", gender == 0, 20, 60),
    ]


def impossible(problem: SelectionProblem) -> SelectionProblem:
    """METHODS.md 3c: 20 from Africa and 45 women of 60 seats, without the caps on institutions and countries."""
    asked = {"Africa": 20, "women": 45}
    kept = [quota for quota in problem.quotas if not quota.name.startswith(("institution", "country"))]
    return replace(
        problem, quotas=tuple(replace(quota, minimum=asked.get(quota.name, quota.minimum)) for quota in kept)
    )


def with_questions(problem: SelectionProblem, *, n_questions: int = 240, seed: int = 1) -> SelectionProblem:
    """One to five of the candidates wrote each question, which has a chance to be among the first."""
    random = np.random.default_rng(seed)
    chance = random.beta(0.4, 1.2, n_questions)
    covers = np.zeros((problem.n_candidates, n_questions), dtype=bool)
    for question in range(n_questions):
        covers[random.integers(0, problem.n_candidates, random.integers(1, 6)), question] = True
    shares = np.sort(covers * chance / covers.sum(axis=0), axis=1)[:, -3:]
    return replace(
        problem,
        merit=np.rint(100 * shares.sum(axis=1)).astype(np.int64),
        covers=covers,
        coverage_value=np.rint(100 * chance).astype(np.int64),
    )


@dataclass(frozen=True)
class Pool:
    """A published pool of volunteers: where it lies, its columns of features, and the people wanted."""

    name: str
    people: str
    features: str
    columns: tuple[str, str]
    n_wanted: int


SORTITION = Pool(
    "sortition-algorithms, 150 fake people",
    "sortition_algorithms/candidates.csv",
    "sortition_algorithms/features.csv",
    ("feature", "value"),
    22,
)
EXAMPLE_SMALL = Pool(
    "citizensassemblies example_small_20",
    "citizensassemblies/example_small_20/respondents.csv",
    "citizensassemblies/example_small_20/categories.csv",
    ("category", "feature"),
    20,
)


def pool_problem(pool: Pool, *, seed: int = 0, equal_merit: bool = False) -> SelectionProblem:
    """Everybody costs one cent and all seats are filled; merit from 0 to 100 is ours, the pools have none."""
    people, features = _rows(POOLS / pool.people), _rows(POOLS / pool.features)
    size, random = len(people), np.random.default_rng(seed)
    category, value = pool.columns
    quotas = [Quota("all seats", np.ones(size, dtype=bool), pool.n_wanted, pool.n_wanted)]
    for row in features:
        members = np.array([person[row[category]] == row[value] for person in people])
        quotas.append(Quota(f"{row[category]}: {row[value]}", members, int(row["min"]), int(row["max"])))
    return SelectionProblem(
        merit=np.ones(size, dtype=np.int64) if equal_merit else random.integers(0, 101, size),
        cost_cents=np.ones(size, dtype=np.int64),
        seats=pool.n_wanted,
        budget_cents=size,
        quotas=tuple(quotas),
        coverage_value=np.zeros(0, dtype=np.int64),
        covers=np.zeros((size, 0), dtype=bool),
        always=np.zeros(size, dtype=bool),
        never=np.zeros(size, dtype=bool),
        tie_rank=random.permutation(size),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
