"""A full analysis of a call on the command line: what organizers start at their desks, one job after the other."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, call_facts
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import Conflict, DomainError
from solicit.jobs.queries import JobPage, job_page, unfinished_jobs
from solicit.jobs.states import KIND_WORDS
from solicit.questions.service.duplicates import FIND_DUPLICATES, start_finding_duplicates
from solicit.questions.service.look_over import LOOK_OVER_ALL, start_looking_over
from solicit.topics.service.layout import LAY_OUT, start_drawing
from solicit.topics.service.start import GROUP, start_grouping
from solicit.topics.states import Detail
from solicit.web.commands import WorkerBeside
from solicit.web.output import say

LOOK_EVERY = 0.5


@dataclass(frozen=True)
class Analysis:
    """One kind of job, where its result is below the call, and how it is started."""

    kind: str
    path: str
    start: Callable[..., int]


def _start_grouping(session: Session, **values: object) -> int:
    return start_grouping(session, detail=Detail.MIDDLE, **values)


ANALYSES = (
    Analysis(FIND_DUPLICATES, "organize/duplicates", start_finding_duplicates),
    Analysis(LOOK_OVER_ALL, "organize/questions", start_looking_over),
    Analysis(GROUP, "organize/topics/proposal", _start_grouping),
    Analysis(LAY_OUT, "organize/coverage", start_drawing),
)


@click.command("analyse")
@click.argument("slug")
@with_appcontext
def analyse(slug: str) -> None:
    """Analyse all questions of the call SLUG: vectors and duplicates, a look over each, topics, and the map.

    The same jobs can be started at the desks of the call. They are done by this command and by any worker that
    runs; a job that was interrupted goes on where it was. Topics are a proposal that an organizer accepts.

    \b
    Example:
      solicit analyse deep-space
    """
    with transaction() as session:
        call = call_facts(session, slug=slug)
    if call is None:
        raise click.ClickException(f"There is no call “{slug}”.")
    worker = WorkerBeside(current_app._get_current_object())
    try:
        for analysis in ANALYSES:
            job_id = _started(analysis, call, utcnow())
            if job_id is not None:
                _watch(job_id)
    finally:
        worker.stop()


def _started(analysis: Analysis, call: CallFacts, now: datetime) -> int | None:
    """The id of a new job, or of the one that waits or runs already; None if something else has to be done first."""
    try:
        with transaction() as session:
            own = dict(call_id=call.id, started_by_id=None, result_path=f"/{call.slug}/{analysis.path}")
            return analysis.start(session, now=now, **own)
    except Conflict as error:
        with transaction() as session:
            waiting = unfinished_jobs(session, call_id=call.id)
        job_id = next((job.id for job in waiting if job.kind == analysis.kind), None)
        if job_id is None:
            say(f"{KIND_WORDS[analysis.kind]}: {error}", kind=analysis.kind)
        return job_id
    except DomainError as error:
        raise click.ClickException(str(error)) from None


def _watch(job_id: int) -> None:
    """Show how far a job is until it is over."""
    began, job = time.monotonic(), _look(job_id)
    label = KIND_WORDS[job.kind]
    with click.progressbar(length=job.n_steps, label=label, item_show_func=lambda doing: doing, file=sys.stderr) as bar:
        while not job.is_over:
            bar.update(job.step - bar.pos, _doing(job))
            time.sleep(LOOK_EVERY)
            job = _look(job_id)
        bar.update(job.step - bar.pos)
    if job.problem:
        raise click.ClickException(job.problem)
    took = time.monotonic() - began
    say(f"  {job.state_word} after {took:.0f} s", kind=job.kind, state=job.state, seconds=round(took))


def _look(job_id: int) -> JobPage:
    with transaction() as session:
        return job_page(session, job_id=job_id)


def _doing(job: JobPage) -> str:
    return f"{job.doing} ({job.n_done:,} of {job.n_total:,})" if job.n_total else job.doing
