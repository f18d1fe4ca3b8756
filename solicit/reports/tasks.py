"""What the worker does for reports: the daily digest."""

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.tasks import queue, task
from solicit.reports import service


@task("reports.write_digests")
def write_digests(timestamp: int) -> None:
    with transaction() as session:
        service.write_digests(session, now=utcnow())


queue.periodic(cron="0 6 * * *")(queue.tasks["reports.write_digests"])
