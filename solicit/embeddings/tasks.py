"""The workers' side of vectors: changing the model of a call, and looking after the search indexes."""

from flask import current_app

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings import indexes, service
from solicit.embeddings.encoders import site_model, worker_encoder
from solicit.embeddings.service import CHANGE_MODEL
from solicit.jobs.queries import call_of_job
from solicit.jobs.tasks import at_start, long_task, note, queue, take_step, task
from solicit.questions.service import vectors
from solicit.questions.tasks import embed_missing
from solicit.words import N_

ROWS_PER_TRANSACTION = 5_000


@long_task(CHANGE_MODEL)
def change_model(job_id: int, model: str, result_path: str) -> str:
    """Read all questions of a call with another model, then let it answer; the old one answers until then.

    A job that is taken up again finds the vectors that were made before, whichever step it was at.
    """
    take_step(job_id, 0, N_("Preparing the new model"))
    encoder = worker_encoder(model)
    with transaction() as session:
        call_id = call_of_job(session, job_id=job_id)
        model_id = service.model_id_of(session, encoder)

    def report(n_done: int, n_total: int) -> None:
        take_step(job_id, 1, N_("Reading the questions with the new model"), n_done, n_total)

    report(0, 0)
    while not _has_switched(call_id, model_id):
        n_read = embed_missing(call_id=call_id, encoder=encoder, report=report)
        note(job_id, N_("%(n)s questions were read with the model %(model)s."), n=n_read, model=model)
    note(
        job_id, N_("The new model answers. Probabilities of duplicates stay as they are until you look for them anew.")
    )
    _delete_old(job_id, call_id, model_id)
    return result_path


@task("embeddings.watch")
def watch(timestamp: int = 0) -> None:
    """Start what the settings ask for, and keep the search indexes as they should be."""
    settings, name = current_app.extensions["settings"], site_model()
    with transaction() as session:
        service.say_languages(session, name=name, languages=settings.model_languages)
        service.start_changes(session, name=name, now=utcnow())
    indexes.look_after_indexes(current_app.config["OWNER_DATABASE_URL"])


queue.periodic(cron="*/5 * * * *")(queue.tasks["embeddings.watch"])
at_start("embeddings.watch")


def _has_switched(call_id: int, model_id: int) -> bool:
    """Let the model answer if it has read everything: questions may have come since it was last asked."""
    with transaction() as session:
        if vectors.questions_to_embed(session, call_id=call_id, model_id=model_id):
            return False
        service.switch_model(session, call_id=call_id, model_id=model_id, now=utcnow())
    return True


def _delete_old(job_id: int, call_id: int, model_id: int) -> None:
    some = dict(call_id=call_id, model_id=model_id, limit=ROWS_PER_TRANSACTION)
    is_left = True
    while is_left:
        take_step(job_id, 2, N_("Taking the old vectors away"))
        with transaction() as session:
            is_left = vectors.delete_other_vectors(session, **some) == ROWS_PER_TRANSACTION
    with transaction() as session:
        service.forget_unused_texts(session)
