"""What the worker does for everybody: the daily digest, and forgetting."""

from datetime import timedelta

from flask import current_app

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.queries import progress_of_job
from solicit.jobs.tasks import long_task, queue, take_step, task
from solicit.panels.service.seats import end_seats
from solicit.reports.service import digest
from solicit.reports.service.forget import forget_last_letters
from solicit.reports.service.publication import letters
from solicit.submissions.service.forget import forget_imports
from solicit.words import N_


@task("reports.write_digests")
def write_digests(timestamp: int) -> None:
    with transaction() as session:
        digest.write_digests(session, now=utcnow())


@task("reports.forget")
def forget(timestamp: int) -> None:
    """Delete last letters and imported files, and end the access of former panelists."""
    settings, now = current_app.extensions["settings"], utcnow()
    with transaction() as session:
        forget_last_letters(session, now=now)
        forget_imports(session, read_before=now - timedelta(days=settings.keep_imports_days))
        end_seats(session, closed_before=now - timedelta(days=settings.keep_panelists_days), now=now)


@long_task(letters.TELL)
def tell_submitters(job_id: int, publication_id: int, result_path: str) -> str:
    """Write to everybody who sent something; a job taken up again goes on, and writes to nobody twice."""
    with transaction() as session:
        reached = progress_of_job(session, job_id=job_id)
    for step in range(reached.step, letters.N_STEPS):
        take_step(job_id, step, N_("Writing letters"))
        with transaction() as session:
            letters.tell_some(session, publication_id=publication_id, step=step, now=utcnow())
    return result_path


queue.periodic(cron="0 6 * * *")(queue.tasks["reports.write_digests"])
queue.periodic(cron="47 * * * *")(queue.tasks["reports.forget"])
