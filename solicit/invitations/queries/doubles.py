"""Accounts that may be one person, for an organizer to decide on."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.invitations.models import CandidateDouble
from solicit.invitations.queries.candidates import Candidate, CandidatePool
from solicit.invitations.queries.sight import visible_candidates
from solicit.invitations.states import DOUBLE_BASIS_WORDS, DOUBLE_WORDS, DoubleState
from solicit.people.models import Organization, Person
from solicit.people.queries import country_name


@dataclass(frozen=True)
class DoubleSide:
    """One of two accounts as an organizer compares them."""

    name: str
    country: str
    institution: str
    orcid: str | None
    registered_at: datetime
    labels: tuple[str, ...]


@dataclass(frozen=True)
class DoubleRow:
    """Two accounts, why they may be one person, and what was decided."""

    id: int
    sides: tuple[DoubleSide, DoubleSide]
    basis_word: str
    state: DoubleState
    state_word: str
    is_decided: bool
    reason: str

    @property
    def is_automatic(self) -> bool:
        return self.state is DoubleState.SAME and not self.is_decided


@dataclass(frozen=True)
class DoublesPage:
    """The pairs the reader may see, open ones first; ``may_decide`` unless they are a candidate."""

    rows: tuple[DoubleRow, ...]
    may_decide: bool


def double_subject(session: Session, *, call: CallFacts, double_id: int, **_) -> Subject | None:
    """Facts for the policy: a pair belongs to its call."""
    found = sa.select(CandidateDouble.call_id).where(
        CandidateDouble.id == double_id, CandidateDouble.call_id == call.id
    )
    call_id = session.scalar(found)
    return Subject(call_id=call_id) if call_id else None


def doubles_page(session: Session, *, call: CallFacts, pool: CandidatePool, viewer_id: int, locale: str) -> DoublesPage:
    """The pairs among the candidates of a pool; two statements."""
    seen = visible_candidates(session, pool=pool, viewer_id=viewer_id)
    seen_ids = {number for candidate in seen for number in candidate.account_ids}
    labels = _labels(pool, seen)
    rows = [
        _row(double, tuple(_side(person, named, labels, locale) for person, named in (sides[:2], sides[2:])))
        for double, *sides in session.execute(_pairs(call.id, seen_ids))
    ]
    in_order = sorted(rows, key=lambda row: (row.state is not DoubleState.SUSPECTED, row.is_decided, row.id))
    return DoublesPage(tuple(in_order), may_decide=viewer_id not in pool.person_ids)


def _labels(pool: CandidatePool, seen: Iterable[Candidate]) -> dict[int, tuple[str, ...]]:
    """The numbers of the questions of each candidate, said of all their accounts."""
    label_of = {question.id: question.label for question in pool.questions}
    labels = defaultdict(tuple)
    for candidate in seen:
        labels |= dict.fromkeys(candidate.account_ids, tuple(label_of[n] for n in candidate.question_ids))
    return labels


def _pairs(call_id: int, seen_ids: Collection[int]) -> sa.Select:
    """Pairs of accounts of these, each account with the registered name of its institution."""
    (one, its), (other, theirs) = ((aliased(Person), aliased(Organization)) for _ in range(2))
    return (
        sa.select(CandidateDouble, one, its.name, other, theirs.name)
        .join(one, one.id == CandidateDouble.first_id)
        .outerjoin(its, its.ror == one.ror)
        .join(other, other.id == CandidateDouble.second_id)
        .outerjoin(theirs, theirs.ror == other.ror)
        .where(CandidateDouble.call_id == call_id, one.id.in_(seen_ids), other.id.in_(seen_ids))
        .order_by(CandidateDouble.id)
    )


def _side(person: Person, organization: str | None, labels: dict[int, tuple[str, ...]], locale: str) -> DoubleSide:
    return DoubleSide(
        name=person.full_name,
        country=country_name(person.country, locale),
        institution=organization or person.affiliation,
        orcid=person.orcid,
        registered_at=person.created_at,
        labels=labels[person.id],
    )


def _row(double: CandidateDouble, sides: tuple[DoubleSide, DoubleSide]) -> DoubleRow:
    return DoubleRow(
        id=double.id,
        sides=sides,
        basis_word=DOUBLE_BASIS_WORDS[double.basis],
        state=double.state,
        state_word=DOUBLE_WORDS[double.state],
        is_decided=double.decided_at is not None,
        reason=double.reason,
    )
