"""The rows of a submission: the submission itself, its versions, its authors, and its events in the audit."""

import secrets
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.db import violated_constraint
from solicit.errors import NotFound, Refused
from solicit.submissions.models import Authorship, Submission, SubmissionVersion
from solicit.submissions.states import LIVE, REFERENCE_SIGNS, AuthorValues, SubmissionState, TextValues
from solicit.words import N_


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


def authorship_of(
    submission: Submission,
    person_id: int,
    author: AuthorValues,
    now: datetime,
    *,
    position: int = 1,
    is_corresponding: bool = False,
) -> Authorship:
    """The row of an author who says it themselves; nobody under 16 is ever named."""
    return Authorship(
        submission_id=submission.id,
        person_id=person_id,
        position=position,
        full_name=author.full_name,
        affiliation=author.affiliation,
        ror=author.ror,
        country=author.country,
        career=author.career,
        orcid=author.orcid,
        is_corresponding=is_corresponding,
        is_willing=author.is_willing,
        may_be_named=author.may_be_named and author.is_sixteen,
        is_minor=not author.is_sixteen,
        confirmed_at=now,
    )


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


def check_is_live(submission: Submission) -> None:
    """Raise Refused for a withdrawn submission: it is brought back before it is changed."""
    if submission.state not in LIVE:
        raise Refused(N_("This was withdrawn. Bring it back before you change it."))


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
