"""The rows of a submission: the submission itself, its versions, and its events in the audit."""

import secrets
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.db import violated_constraint
from solicit.errors import NotFound
from solicit.submissions.models import Submission, SubmissionVersion
from solicit.submissions.states import REFERENCE_SIGNS, SubmissionState, TextValues


def new_submission(
    call: CallFacts, text: TextValues, now: datetime, state: SubmissionState = SubmissionState.SENT
) -> Submission:
    submission = Submission(
        reference=_new_reference(),
        call_id=call.id,
        kind=text.kind,
        state=state,
        created_at=now,
        updated_at=now,
        sent_at=None if state is SubmissionState.DRAFT else now,
        version=1,
    )
    word(submission, text)
    return submission


def _new_reference() -> str:
    signs = "".join(secrets.choice(REFERENCE_SIGNS) for _ in range(8))
    return f"S-{signs[:4]}-{signs[4:]}"


def word(submission: Submission, text: TextValues) -> None:
    for name, value in text.columns().items():
        setattr(submission, name, value)


def stored(session: Session, submission: Submission) -> bool:
    """Insert a submission; False if its idempotency key exists."""
    try:
        with session.begin_nested():
            session.add(submission)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) == "uq_submission_idempotency_key":
            return False
        raise
    return True


def locked_submission(session: Session, call: CallFacts, submission_id: int) -> Submission:
    statement = sa.select(Submission).where(Submission.id == submission_id, Submission.call_id == call.id)
    submission = session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if submission is None:
        raise NotFound
    return submission


def keep_version(session: Session, submission: Submission, now: datetime) -> None:
    keep_versions(session, [submission], now)


def keep_versions(session: Session, submissions: Iterable[Submission], now: datetime) -> None:
    """Keep the present wording of each submission; few statements for any number of them."""
    columns = ("theme_id", "language", "title", "goal_overview", "significance", "approach", "plan")
    for submission in submissions:
        words = {name: getattr(submission, name) for name in columns}
        session.add(SubmissionVersion(submission_id=submission.id, number=submission.version, saved_at=now, **words))
    session.flush()


def record_act(
    session: Session, act: str, submission: Submission, *, actor_id: int | None, now: datetime, **details: object
) -> None:
    record(
        session,
        act=act,
        subject="submission",
        subject_id=submission.id,
        call_id=submission.call_id,
        actor_id=actor_id,
        now=now,
        **details,
    )
