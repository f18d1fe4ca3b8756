"""Questions whose texts are the same, word for word: proposed as one click for all."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.calls.queries import CallFacts
from solicit.questions.models import DuplicatePair, Question
from solicit.questions.queries.duplicates.sides import NamedQuestion, n_submissions_of, named
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import STANDING, Verdict

# So many questions are merged by one click, in one transaction; the rest wait for the next one.
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class IdenticalSet:
    """Questions with one text: the one that stays, and those that go into it."""

    keep: NamedQuestion
    others: tuple[NamedQuestion, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        return self.keep.id, *(other.id for other in self.others)


@dataclass(frozen=True)
class IdenticalBatch:
    """What one click merges, and how many questions there are in all such sets; ``digest`` names exactly this."""

    sets: tuple[IdenticalSet, ...]
    n_questions: int
    digest: str

    @property
    def is_part(self) -> bool:
        """Whether more questions wait than one click merges."""
        return sum(len(each.ids) for each in self.sets) < self.n_questions

    @property
    def n_to_merge(self) -> int:
        return sum(len(each.others) for each in self.sets)


def identical_batch(session: Session, *, call: CallFacts, viewer_id: int) -> IdenticalBatch:
    """The next questions of a call to merge because their texts are identical; one statement.

    Left out: questions in which this organizer has a part, and those that somebody said are not the same.
    """
    same = _compared(call, viewer_id).cte("same")
    n_alike = sa.func.count().over(partition_by=(same.c.kind, same.c.language, same.c.text_digest)).label("n_alike")
    alike = sa.select(same, n_alike).subquery()
    order = (alike.c.kind, alike.c.language, alike.c.text_digest)
    stays_first = (alike.c.is_unnumbered, alike.c.n_submissions.desc(), alike.c.created_at, alike.c.id)
    rows = session.execute(
        sa.select(Question, alike.c.text_digest, sa.func.count().over().label("total"))
        .join(alike, alike.c.id == Question.id)
        .where(alike.c.n_alike > 1)
        .order_by(*order, *stays_first)
        .limit(MOST_AT_ONCE)
    ).all()
    sets = _sets([row.Question for row in rows])
    return IdenticalBatch(sets, rows[0].total if rows else 0, _digest(sets))


def _compared(call: CallFacts, viewer_id: int) -> sa.Select:
    told_apart = sa.exists().where(
        sa.or_(DuplicatePair.left_id == Question.id, DuplicatePair.right_id == Question.id),
        DuplicatePair.verdict.in_((Verdict.RELATED, Verdict.DIFFERENT)),
        _other_has_same_text(),
    )
    return sa.select(
        Question.id,
        Question.kind,
        Question.language,
        Question.text_digest,
        Question.number.is_(None).label("is_unnumbered"),
        Question.created_at,
        n_submissions_of(Question).label("n_submissions"),
    ).where(
        Question.call_id == call.id, Question.state.in_(STANDING), ~is_involved(viewer_id, Question.id), ~told_apart
    )


def _other_has_same_text() -> sa.ColumnElement[bool]:
    other = aliased(Question)
    return sa.exists().where(
        other.id.in_((DuplicatePair.left_id, DuplicatePair.right_id)),
        other.id != Question.id,
        other.text_digest == Question.text_digest,
    )


def _sets(questions: Sequence[Question]) -> tuple[IdenticalSet, ...]:
    """Rows in order as sets; the one that the batch cut to a single question waits for the next batch."""
    together: dict[tuple, list[Question]] = {}
    for question in questions:
        together.setdefault((question.kind, question.language, question.text_digest), []).append(question)
    found = [[named(question) for question in alike] for alike in together.values() if len(alike) > 1]
    return tuple(IdenticalSet(alike[0], tuple(alike[1:])) for alike in found)


def _digest(sets: Sequence[IdenticalSet]) -> str:
    return hashlib.sha256(repr([each.ids for each in sets]).encode()).hexdigest()
