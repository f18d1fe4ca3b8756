"""Sending a question or plan, changing it until the close, withdrawing it and bringing it back."""

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from babel.dates import format_datetime
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.calls.service import as_it_is_now, check_accepts_submissions
from solicit.db import violated_constraint
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.submissions.models import Authorship, Submission, SubmissionVersion
from solicit.submissions.states import (
    LANGUAGES,
    LIVE,
    MOVES,
    REFERENCE_SIGNS,
    AuthorValues,
    Source,
    SubmissionState,
    TextValues,
)
from solicit.words import N_

LONGEST_NAME = 200
LONGEST_AFFILIATION = 300


@dataclass(frozen=True)
class Receipt:
    """What came of sending; ``is_repeat`` when the same form had arrived before."""

    submission_id: int
    reference: str
    is_repeat: bool


def submit(
    session: Session,
    *,
    call: CallFacts,
    person_id: int,
    author: AuthorValues,
    text: TextValues,
    idempotency_key: UUID,
    now: datetime,
) -> Receipt:
    """Store what a person sends, with its first version, its author and a receipt by mail."""
    sent_before = _repeated(session, idempotency_key, person_id)
    if sent_before is not None:
        return sent_before
    check_accepts_submissions(as_it_is_now(session, call), now=now)
    _check_person(author)
    check_text(call, text)
    submission = _new_submission(call, text, now)
    submission.submitter_id, submission.idempotency_key = person_id, idempotency_key
    submission.terms_version, submission.consented_at = call.terms_version, now
    if not _stored(session, submission):
        return _repeated(session, idempotency_key, person_id) or _refuse_key()
    session.add(_authorship(submission, author, now))
    _keep_version(session, submission, now)
    _record(session, "submit", submission, actor_id=person_id, now=now)
    _write_to_submitter(session, "submission_received", submission, call, now)
    return Receipt(submission.id, submission.reference, is_repeat=False)


def edit(
    session: Session,
    *,
    call: CallFacts,
    submission_id: int,
    person_id: int,
    version: int,
    text: TextValues,
    now: datetime,
) -> bool:
    """Store a new wording of a submission; False if nothing changed.

    Raises Conflict when ``version`` is not the latest: another window saved in the meantime.
    """
    submission = _locked(session, call, submission_id)
    check_accepts_submissions(as_it_is_now(session, call), now=now, draft_saved_at=submission.updated_at)
    if submission.state not in LIVE:
        raise Refused(N_("This was withdrawn. Bring it back before you change it."))
    if submission.version != version:
        raise Conflict(N_("You saved another version in the meantime."))
    text = replace(text, kind=submission.kind)
    check_text(call, text)
    if all(getattr(submission, name) == value for name, value in asdict(text).items()):
        return False
    _word(submission, text)
    submission.version, submission.updated_at = version + 1, now
    _keep_version(session, submission, now)
    _record(session, "edit", submission, actor_id=person_id, now=now, version=submission.version)
    _write_to_submitter(session, "submission_edited", submission, call, now)
    return True


def withdraw(session: Session, *, call: CallFacts, submission_id: int, person_id: int, now: datetime) -> None:
    """Take a submission out of the call, until the close; its text is kept."""
    submission = _locked(session, call, submission_id)
    check_accepts_submissions(as_it_is_now(session, call), now=now)
    check_move(MOVES, submission.state, SubmissionState.WITHDRAWN)
    submission.state, submission.withdrawn_at = SubmissionState.WITHDRAWN, now
    _record(session, "withdraw", submission, actor_id=person_id, now=now)
    _write_to_submitter(session, "submission_withdrawn", submission, call, now)


def revive(session: Session, *, call: CallFacts, submission_id: int, person_id: int, now: datetime) -> None:
    """Bring a withdrawn submission back into the call, until the close."""
    submission = _locked(session, call, submission_id)
    check_accepts_submissions(as_it_is_now(session, call), now=now)
    if submission.state is not SubmissionState.WITHDRAWN:
        raise Refused(N_("This was not withdrawn."))
    check_move(MOVES, submission.state, SubmissionState.SENT)
    submission.state, submission.withdrawn_at = SubmissionState.SENT, None
    _record(session, "revive", submission, actor_id=person_id, now=now)


def bring_in(session: Session, *, call: CallFacts, text: TextValues, origin: str, now: datetime) -> int:
    """Store a text that an organizer imports: it has no author and may be incomplete."""
    check_limits(call, text)
    submission = _new_submission(call, text, now)
    submission.source, submission.origin = Source.IMPORT, origin
    _stored(session, submission)
    _keep_version(session, submission, now)
    _record(session, "import", submission, actor_id=None, now=now)
    return submission.id


def check_text(call: CallFacts, text: TextValues) -> None:
    """Raise Refused unless a person may send this text to the call."""
    check_limits(call, text)
    if not text.is_complete:
        raise Refused(N_("A part of it is missing."))


def check_limits(call: CallFacts, text: TextValues) -> None:
    """Raise Refused for a text without a title, too long, in an unknown language or theme."""
    limits = call.limits
    if not text.title:
        raise Refused(N_("It has no title."))
    for given, most in (
        (text.title, limits.title_max),
        (text.goal_overview, limits.overview_max),
        (text.significance, limits.significance_max),
        (text.approach, limits.approach_max),
    ):
        if len(given) > most:
            raise Refused(N_("It is too long: at most %(most)s characters."), most=most)
    if text.language not in LANGUAGES:
        raise Refused(N_("We do not know this language."))
    if text.theme_id is not None and call.theme_by_id(text.theme_id) is None:
        raise Refused(N_("This call does not have this theme."))


def _check_person(author: AuthorValues) -> None:
    if not author.is_sixteen:
        raise Refused(N_("At the moment we can only accept submissions from people who are 16 or older."))
    if not author.has_consented:
        raise Refused(N_("Without your agreement we may not keep your text."))
    if not author.full_name:
        raise Refused(N_("Your name is missing."))
    if len(author.full_name) > LONGEST_NAME or len(author.affiliation) > LONGEST_AFFILIATION:
        raise Refused(N_("The name or the affiliation is too long."))


def _new_submission(call: CallFacts, text: TextValues, now: datetime) -> Submission:
    submission = Submission(
        reference=_new_reference(),
        call_id=call.id,
        kind=text.kind,
        state=SubmissionState.SENT,
        created_at=now,
        updated_at=now,
        sent_at=now,
        version=1,
    )
    _word(submission, text)
    return submission


def _authorship(submission: Submission, author: AuthorValues, now: datetime) -> Authorship:
    return Authorship(
        submission_id=submission.id,
        person_id=submission.submitter_id,
        full_name=author.full_name,
        affiliation=author.affiliation,
        country=author.country,
        career=author.career,
        is_willing=author.is_willing,
        confirmed_at=now,
    )


def _new_reference() -> str:
    signs = "".join(secrets.choice(REFERENCE_SIGNS) for _ in range(8))
    return f"S-{signs[:4]}-{signs[4:]}"


def _word(submission: Submission, text: TextValues) -> None:
    for name, value in asdict(text).items():
        setattr(submission, name, value)


def _stored(session: Session, submission: Submission) -> bool:
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


def _repeated(session: Session, key: UUID, person_id: int) -> Receipt | None:
    sent = sa.select(Submission.id, Submission.reference).where(
        Submission.idempotency_key == key, Submission.submitter_id == person_id
    )
    row = session.execute(sent).one_or_none()
    return Receipt(row.id, row.reference, is_repeat=True) if row else None


def _refuse_key() -> Receipt:
    raise Conflict(N_("This form was used before. Open the page again."))


def _locked(session: Session, call: CallFacts, submission_id: int) -> Submission:
    locked = sa.select(Submission).where(Submission.id == submission_id, Submission.call_id == call.id)
    submission = session.scalar(locked.with_for_update().execution_options(populate_existing=True))
    if submission is None:
        raise NotFound
    return submission


def _keep_version(session: Session, submission: Submission, now: datetime) -> None:
    columns = ("theme_id", "language", "title", "goal_overview", "significance", "approach")
    words = {name: getattr(submission, name) for name in columns}
    session.add(SubmissionVersion(submission_id=submission.id, number=submission.version, saved_at=now, **words))
    session.flush()


def _record(
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


def _write_to_submitter(session: Session, kind: str, submission: Submission, call: CallFacts, now: datetime) -> None:
    person = session.get_one(Person, submission.submitter_id)
    closes_at = format_datetime(call.closes_at.astimezone(UTC), "d MMMM y, HH:mm", locale=person.locale)
    params = dict(
        reference=submission.reference,
        title=submission.title,
        call_title=call.title,
        closes_at=f"{closes_at} UTC",
        path=f"/{person.locale}/{call.slug}/my/{submission.reference}",
    )
    to = Recipient(person.email, person.locale, person.id)
    enqueue(session, to=to, kind=kind, params=params, now=now, call_id=call.id)
