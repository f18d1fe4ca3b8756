"""What sets the texts of questions apart, beyond their vectors."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from ml.language.lexical import TermWeights
from ml.language.pair_features import PairTexts
from solicit.questions.models import Question
from solicit.questions.states import STANDING
from solicit.web.folding import fold

# So many texts tell which words are common: with the lowest digests, they are as good as drawn at random, and the
# same ones for a job and for a single question.
SAMPLE = 200


@dataclass(frozen=True)
class Wording:
    """The words of a question that are compared."""

    id: int
    language: str
    title: str
    goal_overview: str

    @property
    def is_bare(self) -> bool:
        return self.goal_overview == ""

    @property
    def folded(self) -> str:
        return fold(self.title, self.goal_overview)


@dataclass(frozen=True, eq=False)
class QuestionTexts:
    """The texts of questions; ``row`` finds the one of a question by its id."""

    row: dict[int, int]
    are_bare: NDArray[np.bool_]
    texts: PairTexts

    def features(
        self, left_ids: Sequence[int], right_ids: Sequence[int], cosine: NDArray[np.floating] | None = None
    ) -> NDArray[np.float64]:
        """The features of pairs of questions; without a cosine of their vectors, by words."""
        left, right = self.rows(left_ids), self.rows(right_ids)
        cosine = self.texts.likeness(left, right) if cosine is None else cosine
        return self.texts.features(left, right, cosine=cosine, is_bare=self.are_bare[left] & self.are_bare[right])

    def rows(self, ids: Sequence[int]) -> NDArray[np.int64]:
        return np.array([self.row[id_] for id_ in ids], dtype=np.int64)


def base_language() -> sa.ColumnElement[str]:
    """The language of a question without its region."""
    return sa.func.split_part(Question.language, "-", 1)


def wordings(session: Session, *conditions: sa.ColumnElement[bool]) -> list[Wording]:
    """The words of questions, in the order of their digests."""
    columns = Question.id, base_language(), Question.title, Question.goal_overview
    found = sa.select(*columns).where(*conditions).order_by(Question.text_digest, Question.id)
    return [Wording(*row) for row in session.execute(found)]


def texts_of_questions(session: Session, *, call_id: int, ids: Sequence[int]) -> QuestionTexts:
    """The texts of some questions of a call; one statement, and one for each of their languages."""
    return read_texts(session, call_id=call_id, questions=wordings(session, Question.id.in_(ids)))


def read_texts(session: Session, *, call_id: int, questions: Sequence[Wording]) -> QuestionTexts:
    """The same of questions whose words are at hand; one statement for each language."""
    by_language = defaultdict(list)
    for question in questions:
        by_language[question.language].append(question)
    parts = [
        PairTexts.read(
            [each.folded for each in some], weights=term_weights(session, call_id=call_id, language=language)
        )
        for language, some in by_language.items()
    ]
    in_order = [question for some in by_language.values() for question in some]
    return QuestionTexts(
        row={question.id: row for row, question in enumerate(in_order)},
        are_bare=np.array([question.is_bare for question in in_order], dtype=bool),
        texts=PairTexts.together(parts) if parts else PairTexts.read([], weights=_weights(())),
    )


def term_weights(session: Session, *, call_id: int, language: str) -> TermWeights:
    """How much each word says among the questions of a call in one language."""
    sample = (
        sa.select(Question.title, Question.goal_overview)
        .where(Question.call_id == call_id, base_language() == language, Question.state.in_(STANDING))
        .order_by(Question.text_digest, Question.id)
        .limit(SAMPLE)
    )
    return _weights(tuple((title, overview) for title, overview in session.execute(sample)))


@lru_cache(maxsize=16)
def _weights(texts: tuple[tuple[str, str], ...]) -> TermWeights:
    return TermWeights([fold(*parts) for parts in texts])
