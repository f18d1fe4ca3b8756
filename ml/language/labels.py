"""Names for topics: the words that set one topic apart from the others."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.language.words import FIRST_IDEOGRAPH, Term, base, terms

# Words that stand together name a topic better than each alone ("dark energy", not "energy").
FAVOUR = {1: 1.0, 2: 1.5, 3: 1.8}
# English words that end so are mostly said of a thing; a name is the thing.
DESCRIBING = ("ing", "ed", "ly", "able", "ible", "ical")
DISFAVOUR = 0.5
# A term must stand in two texts (of a topic that has three) and in a tenth of them, or it is a curiosity.
LEAST_TEXTS = 2
LEAST_SHARE = 0.1
# A term so much weaker than the best one says nothing that it does not.
LEAST_OF_BEST = 0.2
# Two words that share so many letters in a row are one idea (exoplanet, planetary).
LONG_STEM = 6


def topic_labels(
    texts: Sequence[str], labels: NDArray[np.int64], languages: Sequence[str], *, n_terms: int = 3
) -> tuple[tuple[str, ...], ...]:
    """The terms that name each topic, best first, spelt as they mostly are in its texts.

    Class-based TF-IDF: the share of a topic's texts that hold a term, times log(1 + n_topics / the sum of
    these shares over all topics). Terms are words and runs of two or three neighbouring words; runs count
    more, English words that only describe (expanding, detailed) less.

    texts, languages: one per row. labels: int, shape (n,), 0 .. n_topics - 1.
    Returns: one tuple of at most n_terms terms per topic; empty if its texts say nothing. Two topics have the
        same terms only where neither says anything that the other does not.
    Raises: ValueError if the lengths differ.
    Source: Grootendorst, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure",
        arXiv:2203.05794; here with texts counted instead of occurrences.
    """
    if not len(texts) == len(labels) == len(languages):
        raise ValueError("texts, labels and languages must have the same length")
    n_topics = int(labels.max(initial=-1)) + 1
    sizes = np.bincount(labels, minlength=n_topics).tolist()
    counts, spellings = _count_terms(texts, labels, languages, n_topics)
    weight = _weights(counts, sizes, is_english=all(base(each) == "en" for each in languages))
    everywhere = sum(counts, Counter())
    chosen = [_choose(counted, size, weight, everywhere, n_terms) for counted, size in zip(counts, sizes, strict=True)]
    named = _told_apart(chosen, counts, weight, n_terms)
    return tuple(tuple(_spelling(spellings[term]) for term in found) for found in named)


def _count_terms(
    texts: Sequence[str], labels: NDArray[np.int64], languages: Sequence[str], n_topics: int
) -> tuple[list[Counter[Term]], dict[Term, Counter[str]]]:
    """In how many texts of each topic a term stands, and how often it is spelt in which way."""
    counts: list[Counter[Term]] = [Counter() for _ in range(n_topics)]
    spellings: dict[Term, Counter[str]] = defaultdict(Counter)
    for text, topic, language in zip(texts, labels.tolist(), languages, strict=True):
        for term, spelling in terms(text, language).items():
            counts[topic][term] += 1
            spellings[term][spelling] += 1
    return counts, spellings


def _weights(counts: Sequence[Counter[Term]], sizes: Sequence[int], *, is_english: bool) -> dict[Term, float]:
    """What one text that holds the term adds to its score: rarity among the topics, times its form."""
    everywhere: Counter[Term] = Counter()
    for size, counted in zip(sizes, counts, strict=True):
        everywhere.update({term: count / size for term, count in counted.items()})
    return {
        term: math.log1p(len(counts) / share) * FAVOUR[len(term)] * (_form(term) if is_english else 1.0)
        for term, share in everywhere.items()
    }


def _form(term: Term) -> float:
    """A name ends in a thing: "expanding universe", not "universe expanding"."""
    return DISFAVOUR if term[-1].endswith(DESCRIBING) else 1.0


def _choose(
    counted: Counter[Term], size: int, weight: dict[Term, float], everywhere: Counter[Term], n_terms: int
) -> list[Term]:
    """The best terms of one topic, none of them repeating a better one."""
    scores = {term: counted[term] * weight[term] for term in _eligible(counted, size, everywhere)}
    chosen: list[Term] = []
    for term in sorted(scores, key=lambda each: (-scores[each], each)):
        if len(chosen) == n_terms or (chosen and scores[term] < LEAST_OF_BEST * scores[chosen[0]]):
            break
        if not any(_repeats(term, better) for better in chosen):
            chosen.append(term)
    return chosen


def _eligible(counted: Counter[Term], size: int, everywhere: Counter[Term]) -> list[Term]:
    """What several texts of the topic say; else what other topics know, too, which is no curiosity; else all."""
    least = max(LEAST_TEXTS, LEAST_SHARE * size)
    frequent = [term for term, count in counted.items() if count >= least]
    known = [term for term in counted if everywhere[term] >= LEAST_TEXTS]
    return frequent or known or list(counted)


def _told_apart(
    chosen: Sequence[list[Term]], counts: Sequence[Counter[Term]], weight: dict[Term, float], n_terms: int
) -> list[list[Term]]:
    """The terms of each topic; the last place of those with one name goes to the best term that the others lack."""
    namesakes: dict[frozenset[Term], list[int]] = defaultdict(list)
    for topic, found in enumerate(chosen):
        namesakes[frozenset(found)].append(topic)
    named = [list(found) for found in chosen]
    for alike in (topics for topics in namesakes.values() if len(topics) > 1):
        for topic in alike:
            others = set().union(*(counts[other] for other in alike if other != topic))
            kept = named[topic][: n_terms - 1]
            scores = {
                term: count * weight[term]
                for term, count in counts[topic].items()
                if term not in others
                and (len(term) == 1 or count >= LEAST_TEXTS)
                and not any(_repeats(term, better) for better in kept)
            }
            if scores:
                named[topic] = [*kept, min(scores, key=lambda each: (-scores[each], each))]
    return named


def _repeats(term: Term, better: Term) -> bool:
    """Whether two terms share a word, or two words of one stem."""
    return any(_same_stem(one, other) for one in term for other in better)


def _same_stem(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if short == long or (short >= FIRST_IDEOGRAPH and short in long):
        return True
    stems = (short[at : at + LONG_STEM] for at in range(len(short) - LONG_STEM + 1))
    return any(stem in long for stem in stems)


def _spelling(spellings: Counter[str]) -> str:
    """The most frequent; of equals one without capitals, which mostly stem from the start of a sentence."""
    return min(spellings, key=lambda each: (-spellings[each], sum(map(str.isupper, each)), each))
