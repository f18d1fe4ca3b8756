"""What the worker does for submissions: letters with links, reminders and forgetting of drafts; large imports."""

from flask import current_app

from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.service import finish_job
from solicit.jobs.tasks import long_task, queue, take_step, task
from solicit.questions.service.imports import import_batch
from solicit.submissions.service import finish, forget
from solicit.words import N_


@task("submissions.write_finish_letter")
def write_finish_letter(submission_id: int) -> None:
    with transaction() as session:
        finish.write_draft_letter(
            session, kind=finish.FINISH, submission_id=submission_id, links=_links(), now=utcnow()
        )


@task("submissions.remind_of_drafts")
def remind_of_drafts(timestamp: int) -> None:
    with transaction() as session:
        forget.remind_of_drafts(session, links=_links(), now=utcnow())


@task("submissions.forget_drafts")
def forget_drafts(timestamp: int) -> None:
    with transaction() as session:
        forget.forget_drafts(session, now=utcnow())


@long_task("submissions.import")
def import_file(job_id: int, call_slug: str, batch_id: int, leave_out: bool, organizer_id: int) -> str:
    """Import a large file; the whole of it is one transaction, so that a worker's death leaves nothing behind."""
    take_step(job_id, 0, N_("Bringing the rows in, all of them or none"))
    result_path = f"/{call_slug}/organize/import/{batch_id}"
    with transaction(is_long=True) as session:
        call, now = call_facts(session, slug=call_slug), utcnow()
        import_batch(session, call=call, batch_id=batch_id, leave_out=leave_out, organizer_id=organizer_id, now=now)
        finish_job(session, job_id=job_id, now=utcnow(), result_path=result_path)
    return result_path


def _links() -> finish.FinishLinks:
    return finish.FinishLinks(current_app.config["SECRET_KEY"])


queue.periodic(cron="23 * * * *")(queue.tasks["submissions.remind_of_drafts"])
queue.periodic(cron="41 4 * * *")(queue.tasks["submissions.forget_drafts"])
