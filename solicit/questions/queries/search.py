"""Which public questions a reader looks for: the one they name, by words and their stems, and by meaning.

The two lists become one by reciprocal rank fusion: G. V. Cormack, C. L. A. Clarke and S. Buettcher, "Reciprocal
rank fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.language.embedding import Encoder
from solicit.calls.queries import CallFacts
from solicit.questions.models import Question
from solicit.questions.queries.near import Space, near_texts, space_of, vector_of
from solicit.questions.queries.similar import is_comparable
from solicit.questions.states import STEMMED, QuestionState, parse_label
from solicit.web.folding import search_query
from solicit.words import N_

# The constant of the paper: how little the first places weigh more than those after them.
FUSION = 60
# So many are taken from each list, so that every page of a search counts and orders the same questions.
MOST = 200
# A few words are never as close to a title as another title on the same thing is; below this they share the field.
LEAST_COSINE = 0.35
LEAST_LETTERS = 3

NO_MODEL = N_("Only the words were looked for: the comparison by meaning is not available now.")
NOT_READ = N_("Only the words were looked for: the language model of this site does not know this language.")


@dataclass(frozen=True)
class Meaning:
    """The words of a search as a vector of the call's model, or the sentence that says why there is none."""

    vector: tuple[float, ...] = ()
    excuse: str = ""


@dataclass(frozen=True)
class Found:
    """The questions found, the best match first; ``is_cut`` if more than MOST hold the words."""

    ids: tuple[int, ...]
    is_cut: bool


def meaning_of(words: str, *, call: CallFacts, language: str, encoder: Encoder | None) -> Meaning:
    """What a search means to the model, if it can tell; ``language`` is that of the page."""
    if parse_label(words) or sum(sign.isalpha() for sign in words) < LEAST_LETTERS:
        return Meaning()
    if encoder is None:
        return Meaning(excuse=NO_MODEL)
    if not call.reads(language) or (call.model_reads and not _is_latin(words)):
        return Meaning(excuse=NOT_READ)
    return Meaning(tuple(encoder.encode([words])[0].tolist()))


def found_questions(session: Session, *, call: CallFacts, words: str, meaning: Meaning) -> Found:
    """The public questions that somebody looks for; one statement."""
    sides = [_by_label(call, words), _by_words(call, words)]
    space = space_of(call)
    if meaning.vector and space:
        sides.append(_by_meaning(call, space, meaning))
    lists: dict[int, list[int]] = defaultdict(list)
    ranked = sa.union_all(*(_ranked(*each) for each in enumerate(sides))).order_by("side", "place")
    for row in session.execute(ranked):
        lists[row.side].append(row.id)
    named, held, meant = (lists[side] for side in range(3))
    best = [question_id for question_id in fused(held[:MOST], meant) if question_id not in named]
    return Found((*named, *best), is_cut=len(held) > MOST)


def fused(*lists: Sequence[int]) -> list[int]:
    """One list of all that the lists hold, the best first: 1 / (60 + place) of each list, added up."""
    scores: dict[int, float] = defaultdict(float)
    for each in lists:
        for place, found in enumerate(dict.fromkeys(each), 1):
            scores[found] += 1 / (FUSION + place)
    return sorted(scores, key=lambda found: (-scores[found], found))


def asked_words(words: str) -> sa.ColumnElement:
    """A query for every word as the beginning of a folded one, or for the stems of all in any one language."""
    asked = sa.func.to_tsquery("simple", search_query(words))
    for stemmer in sorted(STEMMED.values()):
        asked = asked.op("||")(sa.func.plainto_tsquery(sa.literal_column(f"'{stemmer}'::regconfig"), words))
    return asked


def _by_label(call: CallFacts, words: str) -> sa.Select:
    named = parse_label(words)
    is_named = sa.and_(Question.kind == named[0], Question.number == named[1]) if named else sa.false()
    return _public(call).where(is_named)


def _by_words(call: CallFacts, words: str) -> sa.Select:
    asked = sa.select(asked_words(words).label("query")).cte("asked")
    rank = sa.func.ts_rank(Question.search_vector, asked.c.query)
    found = _public(call).join(asked, Question.search_vector.bool_op("@@")(asked.c.query))
    return found.order_by(rank.desc(), Question.id).limit(MOST + 1)


def _by_meaning(call: CallFacts, space: Space, meaning: Meaning) -> sa.Select:
    # Merged questions are found, too, and then left out.
    near = near_texts(space, vector_of(meaning.vector, space), n=MOST, keep=is_comparable(space), least=LEAST_COSINE)
    distance = sa.func.min(near.c.distance)
    return (
        _public(call)
        .join(near, near.c.question_id == Question.id)
        .group_by(Question.id)
        .having(distance <= 1 - LEAST_COSINE)
        .order_by(distance, Question.id)
        .limit(MOST)
    )


def _public(call: CallFacts) -> sa.Select:
    return sa.select(Question.id).where(Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE)


def _ranked(number: int, found: sa.Select) -> sa.Select:
    listed = found.subquery()
    return sa.select(sa.literal(number).label("side"), listed.c.id, sa.func.row_number().over().label("place"))


def _is_latin(words: Iterable[str]) -> bool:
    return all(unicodedata.name(sign, "").startswith("LATIN") for sign in words if sign.isalpha())
