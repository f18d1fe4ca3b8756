"""What submitters read of their own submissions."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.people.states import CAREER_WORDS
from solicit.submissions.models import Authorship, Submission, SubmissionVersion
from solicit.submissions.queries.changes import Piece, word_changes
from solicit.submissions.states import LIVE, PUBLIC_WORDS, REFERENCE_SIGNS, AuthorValues, SubmissionState
from solicit.web.pagination import Window
from solicit.words import N_

REFERENCE_FORM = re.compile(f"S-[{REFERENCE_SIGNS}]{{4}}-[{REFERENCE_SIGNS}]{{4}}")
QUESTION_MARKS = "?？؟;՞"
N_VERSIONS_SHOWN = 10

TEXT_LABELS = {
    "title": N_("Title"),
    "goal_overview": N_("Goal overview"),
    "significance": N_("Scientific significance"),
    "approach": N_("How it could be explored"),
}


@dataclass(frozen=True)
class VersionView:
    """One wording of a submission, as it was sent."""

    number: int
    saved_at: datetime
    theme: ThemeView | None
    language: str
    title: str
    goal_overview: str
    significance: str
    approach: str


@dataclass(frozen=True)
class TextChange:
    """What an edit did to one part of a submission."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Edit:
    """The step from one wording to the next."""

    version: VersionView
    changes: tuple[TextChange, ...]


@dataclass(frozen=True)
class SubmissionRow:
    """One submission in its owner's list."""

    id: int
    reference: str
    state_word: str
    is_withdrawn: bool
    kind_word: str
    theme: ThemeView | None
    language: str
    title: str
    sent_at: datetime


@dataclass(frozen=True)
class SubmissionList:
    rows: tuple[SubmissionRow, ...]
    total: int


@dataclass(frozen=True)
class SubmissionPage:
    """A submission for its owner, with its last wordings, the latest first."""

    id: int
    reference: str
    state_word: str
    is_live: bool
    is_withdrawn: bool
    kind: Kind
    kind_word: str
    version: int
    sent_at: datetime
    withdrawn_at: datetime | None
    author: AuthorValues | None
    career_word: str | None
    terms_version: str
    versions: tuple[VersionView, ...]

    @property
    def latest(self) -> VersionView:
        return self.versions[0]

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(Edit(new, _changes(old, new)) for new, old in pairwise(self.versions))

    @property
    def lacks_question_mark(self) -> bool:
        return lacks_question_mark(self.kind, self.latest.title)


def lacks_question_mark(kind: Kind, title: str) -> bool:
    """Whether readers might miss a question mark: a hint, never an error."""
    return kind is Kind.QUESTION and not title.rstrip().endswith(tuple(QUESTION_MARKS))


def own_submission_subject(session: Session, *, call: CallFacts, reference: str, **_) -> Subject | None:
    """Facts for the policy: a submission belongs to the person who sent it."""
    if not REFERENCE_FORM.fullmatch(reference):
        return None
    found = session.execute(
        sa.select(Submission.submitter_id).where(
            Submission.reference == reference,
            Submission.call_id == call.id,
            Submission.state != SubmissionState.DRAFT,
        )
    ).one_or_none()
    if found is None:
        return None
    return Subject(call_id=call.id, owner_ids=frozenset({found.submitter_id} - {None}))


def submission_page(session: Session, *, call: CallFacts, reference: str) -> SubmissionPage:
    """A submission with its versions, for its owner; two statements."""
    row = session.execute(
        sa.select(Submission, Authorship)
        .outerjoin(
            Authorship,
            sa.and_(Authorship.submission_id == Submission.id, Authorship.person_id == Submission.submitter_id),
        )
        .where(Submission.reference == reference, Submission.call_id == call.id)
        .execution_options(populate_existing=True)
    ).one()
    sent = row.Submission
    versions = session.scalars(
        sa.select(SubmissionVersion)
        .where(SubmissionVersion.submission_id == sent.id)
        .order_by(SubmissionVersion.number.desc())
        .limit(N_VERSIONS_SHOWN)
    )
    return SubmissionPage(
        id=sent.id,
        reference=sent.reference,
        state_word=PUBLIC_WORDS[sent.state],
        is_live=sent.state in LIVE,
        is_withdrawn=sent.state is SubmissionState.WITHDRAWN,
        kind=sent.kind,
        kind_word=KIND_WORDS[sent.kind],
        version=sent.version,
        sent_at=sent.sent_at,
        withdrawn_at=sent.withdrawn_at,
        author=_author(row.Authorship),
        career_word=CAREER_WORDS[row.Authorship.career] if row.Authorship and row.Authorship.career else None,
        terms_version=sent.terms_version,
        versions=tuple(_version(version, call) for version in versions),
    )


def own_submissions(session: Session, *, call: CallFacts, person_id: int, window: Window) -> SubmissionList:
    """What a person sent to this call, the latest first; one statement."""
    rows = session.execute(
        sa.select(Submission, sa.func.count().over().label("total"))
        .where(Submission.call_id == call.id, Submission.submitter_id == person_id)
        .where(Submission.state != SubmissionState.DRAFT)
        .order_by(Submission.sent_at.desc(), Submission.id.desc())
        .limit(window.size)
        .offset(window.offset)
    ).all()
    return SubmissionList(tuple(_row(row.Submission, call) for row in rows), rows[0].total if rows else 0)


def _changes(old: VersionView, new: VersionView) -> tuple[TextChange, ...]:
    changed = [name for name in TEXT_LABELS if getattr(old, name) != getattr(new, name)]
    return tuple(
        TextChange(TEXT_LABELS[name], word_changes(getattr(old, name), getattr(new, name))) for name in changed
    )


def _author(authorship: Authorship | None) -> AuthorValues | None:
    if authorship is None:
        return None
    return AuthorValues(
        full_name=authorship.full_name,
        affiliation=authorship.affiliation,
        country=authorship.country,
        career=authorship.career,
        is_willing=authorship.is_willing,
    )


def _version(version: SubmissionVersion, call: CallFacts) -> VersionView:
    return VersionView(
        number=version.number,
        saved_at=version.saved_at,
        theme=call.theme_by_id(version.theme_id),
        language=version.language,
        title=version.title,
        goal_overview=version.goal_overview,
        significance=version.significance,
        approach=version.approach,
    )


def _row(sent: Submission, call: CallFacts) -> SubmissionRow:
    return SubmissionRow(
        id=sent.id,
        reference=sent.reference,
        state_word=PUBLIC_WORDS[sent.state],
        is_withdrawn=sent.state is SubmissionState.WITHDRAWN,
        kind_word=KIND_WORDS[sent.kind],
        theme=call.theme_by_id(sent.theme_id),
        language=sent.language,
        title=sent.title,
        sent_at=sent.sent_at,
    )
