"""Writing to the people whose submissions speak through a question."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.questions.models import QuestionSource
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE


def write_to_submitters(
    session: Session, *, call_id: int, question_ids: Iterable[int], kind: str, params: dict, now: datetime
) -> int:
    """Put one letter per submission and person into the outbox and return how many.

    Every letter knows the title and reference of the receiver's own submission, and the call.
    """
    rows = session.execute(
        sa.select(Person.id, Person.email, Person.locale, Submission.title, Submission.reference)
        .select_from(QuestionSource)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .join(Person, Person.id == Submission.submitter_id)
        .where(QuestionSource.question_id.in_(tuple(question_ids)), Submission.state.in_(LIVE), Person.active)
        .order_by(Submission.id)
    ).all()
    if not rows:
        return 0
    call = session.execute(sa.select(Call.slug, Call.title).where(Call.id == call_id)).one()
    for row in rows:
        own = dict(
            title=row.title, reference=row.reference, call_title=call.title, call_slug=call.slug, lang=row.locale
        )
        to = Recipient(row.email, row.locale, row.id)
        enqueue(session, to=to, kind=kind, params=own | params, now=now, call_id=call_id)
    return len(rows)
