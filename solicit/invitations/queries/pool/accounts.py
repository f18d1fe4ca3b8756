"""The accounts that may be invited: who wrote the ranked questions, and who was proposed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import CandidateWish, Nomination, StatementScore
from solicit.invitations.states import Gender, NominationSource, Wish
from solicit.people.models import Organization, Person
from solicit.people.states import Career
from solicit.questions.models import QuestionSource
from solicit.submissions.models import Authorship, Submission
from solicit.submissions.states import LIVE

STATEMENT_SCORES_NEEDED = 3


@dataclass(frozen=True)
class Account:
    """What is known of one account, and what its person says for this call."""

    person_id: int
    name: str
    orcid: str | None
    country: str | None
    career: Career | None
    institution: str
    is_active: bool
    wish: Wish | None
    wished_at: datetime | None
    is_young: bool
    gender: Gender | None


@dataclass(frozen=True)
class Author:
    """A confirmed author of one question; ``is_willing`` if they said so when it was sent."""

    account: Account
    is_willing: bool


@dataclass(frozen=True)
class Nominee:
    """Somebody proposed who consented, with what organizers found of the statement."""

    account: Account
    source: NominationSource
    theme_key: str | None
    n_scores: int
    mean_score: float | None

    @property
    def is_scored(self) -> bool:
        return self.n_scores >= STATEMENT_SCORES_NEEDED


PERSON_COLUMNS = (Person.id, Person.full_name, Person.orcid, Person.active)
WISH_COLUMNS = (CandidateWish.wish, CandidateWish.changed_at, CandidateWish.is_young, CandidateWish.gender)


def authors_of(session: Session, *, call: CallFacts, question_ids: list[int]) -> dict[int, tuple[Author, ...]]:
    """The confirmed authors of each question, every account once; one statement."""
    rows = session.execute(
        sa.select(
            QuestionSource.question_id,
            *PERSON_COLUMNS,
            sa.func.coalesce(Person.country, sa.func.max(Authorship.country)).label("country"),
            sa.func.coalesce(Person.career, sa.func.max(Authorship.career)).label("career"),
            _institution(sa.func.max(Authorship.affiliation)).label("institution"),
            sa.func.bool_or(Authorship.is_willing).label("is_willing"),
            *WISH_COLUMNS,
        )
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .join(Authorship, Authorship.submission_id == Submission.id)
        .join(Person, Person.id == Authorship.person_id)
        .outerjoin(Organization, Organization.ror == Person.ror)
        .outerjoin(CandidateWish, _wish_of(call))
        .where(
            QuestionSource.question_id.in_(question_ids),
            Submission.state.in_(LIVE),
            Authorship.confirmed_at.is_not(None),
        )
        .group_by(QuestionSource.question_id, Person.id, Organization.name, *WISH_COLUMNS)
        .order_by(QuestionSource.question_id, Person.id)
    )
    authors = defaultdict(list)
    for row in rows:
        authors[row.question_id].append(Author(_account(row), row.is_willing))
    return {question_id: tuple(found) for question_id, found in authors.items()}


def nominees_of(session: Session, *, call: CallFacts) -> tuple[Nominee, ...]:
    """Every proposal to which its person consented, with the mean of the statement's scores; one statement."""
    rows = session.execute(
        sa.select(
            *PERSON_COLUMNS,
            Person.country,
            Person.career,
            _institution(sa.literal("")).label("institution"),
            Nomination.source,
            Nomination.theme_id,
            sa.func.count(StatementScore.value).label("n_scores"),
            sa.func.avg(StatementScore.value).label("mean_score"),
            *WISH_COLUMNS,
        )
        .join(Person, Person.id == Nomination.person_id)
        .outerjoin(StatementScore, StatementScore.nomination_id == Nomination.id)
        .outerjoin(Organization, Organization.ror == Person.ror)
        .outerjoin(CandidateWish, _wish_of(call))
        .where(Nomination.call_id == call.id, Nomination.consented_at.is_not(None), Person.active)
        .group_by(Person.id, Nomination.id, Organization.name, *WISH_COLUMNS)
        .order_by(Person.id, Nomination.id)
    )
    return tuple(_nominee(row, call) for row in rows)


def _nominee(row: sa.Row, call: CallFacts) -> Nominee:
    theme = call.theme_by_id(row.theme_id)
    mean = None if row.mean_score is None else float(row.mean_score)
    return Nominee(_account(row), row.source, theme.key if theme else None, row.n_scores, mean)


def _wish_of(call: CallFacts) -> sa.ColumnElement[bool]:
    return sa.and_(CandidateWish.person_id == Person.id, CandidateWish.call_id == call.id)


def _institution(otherwise: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    return sa.func.coalesce(Organization.name, sa.func.nullif(Person.affiliation, ""), otherwise, "")


def _account(row: sa.Row) -> Account:
    return Account(
        person_id=row.id,
        name=row.full_name,
        orcid=row.orcid,
        country=row.country,
        career=row.career,
        institution=" ".join(row.institution.split()),
        is_active=row.active,
        wish=row.wish,
        wished_at=row.changed_at,
        is_young=bool(row.is_young),
        gender=row.gender,
    )
