"""Keeping travel details no longer than was said, and only under the present key."""

import logging

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.invitations.service.travel_keeping import forget_old_travel, reseal_travel
from solicit.jobs.tasks import at_start, queue, task

log = logging.getLogger(__name__)


@task("invitations.keep_travel")
def keep_travel(timestamp: int = 0) -> None:
    with transaction() as session:
        n_deleted = forget_old_travel(session, now=utcnow())
        resealed = reseal_travel(session)
    log.info("Travel details: %s deleted, %s sealed with the first key", n_deleted, resealed.n_resealed)
    if resealed.n_shut:
        log.error("Travel details: no key of SOLICIT_TRAVEL_KEYS opens %s of them", resealed.n_shut)


queue.periodic(cron="11 3 * * *")(queue.tasks["invitations.keep_travel"])
at_start("invitations.keep_travel")
