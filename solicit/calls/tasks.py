"""What the worker does for calls."""

from solicit.calls.service import close_due_calls
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.tasks import queue, task


@task("calls.keep_dates")
def keep_dates(timestamp: int) -> None:
    """Close the calls whose time has passed."""
    with transaction() as session:
        close_due_calls(session, now=utcnow())


queue.periodic(cron="* * * * *")(queue.tasks["calls.keep_dates"])
