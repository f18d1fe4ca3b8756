"""The workers' side of topics."""

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.encoders import worker_encoder
from solicit.embeddings.service import model_id_of, models_of_call
from solicit.jobs.queries import call_of_job
from solicit.jobs.service import finish_job
from solicit.jobs.tasks import long_task, take_step
from solicit.topics.service import group as service
from solicit.topics.service import layout
from solicit.topics.service.arrange import GROUP
from solicit.topics.service.layout import LAY_OUT
from solicit.topics.states import Detail
from solicit.words import N_


@long_task(GROUP)
def group(job_id: int, detail: str, seed: int, started_by: int, result_path: str) -> str:
    """Group the questions in scope of a call, and keep the identity of its topics."""
    take_step(job_id, 0, N_("Reading the questions"))
    with transaction() as session:
        call_id = call_of_job(session, job_id=job_id)
        models = models_of_call(session, call_id=call_id)
    encoder = worker_encoder(models.answering)
    with transaction() as session:
        model_id = model_id_of(session, encoder)
        parameters = service.next_parameters(session, call_id=call_id, detail=Detail(detail), seed=seed)
        themes = service.load_themes(session, call_id=call_id, model_id=model_id)
    take_step(job_id, 1, N_("Grouping them, theme by theme"))
    topics = [topic for theme in themes for topic in service.group_theme(theme, parameters)]
    take_step(job_id, 2, N_("Keeping the names of known topics"))
    with transaction() as session:
        service.store_run(
            session,
            call_id=call_id,
            model_id=model_id,
            themes=themes,
            parameters=parameters,
            topics=topics,
            run_by_id=started_by,
            now=utcnow(),
        )
        finish_job(session, job_id=job_id, now=utcnow(), result_path=result_path)
    return result_path


@long_task(LAY_OUT)
def lay_out(job_id: int, seed: int, result_path: str) -> str:
    """Draw the map of a call; a worker that takes it up again draws the same and stores it once."""
    take_step(job_id, 0, N_("Reading the questions"))
    with transaction() as session:
        call_id = call_of_job(session, job_id=job_id)
        questions = layout.load_layout_input(session, call_id=call_id)
    take_step(job_id, 1, N_("Drawing the map"))
    positions = layout.draw(questions, seed=seed, report=lambda *_: take_step(job_id, 1, N_("Drawing the map")))
    take_step(job_id, 2, N_("Storing the map"))
    with transaction() as session:
        now = utcnow()
        layout.store_layout(session, call_id=call_id, questions=questions, positions=positions, seed=seed, now=now)
        finish_job(session, job_id=job_id, now=now, result_path=result_path)
    return result_path
