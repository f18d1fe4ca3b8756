"""What the worker forgets for everybody."""

from datetime import timedelta

from flask import current_app

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.tasks import queue, task
from solicit.reports.service import forget as service


@task("reports.forget")
def forget(timestamp: int) -> None:
    """Delete last letters and imported files, and end the access of former panelists."""
    settings, now = current_app.extensions["settings"], utcnow()
    with transaction() as session:
        service.forget_last_letters(session, now=now)
        service.forget_imports(session, read_before=now - timedelta(days=settings.keep_imports_days))
        service.end_seats(session, closed_before=now - timedelta(days=settings.keep_panelists_days), now=now)


queue.periodic(cron="47 * * * *")(queue.tasks["reports.forget"])
