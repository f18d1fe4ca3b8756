"""Proposed people: the organizers' list with names, the statements without, and the page of the person."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import Nomination, StatementScore
from solicit.invitations.queries.pool.accounts import STATEMENT_SCORES_NEEDED
from solicit.invitations.queries.redaction import Revealing, redacted
from solicit.invitations.queries.sight import hidden_person_ids
from solicit.invitations.states import NOMINATION_SOURCE_WORDS
from solicit.people.models import Organization, Person
from solicit.web.pagination import Window
from solicit.words import N_

ASKED, AGREED, DECLINED = N_("Asked"), N_("Agreed"), N_("Declined")


@dataclass(frozen=True)
class NominationRow:
    """Who was proposed, and what they answered; without the statement, which is scored without the name."""

    name: str
    theme: ThemeView | None
    source_word: str
    proposed_at: datetime
    answer_word: str


@dataclass(frozen=True)
class StatementRow:
    """A statement of fit as an organizer scores it: no name, no country, no institution."""

    id: int
    theme: ThemeView | None
    statement: str
    n_scores: int
    n_needed: int
    own_score: int | None


@dataclass(frozen=True)
class ConsentPage:
    """What the proposed person reads before they answer."""

    name: str
    theme: ThemeView | None
    statement: str
    has_consented: bool
    has_declined: bool


def nomination_subject(session: Session, *, call: CallFacts, nomination_id: int, **_) -> Subject | None:
    """Facts for the policy: a nomination belongs to its call."""
    found = sa.select(Nomination.call_id).where(Nomination.id == nomination_id, Nomination.call_id == call.id)
    call_id = session.scalar(found)
    return Subject(call_id=call_id) if call_id else None


def answer_word(nomination: Nomination) -> str:
    """What the person said so far."""
    if nomination.consented_at:
        return AGREED
    return DECLINED if nomination.declined_at else ASKED


def nomination_rows(
    session: Session, *, call: CallFacts, viewer_id: int, window: Window
) -> tuple[tuple[NominationRow, ...], int]:
    """The proposed people whom the reader may see, by name, and how many there are; three statements."""
    hidden = hidden_person_ids(session, viewer_id=viewer_id)
    rows = session.execute(
        sa.select(Nomination, Person.full_name, sa.func.count().over().label("total"))
        .join(Person, Person.id == Nomination.person_id)
        .where(Nomination.call_id == call.id, Nomination.person_id.not_in(hidden))
        .order_by(sa.func.lower(Person.full_name).collate("C"), Nomination.person_id, Nomination.id)
        .limit(window.size)
        .offset(window.offset)
    ).all()
    found = tuple(
        NominationRow(
            name=row.full_name,
            theme=call.theme_by_id(row.Nomination.theme_id),
            source_word=NOMINATION_SOURCE_WORDS[row.Nomination.source],
            proposed_at=row.Nomination.proposed_at,
            answer_word=answer_word(row.Nomination),
        )
        for row in rows
    )
    return found, rows[0].total if rows else 0


def statement_rows(session: Session, *, call: CallFacts, viewer_id: int) -> tuple[StatementRow, ...]:
    """The statements that the reader may score, in an order that tells nothing; three statements."""
    hidden = hidden_person_ids(session, viewer_id=viewer_id)
    own_score = sa.func.max(StatementScore.value).filter(StatementScore.organizer_id == viewer_id)
    rows = session.execute(
        sa.select(
            Nomination,
            Person,
            Organization.name.label("organization"),
            sa.func.count(StatementScore.value).label("n_scores"),
            own_score.label("own_score"),
        )
        .join(Person, Person.id == Nomination.person_id)
        .outerjoin(Organization, Organization.ror == Person.ror)
        .outerjoin(StatementScore, StatementScore.nomination_id == Nomination.id)
        .where(
            Nomination.call_id == call.id,
            Nomination.consented_at.is_not(None),
            Nomination.person_id.not_in(hidden),
            Nomination.proposed_by_id.is_distinct_from(viewer_id),
        )
        .group_by(Nomination.id, Person.id, Organization.name)
    )
    found = [
        StatementRow(
            id=row.Nomination.id,
            theme=call.theme_by_id(row.Nomination.theme_id),
            statement=redacted(row.Nomination.statement, *revealing(row.Person, row.organization, row.Nomination)),
            n_scores=row.n_scores,
            n_needed=STATEMENT_SCORES_NEEDED,
            own_score=row.own_score,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda row: hashlib.sha256(f"{viewer_id}:{row.id}".encode()).digest()))


def revealing(person: Person, organization: str | None, nomination: Nomination | None = None) -> tuple[Revealing, ...]:
    """What must not stand in a statement about somebody, by their account and as they were proposed."""
    known = Revealing(
        name=person.full_name,
        email=person.email,
        orcid=person.orcid,
        institutions=tuple(name for name in (person.affiliation, organization) if name),
        country=person.country,
    )
    return (known, Revealing(name=nomination.proposed_name)) if nomination else (known,)


def consent_page(session: Session, *, call: CallFacts, nomination_id: int, person_id: int) -> ConsentPage | None:
    """The page of one proposed person; one statement."""
    row = session.execute(
        sa.select(Nomination, Person.full_name)
        .join(Person, Person.id == Nomination.person_id)
        .where(Nomination.id == nomination_id, Nomination.person_id == person_id, Nomination.call_id == call.id)
    ).one_or_none()
    if row is None:
        return None
    return ConsentPage(
        name=row.full_name,
        theme=call.theme_by_id(row.Nomination.theme_id),
        statement=row.Nomination.statement,
        has_consented=row.Nomination.consented_at is not None,
        has_declined=row.Nomination.declined_at is not None,
    )
