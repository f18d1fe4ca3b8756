"""The vectors of questions, and what is suggested as soon as a question has one."""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from ml.language.embedding import Encoder
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.encoders import ModelUnavailable, worker_encoder
from solicit.embeddings.service import EmbeddedTexts, embed_texts, model_id_of, models_of_call
from solicit.jobs.tasks import task
from solicit.questions.service import duplicates, vectors
from solicit.questions.service.look_over import defer_look
from solicit.questions.service.open import EMBED, defer_embedding, defer_placing

log = logging.getLogger(__name__)

# A transaction that waits for the encoder for half a minute is ended by the database.
QUESTIONS_PER_TRANSACTION = 64


@task(EMBED)
def embed(question_id: int) -> None:
    """Embed one question's words and suggest what it may be a duplicate of."""
    with transaction() as session:
        call_id = vectors.call_of_question(session, question_id=question_id)
        if call_id is None:
            return
        models = models_of_call(session, call_id=call_id)
    encoder = worker_encoder(models.answering)
    with transaction() as session:
        model_id = _embed_one(session, question_id, encoder)
        if model_id is not None:
            duplicates.suggest_pairs_of(session, question_id=question_id, model_id=model_id, now=utcnow())
            defer_look(session, question_id=question_id)
            defer_placing(session, question_id=question_id)
    if models.coming:
        _embed_for_later(question_id, models.coming)


def encoder_of_call(call_id: int) -> Encoder:
    """The encoder of the model whose vectors answer for a call."""
    with transaction() as session:
        models = models_of_call(session, call_id=call_id)
    return worker_encoder(models.answering)


def embed_missing(*, call_id: int, encoder: Encoder, report: Callable[[int, int], None]) -> int:
    """Embed what a call has without vectors of this encoder, and return how many questions that were.

    ``report(n_done, n_total)`` is called before each portion and may raise to stop; finished portions stay.
    """
    with transaction() as session:
        model_id = model_id_of(session, encoder)
        missing = vectors.questions_to_embed(session, call_id=call_id, model_id=model_id)
    embed_all(missing, encoder, report)
    return len(missing)


def embed_all(
    questions: Sequence[vectors.Embeddable], encoder: Encoder, report: Callable[[int, int], None] | None = None
) -> None:
    """Embed questions in portions, each in a transaction of its own."""
    for start in range(0, len(questions), QUESTIONS_PER_TRANSACTION):
        if report:
            report(start, len(questions))
        some = questions[start : start + QUESTIONS_PER_TRANSACTION]
        with transaction() as session:
            embedded = embed_texts(session, vectors.texts_of(some), encoder=encoder)
            _keep(session, some, embedded)


def _embed_one(session: Session, question_id: int, encoder: Encoder) -> int | None:
    """Embed a question, and return the number of the model; None if the question is gone."""
    question = vectors.question_to_embed(session, question_id=question_id)
    if question is None:
        return None
    embedded = embed_texts(session, vectors.texts_of([question]), encoder=encoder)
    _keep(session, [question], embedded)
    return embedded.model_id


def _embed_for_later(question_id: int, name: str) -> None:
    """Embed a question with the model that is to take over; the job that changes the model says if it cannot."""
    try:
        encoder = worker_encoder(name)
    except ModelUnavailable:
        log.warning("Question %s was not read by the coming model %s", question_id, name)
        return
    with transaction() as session:
        _embed_one(session, question_id, encoder)


def _keep(session: Session, questions: Sequence[vectors.Embeddable], embedded: EmbeddedTexts) -> None:
    for question_id in vectors.store_vectors(session, questions=questions, embedded=embedded):
        defer_embedding(session, question_id=question_id)
