"""One submission, for the people around it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Mission
from solicit.calls.queries import CallFacts
from solicit.calls.service import answers_until
from solicit.calls.states import KIND_WORDS, Kind
from solicit.submissions.models import RevisionRequest, Submission, SubmissionVersion
from solicit.submissions.queries.history import Edit, VersionView, edit_between, version_view
from solicit.submissions.states import LIVE, PUBLIC_WORDS, PlanValues, SubmissionState

QUESTION_MARKS = "?？؟;՞"
N_VERSIONS_SHOWN = 10


@dataclass(frozen=True)
class SubmissionPage:
    """A submission with its last wordings, the latest first."""

    id: int
    reference: str
    state: SubmissionState
    state_word: str
    is_live: bool
    is_withdrawn: bool
    is_asked_for_change: bool
    kind: Kind
    kind_word: str
    version: int
    updated_at: datetime
    sent_at: datetime
    withdrawn_at: datetime | None
    consented_at: datetime | None
    terms_version: str
    licence: str
    plan: PlanValues | None
    versions: tuple[VersionView, ...]

    @property
    def latest(self) -> VersionView:
        return self.versions[0]

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(edit_between(old, new) for new, old in pairwise(self.versions))

    @property
    def lacks_question_mark(self) -> bool:
        return lacks_question_mark(self.kind, self.latest.title)


@dataclass(frozen=True)
class RevisionView:
    """What an organizer asked an author to change, and until when it can be answered."""

    text: str
    asked_at: datetime
    until: datetime
    answered_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        return self.answered_at is None and now < self.until


def lacks_question_mark(kind: Kind, title: str) -> bool:
    """Whether readers might miss a question mark: a hint, never an error."""
    return kind is Kind.QUESTION and not title.rstrip().endswith(tuple(QUESTION_MARKS))


def submission_page(session: Session, *, call: CallFacts, reference: str) -> SubmissionPage:
    """A submission with its versions; one statement."""
    missions = sa.select(sa.func.jsonb_object_agg(Mission.key, Mission.name)).where(Mission.call_id == call.id)
    rows = session.execute(
        sa.select(Submission, SubmissionVersion, missions.scalar_subquery().label("missions"))
        .join(SubmissionVersion, SubmissionVersion.submission_id == Submission.id)
        .where(Submission.reference == reference, Submission.call_id == call.id)
        .order_by(SubmissionVersion.number.desc())
        .limit(N_VERSIONS_SHOWN)
        .execution_options(populate_existing=True)
    ).all()
    sent, names = rows[0].Submission, rows[0].missions or {}
    return SubmissionPage(
        id=sent.id,
        reference=sent.reference,
        state=sent.state,
        state_word=PUBLIC_WORDS[sent.state],
        is_live=sent.state in LIVE,
        is_withdrawn=sent.state is SubmissionState.WITHDRAWN,
        is_asked_for_change=sent.state is SubmissionState.REVISION_REQUESTED,
        kind=sent.kind,
        kind_word=KIND_WORDS[sent.kind],
        version=sent.version,
        updated_at=sent.updated_at,
        sent_at=sent.sent_at,
        withdrawn_at=sent.withdrawn_at,
        consented_at=sent.consented_at,
        terms_version=sent.terms_version,
        licence=sent.licence,
        plan=PlanValues.from_json(sent.plan),
        versions=tuple(version_view(row.SubmissionVersion, call, names) for row in rows),
    )


def revisions_of(session: Session, *, call: CallFacts, submission_id: int) -> tuple[RevisionView, ...]:
    """What organizers asked the author of a submission to change, the latest first; one statement."""
    rows = session.scalars(
        sa.select(RevisionRequest)
        .where(RevisionRequest.submission_id == submission_id)
        .order_by(RevisionRequest.asked_at.desc(), RevisionRequest.id.desc())
    )
    return tuple(
        RevisionView(row.text, row.asked_at, answers_until(call, asked_at=row.asked_at), row.answered_at)
        for row in rows
    )
