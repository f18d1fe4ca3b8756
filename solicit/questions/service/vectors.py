"""The vectors of questions: which are missing, and keeping those that were made."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ml.language.embedding import text_digest
from solicit.embeddings.service import EmbeddedTexts, settle_model
from solicit.questions.models import Question, QuestionVector
from solicit.questions.queries.wording import compared_texts
from solicit.questions.states import Aspect, QuestionState


@dataclass(frozen=True)
class Embeddable:
    """A question whose words are to be embedded."""

    id: int
    title: str
    goal_overview: str

    @property
    def texts(self) -> dict[Aspect, str]:
        return compared_texts(self.title, self.goal_overview)


def question_to_embed(session: Session, *, question_id: int) -> Embeddable | None:
    row = session.execute(_embeddable().where(Question.id == question_id)).one_or_none()
    return Embeddable(*row) if row else None


def questions_to_embed(session: Session, *, call_id: int, model_id: int) -> tuple[Embeddable, ...]:
    """The questions of a call of whose present words a vector is missing.

    Only withdrawn ones are left alone: any other may be public one day, or leads to what it was merged into.
    """
    title, text = _digest_of(Aspect.TITLE, model_id), _digest_of(Aspect.TEXT, model_id)
    rows = session.execute(
        _embeddable()
        .add_columns(title.label("title_digest"), text.label("text_digest"))
        .where(Question.call_id == call_id, Question.state != QuestionState.WITHDRAWN)
        .order_by(Question.id)
    )
    stored = [(Embeddable(*row[:3]), {Aspect.TITLE: row.title_digest, Aspect.TEXT: row.text_digest}) for row in rows]
    return tuple(question for question, digests in stored if digests != _digests(question))


def texts_of(questions: Sequence[Embeddable]) -> list[str]:
    """What an encoder has to read for these questions, in the order of ``store_vectors``."""
    return [text for question in questions for text in question.texts.values()]


def store_vectors(session: Session, *, questions: Sequence[Embeddable], embedded: EmbeddedTexts) -> frozenset[int]:
    """Keep the vectors of ``texts_of``; return the questions whose words changed in the meantime.

    The change may have counted on the job that is running now, so they have to be embedded again.
    """
    ids = [question.id for question in questions]
    rows = session.execute(
        _embeddable()
        .add_columns(Question.call_id, Question.theme_id)
        .where(Question.id.in_(ids))
        .order_by(Question.id)
        .with_for_update(key_share=True)
    )
    present = {row.id: (row, _digests(Embeddable(*row[:3]))) for row in rows}
    wanted = [(question.id, aspect) for question in questions for aspect in question.texts]
    values = [
        dict(
            question_id=id_,
            model_id=embedded.model_id,
            aspect=aspect,
            call_id=present[id_][0].call_id,
            theme_id=present[id_][0].theme_id,
            digest=digest,
            vector=vector,
        )
        for (id_, aspect), digest, vector in zip(wanted, embedded.digests, embedded.vectors, strict=True)
        if id_ in present and present[id_][1][aspect] == digest
    ]
    if values:
        session.execute(_upsert(), values)
    for call_id in {value["call_id"] for value in values}:
        settle_model(session, call_id=call_id, model_id=embedded.model_id)
    changed = {
        id_
        for (id_, aspect), digest in zip(wanted, embedded.digests, strict=True)
        if id_ in present and present[id_][1][aspect] != digest
    }
    return frozenset(changed)


def call_of_question(session: Session, *, question_id: int) -> int | None:
    return session.scalar(sa.select(Question.call_id).where(Question.id == question_id))


def delete_other_vectors(session: Session, *, call_id: int, model_id: int, limit: int) -> int:
    """Delete some vectors of a call that another model made, and return how many."""
    keys = (QuestionVector.question_id, QuestionVector.model_id, QuestionVector.aspect)
    others = sa.select(*keys).where(QuestionVector.call_id == call_id, QuestionVector.model_id != model_id).limit(limit)
    return session.execute(sa.delete(QuestionVector).where(sa.tuple_(*keys).in_(others))).rowcount


def _embeddable() -> sa.Select:
    return sa.select(Question.id, Question.title, Question.goal_overview)


def _digests(question: Embeddable) -> dict[Aspect, bytes]:
    return {aspect: text_digest(text) for aspect, text in question.texts.items()}


def _digest_of(aspect: Aspect, model_id: int) -> sa.ScalarSelect[bytes]:
    """The digest of the text behind a question's vector, or nothing."""
    stored = aliased(QuestionVector)
    return (
        sa.select(stored.digest)
        .where(stored.question_id == Question.id, stored.model_id == model_id, stored.aspect == aspect)
        .scalar_subquery()
    )


def _upsert():
    new = insert(QuestionVector)
    changes = {name: new.excluded[name] for name in ("call_id", "theme_id", "digest", "vector")}
    keys = [QuestionVector.question_id, QuestionVector.model_id, QuestionVector.aspect]
    return new.on_conflict_do_update(index_elements=keys, set_=changes)
