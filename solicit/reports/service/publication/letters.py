"""Telling everybody who sent something that the results are there: one letter per person, whatever happens."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.calls.states import ResultsFor
from solicit.jobs.service import start_job
from solicit.mail.service import Recipient, enqueue_all
from solicit.people.models import Person
from solicit.reports.models import Publication
from solicit.submissions.models import Submission
from solicit.submissions.queries.correspondence import correspondents
from solicit.submissions.states import LIVE

TELL = "reports.tell_submitters"
KIND = "results_published"
# A person is always written to in the same step, so that a job taken up again knows whom it has told.
N_STEPS = 20


def start_telling(session: Session, *, call: CallFacts, publication_id: int, started_by_id: int, now: datetime) -> int:
    return start_job(
        session,
        kind=TELL,
        call_id=call.id,
        task=TELL,
        n_steps=N_STEPS,
        started_by_id=started_by_id,
        now=now,
        publication_id=publication_id,
        result_path=f"/{call.slug}/organize/publication",
    )


def tell_some(session: Session, *, publication_id: int, step: int, now: datetime) -> int:
    """Write to the submitters of one step and return how many letters are new.

    The publication and the person are the letter's identity: a step that runs twice writes nothing twice.
    """
    told = correspondents()
    mine = sa.func.count(Submission.id).label("n_own"), sa.func.min(Submission.reference).label("reference")
    of_call = Call.id.label("call_id"), Call.slug, Call.title, Call.results_for
    rows = session.execute(
        sa.select(Person.id, Person.email, Person.locale, *of_call, *mine)
        .select_from(Publication)
        .join(Call, Call.id == Publication.call_id)
        .join(Submission, Submission.call_id == Call.id)
        .join(told, told.c.submission_id == Submission.id)
        .join(Person, Person.id == told.c.person_id)
        .where(Publication.id == publication_id, Submission.state.in_(LIVE), Person.active)
        .where(Person.id % N_STEPS == step)
        .group_by(Person.id, Call.id)
        .order_by(Person.id)
    ).all()
    letters = [_letter(publication_id, row) for row in rows]
    return enqueue_all(session, kind=KIND, letters=letters, now=now, call_id=rows[0].call_id) if rows else 0


def _letter(publication_id: int, row: sa.Row) -> tuple[Recipient, dict, str]:
    """Who sent one submission is led to its own page, who sent more of them to the list of all."""
    own = f"/{row.locale}/{row.slug}/my"
    params = dict(
        call_title=row.title,
        path=f"{own}/{row.reference}/what-became" if row.n_own == 1 else own,
        results_path="" if row.results_for is ResultsFor.NOBODY else f"/{row.locale}/{row.slug}/results",
    )
    once = f"results of publication {publication_id} to person {row.id}"
    return Recipient(row.email, row.locale, row.id), params, once
