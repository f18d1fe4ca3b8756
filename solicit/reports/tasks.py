"""What the worker does for everybody: the daily digest, and forgetting."""

from datetime import timedelta

from flask import current_app

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.tasks import queue, task
from solicit.panels.service.seats import end_seats
from solicit.reports.service import digest
from solicit.reports.service.forget import forget_last_letters
from solicit.submissions.service.forget import forget_imports


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


queue.periodic(cron="0 6 * * *")(queue.tasks["reports.write_digests"])
queue.periodic(cron="47 * * * *")(queue.tasks["reports.forget"])
