"""Duplicates: how well pairs are ranked, and how far their probabilities are off, on pairs that people labelled."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from ml.evaluation.data import Data, Figure, folded
from ml.language.duplicates import nearest_pairs
from ml.language.lexical import TermWeights
from ml.language.pair_curve import Calibration
from ml.language.pair_features import PairTexts
from ml.language.pair_scores import Scorer, Verdicts, calibration_error, fit_form, shipped_scorer

PART = "duplicates"
FORMS = ("cosine", "features", "trees")
N_FOLDS, SEED = 5, 1
LEAST_COSINE = 0.5
# The shipped curves were fitted to some of these pairs: forms are compared from a curve that knows none of them.
KNOWING_NOTHING = Scorer("shipped", Calibration(12.0, -8.0), Calibration(12.0, -8.0))


@dataclass(frozen=True, eq=False)
class Labelled:
    """Labelled pairs; ``components`` (n, 2): texts of one component are never in two folds."""

    name: str
    verdicts: Verdicts
    components: NDArray[np.int64]


def measure_duplicates(data: Data) -> Iterator[Figure]:
    """Average precision and calibration error: shipped, and by cross-validation over connected components."""
    from sklearn.metrics import average_precision_score

    for labelled in (*_stack_exchange(data), _space(data), _paraphrases(data)):
        same = labelled.verdicts.same
        yield Figure(PART, labelled.name, "pairs", len(same), f"{same.sum()} the same")
        shipped = shipped_scorer().probability(labelled.verdicts.features)
        for form, chance in {"shipped": shipped, **{form: _foretold(labelled, form) for form in FORMS}}.items():
            yield Figure(PART, labelled.name, f"average precision, {form}", average_precision_score(same, chance))
            yield Figure(PART, labelled.name, f"calibration error, {form}", calibration_error(chance, same))
    yield _word_order(labelled)


def top_pairs(data: Data, *, n: int) -> Iterator[str]:
    """The most probable pairs of the space questions as the shipped curves see them, for a person to read."""
    rows = data.rows("space_questions.csv")
    texts = [_text(row["question"], row["background"]) for row in rows]
    is_bare = np.array([not row["background"] for row in rows])
    near = nearest_pairs(data.vectors(texts), threshold=LEAST_COSINE)
    features = _features(texts, near.left, near.right, near.cosine, is_bare)
    chance = shipped_scorer().probability(features)
    for number, at in enumerate(np.argsort(-chance, kind="stable")[:n], 1):
        one, other = rows[near.left[at]]["question"], rows[near.right[at]]["question"]
        yield f"{number:2} {chance[at]:.2f} {near.cosine[at]:.2f}  {one}\n              {other}"


def _stack_exchange(data: Data) -> Iterator[Labelled]:
    """Every near pair of questions, the same where one group of marked duplicates holds both."""
    rows = data.rows("B_duplicates/stackexchange_english_duplicates.csv")
    asked = {row[f"{q}_url"]: (row[f"{q}_title"], row[f"{q}_body"]) for row in rows for q in ("q1", "q2")}
    number = {url: at for at, url in enumerate(asked)}
    marked = [(number[row["q1_url"]], number[row["q2_url"]]) for row in rows if row["is_duplicate"] == "1"]
    component = _components(np.array(marked), len(asked))
    for name, with_body in (("Stack Exchange titles", False), ("Stack Exchange texts", True)):
        texts = [_text(title, body if with_body else "") for title, body in asked.values()]
        near = nearest_pairs(data.vectors(texts), threshold=LEAST_COSINE)
        are_bare = np.full(len(texts), not with_body)
        both = np.column_stack([component[near.left], component[near.right]])
        features = _features(texts, near.left, near.right, near.cosine, are_bare)
        yield Labelled(name, _verdicts(features, both[:, 0] == both[:, 1], both[:, 0]), both)


def _space(data: Data) -> Labelled:
    background = {row["question"]: row["background"] for row in data.rows("space_questions.csv")}
    rows = data.rows("B_duplicates/space_reddit_handlabelled.csv")
    pairs = [(row["question1"], row["question2"]) for row in rows]
    return _given(data, "space, hand-labelled", pairs, [row["is_duplicate"] == "1" for row in rows], background)


def _paraphrases(data: Data) -> Labelled:
    rows = [row for row in data.rows("B_duplicates/pawsx.csv") if row["lang"] == "en"]
    pairs = [(row["sentence1"], row["sentence2"]) for row in rows]
    return _given(data, "PAWS-X en", pairs, [row["is_paraphrase"] == "1" for row in rows], {})


def _given(
    data: Data, name: str, pairs: list[tuple[str, str]], same: list[bool], background: dict[str, str]
) -> Labelled:
    """Pairs as a data set gives them."""
    asked = list(dict.fromkeys(text for pair in pairs for text in pair))
    number = {text: at for at, text in enumerate(asked)}
    left, right = np.array([(number[one], number[other]) for one, other in pairs]).T
    component = _components(np.column_stack([left, right]), len(asked))
    texts = [_text(title, background.get(title, "")) for title in asked]
    vectors = data.vectors(texts)
    are_bare = np.array([not background.get(title) for title in asked])
    features = _features(texts, left, right, np.sum(vectors[left] * vectors[right], axis=1), are_bare)
    both = np.column_stack([component[left], component[right]])
    return Labelled(name, _verdicts(features, np.array(same), both[:, 0]), both)


def _foretold(labelled: Labelled, form: str) -> NDArray[np.float64]:
    """P(same) of each pair by a scorer fitted to pairs none of whose texts is in the pair's folds."""
    n = labelled.components.max() + 1
    fold = np.random.default_rng(SEED).integers(0, N_FOLDS, n)[labelled.components]
    chance = np.empty(len(fold))
    for number in range(N_FOLDS):
        touched = np.any(fold == number, axis=1)
        scorer = fit_form(form, labelled.verdicts.part(~touched), prior=KNOWING_NOTHING)
        chance[touched] = scorer.probability(labelled.verdicts.features[touched])
    return chance


def _word_order(labelled: Labelled) -> Figure:
    """PAWS-X pairs share their words and differ in the order of them."""
    cosine = labelled.verdicts.features[:, 0]
    same = labelled.verdicts.same
    remark = (
        f"pairs that mean the same have a median cosine of {np.median(cosine[same]):.3f}, those whose words were only "
        f"swapped one of {np.median(cosine[~same]):.3f}: the order of words hardly reaches the vector, so that who did "
        "what to whom is for a person to read"
    )
    return Figure(PART, labelled.name, "median cosine of pairs that differ", float(np.median(cosine[~same])), remark)


def _features(
    texts: list[str],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    cosine: NDArray[np.floating],
    are_bare: NDArray[np.bool_],
) -> NDArray[np.float64]:
    words = [folded(text) for text in texts]
    read = PairTexts.read(words, weights=TermWeights(words))
    return read.features(left, right, cosine=cosine, is_bare=are_bare[left] & are_bare[right])


def _verdicts(features: NDArray[np.float64], same: NDArray[np.bool_], group: NDArray[np.int64]) -> Verdicts:
    return Verdicts(features, same, np.ones(len(same)), group)


def _components(pairs: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _text(title: str, more: str) -> str:
    return f"{title}\n{more}".rstrip()
