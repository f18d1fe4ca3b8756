"""Every assignment of a small panel, looked at one by one, and panels to try."""

from collections import Counter
from itertools import combinations, product

import numpy as np
from hypothesis import strategies as st

from ml.decision.assignment import Caps


def assignments(demand, min_load, max_load, forbidden, pinned, caps):
    """Every assignment there is, as a mask."""
    n_questions, n_panelists = forbidden.shape
    for team in product(*(combinations(range(n_panelists), seats) for seats in demand)):
        chosen = np.zeros(forbidden.shape, dtype=bool)
        for question, panelists in enumerate(team):
            chosen[question, list(panelists)] = True
        load = chosen.sum(axis=0)
        kept = (min_load <= load).all() and (load <= max_load).all()
        if kept and not (chosen & forbidden).any() and not (pinned & ~chosen).any() and within(caps, chosen, pinned):
            yield chosen


def within(caps, chosen, pinned):
    """Whether no group gives more than its cap, or more than was pinned where that is beyond it."""
    given, fixed, limits = Counter(), Counter(), {}
    for question, panelist in zip(*np.nonzero(chosen), strict=True) if caps else ():
        for group, most in groups_of(caps, question, panelist):
            limits[group] = most
            given[group] += 1
            fixed[group] += int(pinned[question, panelist])
    return all(count <= max(limits[group], fixed[group]) for group, count in given.items())


def groups_of(caps, question, panelist):
    """The groups a pair counts for, each with its cap."""
    side = bool(caps.home[question, panelist]) if caps.most_home is not None else None
    region = caps.region[panelist] if caps.most_per_region is not None else None
    if side:
        yield ("home", question), caps.most_home[question]
    if caps.most_per_region is not None:
        yield ("region", question, side, region), caps.most_per_region
    if caps.most_per_institution is not None:
        institution = caps.institution[panelist]
        yield ("institution", question, side, region, institution), caps.most_per_institution


def best_of(affinity, floor, pinned, **limits):
    """Floor and total of the best assignment by looking at each, or None. The floor is -inf where not asked for."""
    values = [
        (affinity[chosen & ~pinned].min(initial=np.inf) if floor else -np.inf, affinity[chosen].sum())
        for chosen in assignments(pinned=pinned, **limits)
    ]
    if not values:
        return None
    highest = max(lowest for lowest, _ in values)
    return highest, max(total for lowest, total in values if lowest == highest)


@st.composite
def panels(draw):
    n_questions, n_panelists = draw(st.integers(1, 4)), draw(st.integers(1, 4))

    def table(element):
        cells = draw(st.lists(element, min_size=n_questions * n_panelists, max_size=n_questions * n_panelists))
        return np.array(cells).reshape(n_questions, n_panelists)

    def column(size, highest):
        return np.array(draw(st.lists(st.integers(0, highest), min_size=size, max_size=size)), dtype=int)

    forbidden = table(st.integers(0, 4)) == 0
    min_load = column(n_panelists, 2)
    return {
        "affinity": table(st.integers(-20, 100)) / 7.0,
        "demand": column(n_questions, min(3, n_panelists)),
        "min_load": min_load,
        "max_load": min_load + column(n_panelists, 3),
        "forbidden": forbidden,
        "pinned": (table(st.integers(0, 9)) == 0) & ~forbidden,
        "caps": Caps(
            home=table(st.booleans()),
            region=column(n_panelists, 1),
            institution=column(n_panelists, 1),
            most_home=column(n_questions, 3) if draw(st.booleans()) else None,
            most_per_region=draw(st.none() | st.integers(0, 2)),
            most_per_institution=draw(st.none() | st.integers(0, 2)),
        ),
        "floor": draw(st.booleans()),
    }


def is_overpinned(panel):
    too_many = panel["pinned"].sum(axis=1) > panel["demand"]
    return too_many.any() or (panel["pinned"].sum(axis=0) > panel["max_load"]).any()


def large_panel(seed, *, with_caps):
    """400 questions of four fields, popular panelists, loads that bind."""
    random = np.random.default_rng(seed)
    n_questions, n_panelists = 400, 40
    affinity = random.normal(size=(n_questions, n_panelists)) + 0.5 * random.normal(size=n_panelists)
    institution = random.integers(0, 15, n_panelists)
    caps = Caps(
        home=(np.arange(n_questions) % 4)[:, None] == np.arange(n_panelists) % 4,
        region=institution // 3,
        institution=institution,
        most_home=np.full(n_questions, 1),
        most_per_region=1,
        most_per_institution=1,
    )
    pinned = random.random((n_questions, n_panelists)) < 0.01
    return {
        # Whole numbers: scaled to a millionth of the largest they stay in their order, ties and sums included.
        "affinity": np.round(affinity * 1000),
        "demand": np.maximum(random.integers(2, 4, n_questions), pinned.sum(axis=1)),
        "min_load": np.full(n_panelists, 15),
        "max_load": np.full(n_panelists, 40),
        "forbidden": (random.random((n_questions, n_panelists)) < 0.05) & ~pinned,
        "pinned": pinned,
        "caps": caps if with_caps else None,
    }
