"""The accounts that may be invited: who wrote the ranked questions, and who was proposed."""

from collections import defaultdict
from collections.abc import Mapping
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


@dataclass(frozen=True)
class People:
    """The authors by question, and every proposal."""

    authors: Mapping[int, tuple[Author, ...]]
    nominees: tuple[Nominee, ...]

    @property
    def accounts(self) -> list[Account]:
        """Every account, as often as it wrote or was proposed."""
        authors = (author.account for found in self.authors.values() for author in found)
        return [*authors, *(nominee.account for nominee in self.nominees)]


PERSON_COLUMNS = (Person.id, Person.full_name, Person.orcid, Person.active)
WISH_COLUMNS = (CandidateWish.wish, CandidateWish.changed_at, CandidateWish.is_young, CandidateWish.gender)
ONLY_OF_NOMINEES = {
    "at": sa.BigInteger(),
    "source": Nomination.source.type,
    "theme_id": sa.BigInteger(),
    "n_scores": sa.BigInteger(),
    "mean_score": sa.Float(),
}


def people_of(session: Session, *, call: CallFacts, question_ids: list[int]) -> People:
    """Who wrote these questions, and who was proposed; one statement."""
    rows = session.execute(_authors(call, question_ids).union_all(_nominees(call)).order_by("question_id", "id", "at"))
    authors, nominees = defaultdict(list), []
    for row in rows:
        if row.question_id is None:
            nominees.append(_nominee(row, call))
        else:
            authors[row.question_id].append(Author(_account(row), row.is_willing))
    return People({question_id: tuple(found) for question_id, found in authors.items()}, tuple(nominees))


def _authors(call: CallFacts, question_ids: list[int]) -> sa.Select:
    """The confirmed authors of each question, every account once."""
    return (
        sa.select(
            QuestionSource.question_id,
            *PERSON_COLUMNS,
            sa.func.coalesce(Person.country, sa.func.max(Authorship.country)).label("country"),
            sa.func.coalesce(Person.career, sa.func.max(Authorship.career)).label("career"),
            _institution(sa.func.max(Authorship.affiliation)).label("institution"),
            *WISH_COLUMNS,
            sa.func.bool_or(Authorship.is_willing).label("is_willing"),
            *(sa.type_coerce(sa.null(), kind).label(name) for name, kind in ONLY_OF_NOMINEES.items()),
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
    )


def _nominees(call: CallFacts) -> sa.Select:
    """Every proposal to which its person consented, with the mean of the statement's scores."""
    return (
        sa.select(
            sa.null().label("question_id"),
            *PERSON_COLUMNS,
            Person.country,
            Person.career,
            _institution(sa.literal("")).label("institution"),
            *WISH_COLUMNS,
            sa.null().label("is_willing"),
            Nomination.id.label("at"),
            Nomination.source,
            Nomination.theme_id,
            sa.func.count(StatementScore.value).label("n_scores"),
            sa.cast(sa.func.avg(StatementScore.value), sa.Float).label("mean_score"),
        )
        .join(Person, Person.id == Nomination.person_id)
        .outerjoin(StatementScore, StatementScore.nomination_id == Nomination.id)
        .outerjoin(Organization, Organization.ror == Person.ror)
        .outerjoin(CandidateWish, _wish_of(call))
        .where(Nomination.call_id == call.id, Nomination.consented_at.is_not(None), Person.active)
        .group_by(Person.id, Nomination.id, Organization.name, *WISH_COLUMNS)
    )


def _nominee(row: sa.Row, call: CallFacts) -> Nominee:
    theme = call.theme_by_id(row.theme_id)
    return Nominee(_account(row), row.source, theme.key if theme else None, row.n_scores, row.mean_score)


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
