"""What the worker does for drafts: letters with links, reminders, and forgetting."""

from flask import current_app

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.jobs.tasks import queue, task
from solicit.submissions.service import finish, forget


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


def _links() -> finish.FinishLinks:
    return finish.FinishLinks(current_app.config["SECRET_KEY"])


queue.periodic(cron="23 * * * *")(queue.tasks["submissions.remind_of_drafts"])
queue.periodic(cron="41 4 * * *")(queue.tasks["submissions.forget_drafts"])
