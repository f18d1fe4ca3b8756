"""Small published data sets with their published answers."""

import numpy as np

from ml.decision.ballots import Ballots
from ml.decision.comparisons import Comparisons

# American League, 1987: games that the row's team won against the column's. Agresti (2002), Categorical data analysis,
# table 10.10; the coefficients are those of the R package BradleyTerry2 (Turner & Firth 2012, J. Stat. Softw. 48(9)).
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
BASEBALL_WINS = (
    (0, 7, 9, 7, 7, 9, 11),
    (6, 0, 7, 5, 11, 9, 9),
    (4, 6, 0, 7, 7, 8, 12),
    (6, 8, 6, 0, 6, 7, 10),
    (6, 2, 6, 7, 0, 7, 12),
    (4, 4, 5, 6, 6, 0, 6),
    (2, 4, 1, 3, 1, 7, 0),
)
BASEBALL_COEFFICIENTS = (1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0.0)
BASEBALL_LOG_LIKELIHOOD = -172.248

# The toy of the vignette of the R package PlackettLuce (Turner et al. 2020, Comput. Stat. 35), section 2.3.
TOY_ORDERINGS = ("A>B", "C>A", "B>A", "B>C")
TOY_COEFFICIENTS = (0.0, 0.8392, 0.4196)

# The capital of Tennessee, an example of many textbooks (https://en.wikipedia.org/wiki/Borda_count).
TENNESSEE = (
    ("Memphis>Nashville>Chattanooga>Knoxville", 42),
    ("Nashville>Chattanooga>Knoxville>Memphis", 26),
    ("Chattanooga>Knoxville>Nashville>Memphis", 15),
    ("Knoxville>Chattanooga>Nashville>Memphis", 17),
)
CITIES = ("Memphis", "Nashville", "Chattanooga", "Knoxville")
TENNESSEE_BORDA = (126, 194, 173, 107)
TENNESSEE_AGREEMENTS = 393


def baseball_comparisons(wins=BASEBALL_WINS):
    wins = np.array(wins)
    first, second = np.nonzero(wins)
    n_games = wins[first, second]
    return Comparisons(np.repeat(first, n_games), np.repeat(second, n_games), np.ones(n_games.sum()))


def ballots_from(orderings, names):
    """Ballots from texts such as "A>B=C": later ones are below, equal ones are tied."""
    rows = []
    for ballot, ordering in enumerate(orderings):
        for place, tied in enumerate(ordering.split(">"), start=1):
            rows += [(ballot, names.index(name), place) for name in tied.split("=")]
    return Ballots(*np.array(rows, dtype=np.int64).reshape(-1, 3).T)


def tennessee_ballots(counted=TENNESSEE):
    return ballots_from([ordering for ordering, n in counted for _ in range(n)], CITIES)
