"""Looking questions over for the desk, and decisions on very many of them."""

import itertools

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.queries import call_of_job, progress_of_job
from solicit.jobs.tasks import long_task, take_step, task
from solicit.questions.service import screen, vectors
from solicit.questions.service.look_over import LOOK_OVER, LOOK_OVER_ALL, N_STEPS, look_over_some, questions_of_step
from solicit.questions.tasks.embedding import encoder_of_call
from solicit.words import N_

# Each question is compared with every other one of its call: of more the database would end the statement.
LOOKED_OVER_AT_ONCE = 50


@task(LOOK_OVER)
def look_over(question_id: int) -> None:
    """Suggest a theme for one question, and say what a person should look at first."""
    with transaction() as session:
        call_id = vectors.call_of_question(session, question_id=question_id)
    if call_id is None:
        return
    encoder = encoder_of_call(call_id)
    with transaction() as session:
        look_over_some(session, question_ids=[question_id], encoder=encoder, now=utcnow())


@long_task(LOOK_OVER_ALL)
def look_over_all(job_id: int, result_path: str) -> str:
    """Look over every question of a call, part by part; a job taken up again goes on with the part it was at."""
    with transaction() as session:
        reached = progress_of_job(session, job_id=job_id)
    encoder = encoder_of_call(reached.call_id)
    for step in range(reached.step, N_STEPS):
        with transaction() as session:
            ids = questions_of_step(session, call_id=reached.call_id, step=step)
        for start in range(0, len(ids), LOOKED_OVER_AT_ONCE):
            take_step(job_id, step, N_("Looking over the questions"), start, len(ids))
            some = ids[start : start + LOOKED_OVER_AT_ONCE]
            with transaction() as session:
                look_over_some(session, question_ids=some, encoder=encoder, now=utcnow())
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
