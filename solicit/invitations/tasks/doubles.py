"""Looking for accounts of one person, so that somebody decides before people are chosen."""

from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.invitations.queries.in_force import calls_in_force
from solicit.invitations.service.doubles import find_doubles
from solicit.jobs.tasks import queue, task


@task("invitations.find_doubles")
def find(timestamp: int) -> None:
    """Compare the candidates of every call whose limits are in force; each call stands or falls alone."""
    with transaction() as session:
        slugs = calls_in_force(session)
    for slug in slugs:
        with transaction(is_long=True) as session:
            find_doubles(session, call=call_facts(session, slug=slug), now=utcnow())


queue.periodic(cron="17 * * * *")(queue.tasks["invitations.find_doubles"])
