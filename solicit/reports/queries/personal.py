"""Everything that is kept of one person, for that person.

It is assembled here, in the rightmost feature, because it reads every table; and it is assembled from the tags
of the columns (``info`` in the models), so that a new column cannot be forgotten: a test compares the two.
"""

import enum
from collections.abc import Callable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from solicit.access.models import ApiToken, RoleGrant, SignIn
from solicit.audit.models import AuditEvent, PersonKey
from solicit.db import PERSONAL, WITHHELD, Base
from solicit.invitations.models import (
    CandidateWish,
    Contribution,
    Invitation,
    InvitationReminder,
    Nomination,
    ProgrammeSlot,
    Selection,
    SelectionCandidate,
    Spending,
    StatementScore,
    TravelDocument,
    TravelReading,
)
from solicit.invitations.states import SelectionState
from solicit.mail.models import MailStop, OutboxMail
from solicit.panels.models import (
    Assignment,
    Ballot,
    BallotPlace,
    Comparison,
    ConflictOfInterest,
    DiscussionPost,
    Panelist,
    Recall,
    Review,
    RoundReminder,
    Score,
    SeatOffer,
    ThemeExpertise,
    VoteVersion,
)
from solicit.panels.states import ConflictSource
from solicit.people.models import AddressChange, Person, RecoveryCode
from solicit.questions.models import DifferenceNote, ProblemReport, ScreeningClaim, SecondLook, Support, Translation
from solicit.questions.states import TranslationSource
from solicit.rankings.models import RankingAnnotation
from solicit.reports.models import SavedSearch
from solicit.submissions.models import Authorship, CoAuthor, Draft, RevisionRequest, Submission, SubmissionVersion

Condition = sa.ColumnElement[bool]


def _is(column: InstrumentedAttribute) -> Callable[[int], Condition]:
    return lambda person_id: column == person_id


def _own_submissions(person_id: int) -> sa.Select:
    """What the person sent, began, or wrote together with others."""
    wrote = sa.select(Authorship.submission_id).where(Authorship.person_id == person_id)
    drafts = sa.select(Submission.id).join(Draft, Draft.submission_id == Submission.id)
    began = drafts.where(Submission.submitter_id.is_(None), Draft.email == _address(person_id))
    sent = sa.select(Submission.id).where(Submission.submitter_id == person_id)
    return sa.union(sent, wrote, began).subquery().select()


def _of_submission(column: InstrumentedAttribute) -> Callable[[int], Condition]:
    return lambda person_id: column.in_(_own_submissions(person_id))


def _of_assignment(column: InstrumentedAttribute) -> Callable[[int], Condition]:
    return lambda person_id: column.in_(sa.select(Assignment.id).where(Assignment.person_id == person_id))


def _of_invitation(column: InstrumentedAttribute) -> Callable[[int], Condition]:
    return lambda person_id: column.in_(sa.select(Invitation.id).where(Invitation.person_id == person_id))


def _on_ballot(person_id: int) -> Condition:
    return BallotPlace.ballot_id.in_(sa.select(Ballot.id).where(Ballot.person_id == person_id))


def _offered(person_id: int) -> Condition:
    return sa.or_(SeatOffer.person_id == person_id, SeatOffer.email == _address(person_id))


def _address(person_id: int) -> sa.ScalarSelect[str]:
    return sa.select(Person.email).where(Person.id == person_id).scalar_subquery()


def _named_or_named_by(person_id: int) -> Condition:
    """Requests to the person, and those that they made themselves."""
    sent = sa.select(Submission.id).where(Submission.submitter_id == person_id)
    to_them = sa.or_(CoAuthor.person_id == person_id, CoAuthor.email == _address(person_id))
    return sa.or_(to_them, CoAuthor.submission_id.in_(sent))


def _own_acts(person_id: int) -> Condition:
    return AuditEvent.actor_key.in_(sa.select(PersonKey.key).where(PersonKey.person_id == person_id))


def _declared(person_id: int) -> Condition:
    """Only what they declared: a conflict that was found would tell a panelist who wrote the question."""
    return sa.and_(ConflictOfInterest.person_id == person_id, ConflictOfInterest.source == ConflictSource.DECLARED)


def _translated_as_author(person_id: int) -> Condition:
    """What they wrote of their own text; a translation made at the desk is the organizers' work."""
    return sa.and_(Translation.made_by_id == person_id, Translation.source == TranslationSource.AUTHOR)


def _approved(person_id: int) -> Condition:
    """A selection becomes theirs to know when it is approved."""
    approved = sa.select(Selection.id).where(Selection.state == SelectionState.APPROVED)
    return sa.and_(SelectionCandidate.person_id == person_id, SelectionCandidate.selection_id.in_(approved))


def _letters(person_id: int) -> Condition:
    return sa.or_(OutboxMail.person_id == person_id, OutboxMail.recipient == _address(person_id))


WHOSE: dict[type[Base], Callable[[int], Condition]] = {
    Person: _is(Person.id),
    RoleGrant: _is(RoleGrant.person_id),
    ApiToken: _is(ApiToken.person_id),
    SignIn: _is(SignIn.person_id),
    RecoveryCode: _is(RecoveryCode.person_id),
    AddressChange: _is(AddressChange.person_id),
    MailStop: _is(MailStop.person_id),
    OutboxMail: _letters,
    Submission: _of_submission(Submission.id),
    SubmissionVersion: _of_submission(SubmissionVersion.submission_id),
    Draft: _of_submission(Draft.submission_id),
    Authorship: _is(Authorship.person_id),
    CoAuthor: _named_or_named_by,
    RevisionRequest: _of_submission(RevisionRequest.submission_id),
    DifferenceNote: _of_submission(DifferenceNote.submission_id),
    Support: _is(Support.person_id),
    Translation: _translated_as_author,
    ScreeningClaim: _is(ScreeningClaim.person_id),
    ProblemReport: _is(ProblemReport.reporter_id),
    SecondLook: _is(SecondLook.person_id),
    SavedSearch: _is(SavedSearch.person_id),
    Panelist: _is(Panelist.person_id),
    ConflictOfInterest: _declared,
    Assignment: _is(Assignment.person_id),
    Review: _of_assignment(Review.assignment_id),
    Score: _of_assignment(Score.assignment_id),
    SeatOffer: _offered,
    ThemeExpertise: _is(ThemeExpertise.person_id),
    RoundReminder: _is(RoundReminder.person_id),
    Recall: _is(Recall.person_id),
    Comparison: _is(Comparison.person_id),
    Ballot: _is(Ballot.person_id),
    BallotPlace: _on_ballot,
    VoteVersion: _is(VoteVersion.person_id),
    DiscussionPost: _is(DiscussionPost.person_id),
    RankingAnnotation: _is(RankingAnnotation.person_id),
    Nomination: _is(Nomination.person_id),
    StatementScore: _is(StatementScore.organizer_id),
    CandidateWish: _is(CandidateWish.person_id),
    SelectionCandidate: _approved,
    Invitation: _is(Invitation.person_id),
    InvitationReminder: _of_invitation(InvitationReminder.invitation_id),
    Spending: _of_invitation(Spending.invitation_id),
    TravelDocument: _of_invitation(TravelDocument.invitation_id),
    TravelReading: _is(TravelReading.subject_id),
    ProgrammeSlot: _of_invitation(ProgrammeSlot.invitation_id),
    Contribution: _is(Contribution.person_id),
    AuditEvent: _own_acts,
}


def personal_data(session: Session, *, person_id: int) -> dict[str, dict]:
    """Table by table: what the table is for, and the person's rows; one statement each."""
    return {
        model.__tablename__: {"about": _about(model), "rows": _rows(session, model, whose(person_id))}
        for model, whose in WHOSE.items()
    }


def exported_columns(model: type[Base]) -> tuple[sa.Column, ...]:
    """The columns of a table that its person is given: nothing withheld, nobody else's number."""
    return tuple(
        column
        for column in model.__table__.columns
        if column.info.get("pii") != WITHHELD["pii"] and not _names_another(column) and not _is_bytes(column)
    )


def is_personal(column: sa.Column) -> bool:
    return column.info.get("pii") == PERSONAL["pii"]


def _rows(session: Session, model: type[Base], whose: Condition) -> list[dict]:
    columns = exported_columns(model)
    found = session.execute(sa.select(*columns).where(whose).order_by(*model.__table__.primary_key))
    names = [column.name for column in columns]
    return [{name: _plain(name, value) for name, value in zip(names, row, strict=True)} for row in found]


def _about(model: type[Base]) -> str:
    return (model.__doc__ or "").partition("\n")[0].strip()


def _names_another(column: sa.Column) -> bool:
    return any(key.column.table is Person.__table__ for key in column.foreign_keys)


def _is_bytes(column: sa.Column) -> bool:
    return isinstance(column.type, sa.LargeBinary)


def _plain(name: str, value: object) -> object:
    """A value as JSON can hold it; a letter keeps its words, but not the links that still open a door."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date):  # as times are, too
        return value.isoformat()
    if name == "params":
        return {key: part for key, part in value.items() if not key.endswith("path")}
    if name == "details":  # of an act on somebody else
        return {key: part for key, part in value.items() if key != "person_key"}
    return value
