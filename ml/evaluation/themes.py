"""Theme suggestions, and finding a sentence by its translation."""

from collections.abc import Iterator

import numpy as np

from ml.evaluation.data import Data, Figure
from ml.language.embedding import BUNDLED_NAME
from ml.language.themes import suggest_themes

SEED = 1
N_EXAMPLES = 7
N_DRAWS = 10
# The themes that the labels of the space questions name, in a sentence each.
THEMES = {
    "Unexplored Space": "Places nobody has measured well: planetary interiors, small bodies, the Moon, the Sun and the "
    "edge of the solar system, and missions that explore them.",
    "Signatures of Extra-terrestrial Life": "Traces of past or present life beyond Earth, habitable worlds, and how to "
    "recognise life without error.",
    "Nature of the Universe": "Matter, gravity, light, time, black holes and the history of the cosmos.",
    "Extra-terrestrial Station": "People living and working on the Moon, Mars and in orbit: stations, power, shelter, "
    "health and travel.",
}


def measure_themes(data: Data) -> Iterator[Figure]:
    """Share of questions whose theme is the most probable one, from descriptions alone and with examples."""
    rows = [row for row in data.rows("space_questions.csv") if row["theme_guess"] in THEMES]
    names = list(THEMES)
    truth = np.array([names.index(row["theme_guess"]) for row in rows])
    vectors = data.vectors([row["question"] for row in rows])
    descriptions = data.vectors([f"{name}. {text}" for name, text in THEMES.items()])
    none, no_theme = vectors[:0], truth[:0]
    found = suggest_themes(vectors, descriptions=descriptions, examples=none, example_themes=no_theme, margin=0.0)
    remark = f"{len(rows)} questions; the labels of the lay ones are a keyword rule"
    yield Figure("themes", "space questions", "accuracy, no example", float(np.mean(found.theme == truth)), remark)
    random, shares = np.random.default_rng(SEED), []
    for _ in range(N_DRAWS):
        drawn = [
            random.choice(np.flatnonzero(truth == theme), N_EXAMPLES, replace=False) for theme in range(len(names))
        ]
        shown = np.concatenate(drawn)
        rest = np.setdiff1d(np.arange(len(rows)), shown)
        found = suggest_themes(
            vectors[rest], descriptions=descriptions, examples=vectors[shown], example_themes=truth[shown], margin=0.0
        )
        shares.append(np.mean(found.theme == truth[rest]))
    yield Figure(
        "themes", "space questions", "accuracy, 7 examples", float(np.mean(shares)), f"mean of {N_DRAWS} draws"
    )


def measure_translations(data: Data) -> Iterator[Figure]:
    """Share of sentences whose nearest translation is their own, by language; only of a multilingual model."""
    part, name, what = "translations", "Tatoeba", "found by their translation"
    if data.encoder.name == BUNDLED_NAME:
        yield Figure(part, name, what, None, "not applicable: the bundled model reads English")
        return
    rows = data.rows("C_multilingual/tatoeba_pairs.csv")
    for language in sorted({row["lang"] for row in rows}):
        some = [row for row in rows if row["lang"] == language]
        english, other = (data.vectors([row[side] for row in some]) for side in ("english", "translation"))
        nearest = np.argmax(other @ english.T, axis=1)
        yield Figure(part, f"{name} {language}", what, float(np.mean(nearest == np.arange(len(some)))))
