"""The people around a submission: its authors, and, for its submitter alone, those who were asked."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.people.states import CAREER_WORDS
from solicit.submissions.models import Authorship, CoAuthor, Submission
from solicit.submissions.queries.own import REFERENCE_FORM
from solicit.submissions.states import CO_AUTHOR_WORDS, AuthorValues, CoAuthorState, SubmissionState


@dataclass(frozen=True)
class AuthorView:
    """One author of a submission, as they confirmed it."""

    position: int
    said: AuthorValues
    career_word: str | None
    is_minor: bool
    is_corresponding: bool
    is_submitter: bool
    is_you: bool


@dataclass(frozen=True)
class RequestView:
    """One person whom the submitter named, and who is no author now."""

    id: int
    name: str
    email: str
    state_word: str
    may_be_revoked: bool


@dataclass(frozen=True)
class PeopleAround:
    """The authors in their order, and the requests that are not agreed to: none for anybody but the submitter."""

    authors: tuple[AuthorView, ...]
    requests: tuple[RequestView, ...]
    is_yours: bool

    @property
    def you(self) -> AuthorView | None:
        return next((author for author in self.authors if author.is_you), None)


def submission_subject(session: Session, *, call: CallFacts, reference: str, **_) -> Subject | None:
    """Facts for the policy: who sent a submission, and who agreed to be its co-author; one statement."""
    if not REFERENCE_FORM.fullmatch(reference):
        return None
    rows = session.execute(
        sa.select(Submission.submitter_id, Authorship.person_id)
        .outerjoin(Authorship, Authorship.submission_id == Submission.id)
        .where(Submission.reference == reference, Submission.call_id == call.id)
        .where(Submission.state != SubmissionState.DRAFT)
    ).all()
    if not rows:
        return None
    owners = frozenset({rows[0].submitter_id} - {None})
    return Subject(call_id=call.id, owner_ids=owners, co_author_ids=frozenset(r.person_id for r in rows) - owners)


def people_around(session: Session, *, submission_id: int, viewer_id: int) -> PeopleAround:
    """Everybody around a submission whom the viewer may know of; one statement."""
    asked = sa.func.jsonb_build_object(
        "id", CoAuthor.id, "name", CoAuthor.full_name, "email", CoAuthor.email, "state", CoAuthor.state
    )
    requests = (
        sa.select(sa.func.jsonb_agg(aggregate_order_by(asked, CoAuthor.id)))
        .where(CoAuthor.submission_id == Submission.id, CoAuthor.state != CoAuthorState.ACCEPTED)
        .where(Submission.submitter_id == viewer_id)
        .correlate(Submission)
    )
    rows = session.execute(
        sa.select(Authorship, Submission.submitter_id, requests.scalar_subquery().label("requests"))
        .join(Submission, Submission.id == Authorship.submission_id)
        .where(Authorship.submission_id == submission_id)
        .order_by(Authorship.position)
        .execution_options(populate_existing=True)
    ).all()
    return PeopleAround(
        authors=tuple(_author(row.Authorship, row.submitter_id, viewer_id) for row in rows),
        requests=tuple(_request(each) for each in (rows[0].requests or () if rows else ())),
        is_yours=any(row.submitter_id == viewer_id for row in rows),
    )


def _author(author: Authorship, submitter_id: int | None, viewer_id: int) -> AuthorView:
    said = AuthorValues(
        full_name=author.full_name,
        affiliation=author.affiliation,
        ror=author.ror,
        country=author.country,
        career=author.career,
        orcid=author.orcid,
        is_willing=author.is_willing,
        may_be_named=author.may_be_named,
    )
    return AuthorView(
        position=author.position,
        said=said,
        career_word=CAREER_WORDS[author.career] if author.career else None,
        is_minor=author.is_minor,
        is_corresponding=author.is_corresponding,
        is_submitter=author.person_id == submitter_id,
        is_you=author.person_id == viewer_id,
    )


def _request(asked: dict) -> RequestView:
    state = CoAuthorState(asked["state"])
    return RequestView(
        id=asked["id"],
        name=asked["name"],
        email=asked["email"],
        state_word=CO_AUTHOR_WORDS[state],
        may_be_revoked=state is CoAuthorState.INVITED,
    )
