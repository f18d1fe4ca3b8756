"""What authors change about themselves, and who of them receives the letters."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.service import as_it_is_now, check_accepts_answers
from solicit.errors import NotFound, Refused
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.service.limits import check_names
from solicit.submissions.service.rows import check_is_live, locked_submission, record_act
from solicit.submissions.states import AuthorValues
from solicit.words import N_

DESCRIBED = ("full_name", "affiliation", "ror", "country", "career", "orcid", "is_willing", "may_be_named")


def describe_oneself(
    session: Session, *, call: CallFacts, submission_id: int, person_id: int, author: AuthorValues, now: datetime
) -> None:
    """Keep what an author says of themselves beside one submission."""
    submission = _open_submission(session, call, submission_id, now)
    authorship = session.get(Authorship, (submission_id, person_id), with_for_update=True, populate_existing=True)
    if authorship is None:
        raise NotFound
    check_names(author)
    if authorship.is_minor and author.may_be_named:
        raise Refused(N_("Names of people under 16 are never published."))
    for name in DESCRIBED:
        setattr(authorship, name, getattr(author, name))
    record_act(session, "describe oneself", submission, actor_id=person_id, now=now)


def hand_letters_to(
    session: Session, *, call: CallFacts, submission_id: int, position: int, actor_id: int, now: datetime
) -> None:
    """Make the author at a place the corresponding one, to whom letters about the submission go as well."""
    submission = _open_submission(session, call, submission_id, now)
    authors = session.scalars(
        sa.select(Authorship).where(Authorship.submission_id == submission_id).with_for_update()
    ).all()
    chosen = next((author for author in authors if author.position == position), None)
    if chosen is None or chosen.confirmed_at is None:
        raise NotFound
    for author in authors:
        author.is_corresponding = False
    session.flush()  # first nobody: there is never more than one
    chosen.is_corresponding = True
    record_act(session, "choose corresponding author", submission, actor_id=actor_id, now=now)


def _open_submission(session: Session, call: CallFacts, submission_id: int, now: datetime) -> Submission:
    submission = locked_submission(session, call, submission_id)
    check_accepts_answers(as_it_is_now(session, call), now=now)
    check_is_live(submission)
    return submission
