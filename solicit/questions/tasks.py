"""The workers' side of questions: their vectors, and duplicate suggestions."""

import itertools
from collections.abc import Sequence

from sqlalchemy.orm import Session

from ml.language.embedding import Encoder
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.service import EmbeddedTexts, embed_texts, model_id_of
from solicit.embeddings.tasks import worker_encoder
from solicit.jobs.queries import call_of_job, step_of_job
from solicit.jobs.tasks import long_task, take_step, task
from solicit.questions.service import duplicates, screen, vectors
from solicit.questions.service.look_over import (
    LOOK_OVER,
    LOOK_OVER_ALL,
    N_STEPS,
    defer_look,
    look_over_some,
    questions_of_step,
)
from solicit.questions.service.open import EMBED, defer_embedding
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
        defer_look(session, question_id=question.id)


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


@task(LOOK_OVER)
def look_over(question_id: int) -> None:
    """Suggest a theme for one question, and say what a person should look at first."""
    encoder = worker_encoder()
    with transaction() as session:
        look_over_some(session, question_ids=[question_id], encoder=encoder, now=utcnow())


@long_task(LOOK_OVER_ALL)
def look_over_all(job_id: int, result_path: str) -> str:
    """Look over every question of a call, part by part; a job taken up again goes on with the part it was at."""
    encoder = worker_encoder()
    with transaction() as session:
        call_id, reached = call_of_job(session, job_id=job_id), step_of_job(session, job_id=job_id)
    for step in range(reached, N_STEPS):
        take_step(job_id, step, N_("Looking over the questions"))
        with transaction() as session:
            ids = questions_of_step(session, call_id=call_id, step=step)
            look_over_some(session, question_ids=ids, encoder=encoder, now=utcnow())
    return result_path


@long_task(screen.DECIDE_MANY)
def decide_many(
    job_id: int, decision_id: int, question_ids: list[int], wanted: dict, actor_id: int, result_path: str
) -> str:
    """Do one thing to very many questions; what was done before a crash is not done again."""
    with transaction() as session:
        call_id = call_of_job(session, job_id=job_id)
    act = screen.act_from_json(wanted)
    for step, start in enumerate(range(0, len(question_ids), screen.PER_STEP)):
        take_step(job_id, step, N_("Deciding and writing to the submitters"))
        some = question_ids[start : start + screen.PER_STEP]
        with transaction() as session:
            what = dict(call_id=call_id, question_ids=some, wanted=act, actor_id=actor_id, now=utcnow())
            screen.decide_portion(session, decision_id=decision_id, **what)
    return f"{result_path}?undo={decision_id}"


@long_task(screen.UNDO)
def undo_decision(job_id: int, decision_id: int, actor_id: int, result_path: str) -> str:
    """Undo a decision on very many questions, part by part."""
    for step in itertools.count():
        take_step(job_id, step, N_("Undoing and writing to the submitters"))
        what = dict(decision_id=decision_id, actor_id=actor_id, now=utcnow())
        with transaction() as session:
            undone = screen.undo_portion(session, most=screen.PER_STEP, **what)
        if undone.n_done + undone.n_left == 0:
            break
    with transaction() as session:
        screen.undo_decision(session, decision_id=decision_id, actor_id=actor_id, now=utcnow())
    return result_path
