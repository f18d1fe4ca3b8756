"""What the clock does to invitations."""

from flask import current_app

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.invitations.service.letters import keep_deadlines
from solicit.jobs.tasks import queue, task
from solicit.submissions.service.links import AnswerLinks


@task("invitations.keep_deadlines")
def keep_invitations(timestamp: int) -> None:
    """Remind whoever has not answered, and end what nobody answered in time."""
    with transaction() as session:
        keep_deadlines(session, links=AnswerLinks(current_app.config["SECRET_KEY"]), now=utcnow())


queue.periodic(cron="*/10 * * * *")(queue.tasks["invitations.keep_deadlines"])
