"""Grouping the questions of one theme into topics; the same input and parameters give the same topics."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.language.clustering import UNKNOWN, cluster, match_topics, medoid, weak_members
from ml.language.communities import FREE
from ml.language.labels import topic_labels
from ml.language.word_vectors import word_vectors
from solicit.topics.service.read import Parameters, ThemeInput


@dataclass(frozen=True)
class FoundTopic:
    """One topic of a theme; ``continues`` is the id of the earlier topic it carries on.

    ``words_of`` is the language whose words it was grouped by, where the model reads nothing. Questions that
    people put there from another language come without new ``terms``.
    """

    theme_id: int
    continues: int | None
    words_of: str | None
    terms: tuple[str, ...]
    medoid_id: int
    member_ids: tuple[int, ...]
    weak_ids: frozenset[int]


@dataclass(frozen=True, eq=False)
class Part:
    """Questions of a theme that are compared with each other: by the model, or by the words of one language."""

    words_of: str | None
    rows: NDArray[np.int64]
    vectors: NDArray[np.float32] | sparse.csr_array
    previous: NDArray[np.int64]
    fixed: NDArray[np.bool_]
    middle: NDArray[np.bool_]


def group_theme(theme: ThemeInput, parameters: Parameters) -> tuple[FoundTopic, ...]:
    """The topics of one theme, the largest first."""
    found = [topic for part in _parts(theme, parameters) for topic in _group_part(theme, part, parameters)]
    found = _seat_guests(theme, found)
    order = {id_: row for row, id_ in enumerate(theme.question_ids)}
    return tuple(sorted(found, key=lambda topic: (-len(topic.member_ids), order[topic.member_ids[0]])))


def result_digest(topics: Sequence[FoundTopic], digest_of: Mapping[int, bytes]) -> bytes:
    """SHA-256 of what a run found, by the digests of the texts: it names no question by its number."""
    digest = hashlib.sha256()
    for topic in topics:
        members = sorted((digest_of[id_].hex(), id_ in topic.weak_ids) for id_ in topic.member_ids)
        found = [topic.theme_id, topic.continues, topic.words_of, topic.terms, digest_of[topic.medoid_id].hex()]
        digest.update(json.dumps([found, members]).encode())
    return digest.digest()


def _parts(theme: ThemeInput, parameters: Parameters) -> Iterator[Part]:
    """What the model reads first, then language by language; without guests, who have no neighbours there."""
    abroad = _abroad(theme)
    at_home, previous = ~(abroad & theme.fixed), np.where(abroad, UNKNOWN, theme.previous)
    for home in sorted(set(theme.homes), key=lambda each: each or ""):
        rows = np.flatnonzero(at_home & np.array([each == home for each in theme.homes]))
        if home is not None and len(rows) < parameters.least_by_words:
            rows = rows[theme.fixed[rows]]
        if len(rows):
            vectors = _vectors(theme, rows, home)
            yield Part(home, rows, vectors, previous[rows], theme.fixed[rows], theme.middle[rows])


def _abroad(theme: ThemeInput) -> NDArray[np.bool_]:
    """Questions whose topic is at home in another part."""
    homes = _homes_of_topics(theme)
    places = zip(theme.previous.tolist(), theme.homes, strict=True)
    return np.array([topic != UNKNOWN and homes[topic] != home for topic, home in places], dtype=bool)


def _homes_of_topics(theme: ThemeInput) -> dict[int, str | None]:
    """A topic is at home in the part that most of its questions belong to."""
    counted = Counter(zip(theme.previous.tolist(), theme.homes, strict=True))
    ordered = sorted(counted, key=lambda place: (-counted[place], place[1] or ""))
    return {topic: home for topic, home in reversed(ordered)}


def _vectors(theme: ThemeInput, rows: NDArray[np.int64], home: str | None):
    if home is None:
        return theme.vectors[rows]
    texts = [f"{theme.titles[row]}\n{theme.goals[row]}" for row in rows]
    return word_vectors(texts, [theme.languages[row] for row in rows])


def _group_part(theme: ThemeInput, part: Part, parameters: Parameters) -> Iterator[FoundTopic]:
    labels = _labels(part, parameters)
    continues = match_topics(part.previous, labels, kept=part.fixed)
    middle, weak = _middles(part, labels), weak_members(part.vectors, labels)
    titles, languages = [theme.titles[row] for row in part.rows], [theme.languages[row] for row in part.rows]
    terms = topic_labels(titles, labels, languages, n_terms=parameters.n_terms)
    ids = np.array(theme.question_ids, dtype=np.int64)[part.rows]
    for each in range(len(terms)):
        mine = labels == each
        # A text that shares its words with no other is no topic; the model finds something near to any text.
        if part.words_of is None or mine.sum() > 1 or part.fixed[mine].any():
            yield FoundTopic(
                theme_id=theme.theme_id,
                continues=None if continues[each] == UNKNOWN else int(continues[each]),
                words_of=part.words_of,
                terms=terms[each],
                medoid_id=int(ids[middle[each]]),
                member_ids=tuple(ids[mine].tolist()),
                weak_ids=frozenset(ids[mine & weak & ~part.fixed].tolist()),
            )


def _middles(part: Part, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row in the middle of each topic; one that people hold in its topic stays the middle of it."""
    middles = medoid(part.vectors, labels)
    held = np.flatnonzero(part.fixed & part.middle)
    middles[labels[held]] = held
    return middles


def _labels(part: Part, parameters: Parameters) -> NDArray[np.int64]:
    few = max(len(part.rows) // parameters.share_of_neighbours, parameters.least_neighbours)
    return cluster(
        part.vectors,
        n_neighbours=min(parameters.n_neighbours, few),
        resolution=parameters.resolution,
        seed=parameters.seed,
        previous=part.previous,
        starts_there=parameters.keeps_previous,
        fixed=np.where(part.fixed, part.previous, FREE),
        moved=part.fixed & ~part.middle,
        least_to_split=parameters.least_to_split,
    )


def _seat_guests(theme: ThemeInput, found: list[FoundTopic]) -> list[FoundTopic]:
    """Every guest joins the topic that carries its own on, or holds it alone."""
    by_topic = {topic.continues: topic for topic in found if topic.continues is not None}
    others = [topic for topic in found if topic.continues is None]
    homes = _homes_of_topics(theme)
    for row in np.flatnonzero(_abroad(theme) & theme.fixed):
        topic_id, question_id = int(theme.previous[row]), theme.question_ids[row]
        known = by_topic.get(topic_id)
        if known is None:
            known = FoundTopic(theme.theme_id, topic_id, homes[topic_id], (), question_id, (), frozenset())
        by_topic[topic_id] = replace(known, member_ids=(*known.member_ids, question_id))
    return [*by_topic.values(), *others]
