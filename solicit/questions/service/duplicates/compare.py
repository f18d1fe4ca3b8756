"""Comparing all questions of a call with each other, in steps that can be kept.

Questions stand in the order of their digests, and a step takes those whose digests begin alike. So a job that is taken
up again, after questions came, went or changed, continues where it was: what was compared stays in finished steps.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from ml.language.duplicates import BLOCK, keep_nearest, nearest_sparse_pairs, neighbours_of_rows
from ml.language.lexical import likeness_rows
from ml.language.pair_scores import Scorer
from solicit.calls.models import Call
from solicit.calls.service import check_desk_is_open
from solicit.calls.states import Kind
from solicit.jobs.service import start_job
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.duplicates.calibration import LEAST_PROBABILITY
from solicit.questions.queries.neighbours import is_read_by_model
from solicit.questions.service.duplicates.suggest import MOST_NEIGHBOURS, Candidates
from solicit.questions.service.duplicates.texts import QuestionTexts, base_language, read_texts, wordings
from solicit.questions.states import STANDING, Aspect, Method

FIND_DUPLICATES = "questions.find_duplicates"
# Steps of the job: reading what has no vector, one for each block of questions, by words, audits, groups.
PORTIONS = 10
LAST_STEPS = 3
# A scorer that knows more than the cosine may lift pairs that cosine alone would not suggest.
GENEROUS = 0.5


@dataclass(frozen=True, eq=False)
class Compared:
    """Questions of one kind that are compared with each other, in the order of their digests.

    ``block`` is the step that compares each of them; ``vectors`` is nothing where they are compared by words.
    """

    ids: list[int]
    block: NDArray[np.int64]
    texts: QuestionTexts
    vectors: NDArray[np.float16] | None

    @property
    def method(self) -> Method:
        return Method.WORDS if self.vectors is None else Method.MEANING

    def cosine(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
        """How near the questions of some rows are."""
        if self.vectors is None:
            rows = self.texts.rows(self.ids)
            return self.texts.texts.likeness(rows[left], rows[right])
        return np.einsum("ij,ij->i", self.vectors[left].astype(np.float32), self.vectors[right].astype(np.float32))

    def candidates(self, left: NDArray[np.int64], right: NDArray[np.int64], cosine: NDArray[np.floating]) -> Candidates:
        left_ids, right_ids = [self.ids[at] for at in left], [self.ids[at] for at in right]
        return Candidates(self.method, left_ids, right_ids, self.texts.features(left_ids, right_ids, cosine))


def start_finding_duplicates(
    session: Session, *, call_id: int, started_by_id: int, result_path: str, now: datetime, seed: int = 1
) -> int:
    """Start the job that compares all questions of a call; raises Conflict while one waits or runs."""
    check_desk_is_open(session.get_one(Call, call_id), now=now)
    count = sa.select(sa.func.count()).where(Question.call_id == call_id, Question.state.in_(STANDING))
    n_blocks = max(1, -(-session.scalar(count) // BLOCK))
    return start_job(
        session,
        kind=FIND_DUPLICATES,
        call_id=call_id,
        task=FIND_DUPLICATES,
        n_steps=PORTIONS + n_blocks + LAST_STEPS,
        started_by_id=started_by_id,
        now=now,
        result_path=result_path,
        n_blocks=n_blocks,
        seed=seed,
    )


def questions_of_call(session: Session, *, call_id: int, model_id: int, n_blocks: int) -> list[Compared]:
    """What is compared with each other: of each kind what the model reads, and each language that it does not."""
    return [
        group
        for kind in Kind
        for group in (
            *_by_meaning(session, call_id, model_id, kind, n_blocks),
            *_by_words(session, call_id, model_id, kind, n_blocks),
        )
    ]


def near_in_block(group: Compared, scorer: Scorer, *, block: int) -> Candidates:
    """The pairs of each question of one block with those nearest to it in all blocks; exact."""
    first, last = np.searchsorted(group.block, (block, block + 1)).tolist()
    how = dict(threshold=least_cosine(scorer), most=MOST_NEIGHBOURS)
    near = neighbours_of_rows(group.vectors, first=first, last=last, **how)
    return group.candidates(near.left, near.right, near.cosine)


def near_by_words(group: Compared, scorer: Scorer) -> Candidates:
    """The pairs of questions in one language that share telling words; exact."""
    texts, rows = group.texts.texts, group.texts.rows(group.ids)
    near = nearest_sparse_pairs(likeness_rows(texts.words[rows], texts.letters[rows]), threshold=least_cosine(scorer))
    near = keep_nearest(near, most=MOST_NEIGHBOURS)
    return group.candidates(near.left, near.right, near.cosine)


def least_cosine(scorer: Scorer) -> float:
    """From which cosine on a pair is scored at all."""
    knows_more = scorer.form in ("features", "trees")
    return scorer.least_cosine(LEAST_PROBABILITY * GENEROUS if knows_more else LEAST_PROBABILITY)


def _by_meaning(session: Session, call_id: int, model_id: int, kind: Kind, n_blocks: int) -> list[Compared]:
    found = (
        sa.select(Question.id, Question.text_digest, sa.func.halfvec_send(QuestionVector.vector).label("vector"))
        .join(QuestionVector, QuestionVector.question_id == Question.id)
        .where(
            QuestionVector.call_id == call_id,
            QuestionVector.model_id == model_id,
            QuestionVector.aspect == Aspect.TEXT,
            *_compared(call_id, kind),
            is_read_by_model(Question.language, model_id),
        )
        .order_by(Question.text_digest, Question.id)
    )
    rows = session.execute(found).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    words = wordings(session, *_compared(call_id, kind), is_read_by_model(Question.language, model_id))
    texts = read_texts(session, call_id=call_id, questions=words)
    # Sent as width and a spare number of two bytes each, then the numbers in half precision, high byte first.
    vectors = np.stack([np.frombuffer(row.vector, dtype=">f2", offset=4) for row in rows]).astype(np.float16)
    return [Compared(ids, _blocks([row.text_digest for row in rows], n_blocks), texts, vectors)]


def _by_words(session: Session, call_id: int, model_id: int, kind: Kind, n_blocks: int) -> list[Compared]:
    unread = (*_compared(call_id, kind), ~is_read_by_model(Question.language, model_id))
    languages = session.scalars(sa.select(base_language()).where(*unread).distinct()).all()
    groups = []
    for language in sorted(languages):
        words = wordings(session, *unread, base_language() == language)
        texts = read_texts(session, call_id=call_id, questions=words)
        ids = [question.id for question in words]
        groups.append(Compared(ids, np.zeros(len(ids), dtype=np.int64), texts, None))
    return groups


def _compared(call_id: int, kind: Kind) -> tuple[sa.ColumnElement[bool], ...]:
    return Question.call_id == call_id, Question.kind == kind, Question.state.in_(STANDING)


def _blocks(digests: list[bytes], n_blocks: int) -> NDArray[np.int64]:
    """Digests are spread evenly: their first four bytes, as a share of all, say the block."""
    return np.array([int.from_bytes(digest[:4], "big") * n_blocks >> 32 for digest in digests], dtype=np.int64)
