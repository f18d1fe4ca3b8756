"""What somebody is asked who has a link, or the address it was sent to."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS, Kind
from solicit.people.models import Person
from solicit.submissions.models import Authorship, CoAuthor, Draft, RevisionRequest, Submission
from solicit.submissions.states import LIVE, CoAuthorState, Typed

inviter = aliased(Authorship, name="inviter")


@dataclass(frozen=True)
class Wording:
    """The text that somebody is asked about."""

    kind: Kind
    kind_word: str
    language: str
    title: str
    goal_overview: str
    significance: str
    approach: str


@dataclass(frozen=True)
class CoAuthorRequest:
    """A request to be a co-author, for the person who was asked. ``person_id`` is whose address it is, if anybody's."""

    id: int
    nonce: str
    email: str
    full_name: str
    inviter: str
    person_id: int | None
    is_live: bool
    wording: Wording


@dataclass(frozen=True)
class GuardianRequest:
    """A request to a guardian, with what the young person wants to send."""

    name: str
    wording: Wording


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a person's answer: the reference of a change they were asked for, or a request's id."""

    kind: str
    id: int
    reference: str
    title: str
    language: str
    inviter: str
    asked_at: datetime


def request_subject(session: Session, *, call: CallFacts, request_id: int, **_) -> Subject | None:
    """Facts for the policy: a request belongs to the person whose confirmed address was asked."""
    found = session.execute(
        _requests(call).with_only_columns(Person.id, Person.confirmed_at).where(CoAuthor.id == request_id)
    ).one_or_none()
    if found is None:
        return None
    return Subject(call_id=call.id, owner_ids=frozenset({found.id} if found.confirmed_at else ()))


def co_author_request(
    session: Session, *, call: CallFacts, request_id: int, nonce: str | None = None
) -> CoAuthorRequest | None:
    """A request that waits for its answer, by its number and, for a link, the nonce that it carries; one statement."""
    wanted = _requests(call).where(CoAuthor.id == request_id)
    row = session.execute(wanted if nonce is None else wanted.where(CoAuthor.nonce == nonce)).one_or_none()
    if row is None:
        return None
    asked = row.CoAuthor
    return CoAuthorRequest(
        id=asked.id,
        nonce=asked.nonce,
        email=asked.email,
        full_name=asked.full_name,
        inviter=row.inviter or "",
        person_id=row.person_id,
        is_live=row.Submission.state in LIVE,
        wording=_wording(row.Submission),
    )


def guardian_request(session: Session, *, call: CallFacts, submission_id: int, nonce: str) -> GuardianRequest | None:
    """A request to a guardian that waits for its answer; one statement."""
    row = session.execute(
        sa.select(Draft, Submission)
        .join(Submission, Submission.id == Draft.submission_id)
        .where(Draft.submission_id == submission_id, Draft.guardian_nonce == nonce, Submission.call_id == call.id)
        .where(Draft.guardian_confirmed_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return GuardianRequest(Typed.from_json(row.Draft.author).full_name, _wording(row.Submission))


def waiting_for(session: Session, *, call: CallFacts, person_id: int) -> tuple[Waiting, ...]:
    """What waits for a person's answer, the oldest first; one statement."""
    common = (Submission.reference, Submission.title, Submission.language)
    requests = (
        _requests(call)
        .with_only_columns(
            sa.literal("co_author").label("kind"),
            CoAuthor.id,
            *common,
            inviter.full_name,
            CoAuthor.invited_at.label("at"),
        )
        .where(Person.id == person_id, Person.confirmed_at.is_not(None), Submission.state.in_(LIVE))
    )
    changes = (
        sa.select(
            sa.literal("revision"),
            RevisionRequest.id,
            *common,
            sa.literal("").label("inviter"),
            RevisionRequest.asked_at,
        )
        .join(Submission, Submission.id == RevisionRequest.submission_id)
        .where(Submission.call_id == call.id, Submission.submitter_id == person_id)
        .where(RevisionRequest.answered_at.is_(None))
    )
    rows = session.execute(sa.union_all(requests, changes).order_by("at", "id"))
    return tuple(Waiting(*row) for row in rows)


def _requests(call: CallFacts) -> sa.Select:
    """Requests of a call that wait, with the submission, its submitter, and the person who has the address."""
    return (
        sa.select(CoAuthor, Submission, Person.id.label("person_id"), inviter.full_name.label("inviter"))
        .join(Submission, Submission.id == CoAuthor.submission_id)
        .outerjoin(inviter, (inviter.submission_id == Submission.id) & (inviter.person_id == Submission.submitter_id))
        .outerjoin(Person, Person.email == CoAuthor.email)
        .where(Submission.call_id == call.id, CoAuthor.state == CoAuthorState.INVITED)
    )


def _wording(submission: Submission) -> Wording:
    return Wording(
        kind=submission.kind,
        kind_word=KIND_WORDS[submission.kind],
        language=submission.language,
        title=submission.title,
        goal_overview=submission.goal_overview,
        significance=submission.significance,
        approach=submission.approach,
    )
