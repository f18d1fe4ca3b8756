"""The workers' side of questions: their vectors, and duplicate suggestions."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ml.language.embedding import Encoder
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.service import EmbeddedTexts, embed_texts, model_id_of
from solicit.embeddings.tasks import worker_encoder
from solicit.jobs.queries import call_of_job
from solicit.jobs.tasks import long_task, take_step, task
from solicit.questions.service import duplicates, vectors
from solicit.questions.service.open import EMBED, defer_embedding, defer_placing
from solicit.words import N_

# A transaction that waits for the encoder for half a minute is ended by the database.
QUESTIONS_PER_TRANSACTION = 64


@task(EMBED)
def embed(question_id: int) -> None:
    """Embed one question's words and suggest what it may be a duplicate of."""
    encoder = worker_encoder()
    with transaction() as session:
        question = vectors.question_to_embed(session, question_id=question_id)
        if question is None:
            return
        embedded = embed_texts(session, vectors.texts_of([question]), encoder=encoder)
        _keep(session, [question], embedded)
        duplicates.suggest_pairs_of(session, question_id=question.id, model_id=embedded.model_id, now=utcnow())
        defer_placing(session, question_id=question.id)


@long_task(duplicates.FIND_DUPLICATES)
def find_duplicates(job_id: int, result_path: str) -> str:
    """Embed what a call has without vectors, then compare all its questions."""
    encoder = worker_encoder()
    with transaction() as session:
        call_id, model_id = call_of_job(session, job_id=job_id), model_id_of(session, encoder)
        missing = vectors.questions_to_embed(session, call_id=call_id, model_id=model_id)
    for portion in range(duplicates.PORTIONS):
        take_step(job_id, portion, N_("Reading the questions"))
        _embed_all(missing[portion :: duplicates.PORTIONS], encoder)
    take_step(job_id, duplicates.PORTIONS, N_("Comparing every question with every other one"))
    _compare_all(call_id, model_id)
    return result_path


def _embed_all(questions: Sequence[vectors.Embeddable], encoder: Encoder) -> None:
    for start in range(0, len(questions), QUESTIONS_PER_TRANSACTION):
        some = questions[start : start + QUESTIONS_PER_TRANSACTION]
        with transaction() as session:
            embedded = embed_texts(session, vectors.texts_of(some), encoder=encoder)
            _keep(session, some, embedded)


def _keep(session: Session, questions: Sequence[vectors.Embeddable], embedded: EmbeddedTexts) -> None:
    for question_id in vectors.store_vectors(session, questions=questions, embedded=embedded):
        defer_embedding(session, question_id=question_id)


def _compare_all(call_id: int, model_id: int) -> None:
    now = utcnow()
    with transaction() as session:
        compared = duplicates.vectors_of_call(session, call_id=call_id, model_id=model_id)
    pairs = [pair for kind in compared for pair in duplicates.near_pairs(kind)]
    with transaction() as session:
        duplicates.suggest_pairs_of_call(session, call_id=call_id, model_id=model_id, pairs=pairs, now=now)
