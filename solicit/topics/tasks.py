"""The workers' side of topics."""

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.embeddings.service import model_id_of
from solicit.errors import Refused
from solicit.jobs.queries import call_of_job
from solicit.jobs.service import finish_job
from solicit.jobs.tasks import long_task, take_step, task
from solicit.questions.tasks import encoder_of_call
from solicit.topics.service import layout, propose, read
from solicit.topics.service.group import group_theme
from solicit.topics.service.join import PLACE, join_by_vote
from solicit.topics.service.layout import LAY_OUT
from solicit.topics.service.place import place_on_map
from solicit.topics.service.start import GROUP
from solicit.topics.states import Detail
from solicit.words import N_


@long_task(GROUP)
def group(job_id: int, detail: str, seed: int, started_by: int, result_path: str) -> str:
    """Propose topics for the questions in scope, a theme at a time; one that is stored is not grouped again."""
    take_step(job_id, 0, N_("Reading the questions"))
    with transaction() as session:
        call_id = call_of_job(session, job_id=job_id)
    encoder = encoder_of_call(call_id)
    with transaction() as session:
        model_id = model_id_of(session, encoder)
        themes = read.load_themes(session, call_id=call_id, model_id=model_id)
        if not themes:
            raise Refused(N_("No question in scope has been read by the language model yet."))
        parameters = read.next_parameters(session, call_id=call_id, detail=Detail(detail), seed=seed)
        asked = dict(call_id=call_id, model_id=model_id, parameters=parameters, run_by_id=started_by)
        run_id = propose.begin_run(session, themes=themes, now=utcnow(), **asked)
        missing = [theme for theme in themes if not propose.is_stored(session, run_id=run_id, theme=theme)]
    for number, theme in enumerate(themes, start=1):
        take_step(job_id, number, N_("Grouping the questions, theme by theme"), number - 1, len(themes))
        if theme in missing:
            topics = group_theme(theme, parameters)
            with transaction() as session:
                propose.store_theme(session, run_id=run_id, theme=theme, topics=topics)
    take_step(job_id, len(themes) + 1, N_("Comparing with the topics that stand"))
    with transaction() as session:
        propose.finish_run(session, run_id=run_id, themes=themes)
        finish_job(session, job_id=job_id, now=utcnow(), result_path=result_path)
    return result_path


@task(PLACE)
def place(question_id: int) -> None:
    """Let a question that came into scope join the topic of its neighbours, and stand between them on the map."""
    with transaction() as session:
        join_by_vote(session, question_id=question_id)
        place_on_map(session, question_id=question_id)


@long_task(LAY_OUT)
def lay_out(job_id: int, seed: int, result_path: str) -> str:
    """Draw the map of a call; a worker that takes it up again draws the same and stores it once."""
    take_step(job_id, 0, N_("Reading the questions"))
    with transaction() as session:
        call_id = call_of_job(session, job_id=job_id)
        questions = layout.load_layout_input(session, call_id=call_id)
    doing = N_("Drawing the map")
    take_step(job_id, 1, doing)
    positions = layout.draw(questions, seed=seed, report=lambda *done: take_step(job_id, 1, doing, *done))
    take_step(job_id, 2, N_("Storing the map"))
    with transaction(is_long=True) as session:
        now = utcnow()
        layout.store_layout(session, call_id=call_id, questions=questions, positions=positions, seed=seed, now=now)
        finish_job(session, job_id=job_id, now=now, result_path=result_path)
    return result_path
