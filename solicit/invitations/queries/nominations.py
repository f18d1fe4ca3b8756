"""Proposed people: the organizers' list with names, the statements without, and the page of the person."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import Nomination, StatementScore
from solicit.invitations.queries.candidates import STATEMENT_SCORES_NEEDED
from solicit.people.models import Person
from solicit.web.pagination import Window


@dataclass(frozen=True)
class NominationRow:
    """Who was proposed, and how far it is; without the statement, which is scored without the name."""

    name: str
    theme: ThemeView | None
    proposed_at: datetime
    has_consented: bool


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
    """What the proposed person reads before they agree."""

    name: str
    theme: ThemeView | None
    statement: str
    has_consented: bool


def nomination_subject(session: Session, *, call: CallFacts, nomination_id: int, **_) -> Subject | None:
    """Facts for the policy: a nomination belongs to its call."""
    found = sa.select(Nomination.call_id).where(Nomination.id == nomination_id, Nomination.call_id == call.id)
    call_id = session.scalar(found)
    return Subject(call_id=call_id) if call_id else None


def nomination_rows(
    session: Session, *, call: CallFacts, viewer_id: int, window: Window
) -> tuple[tuple[NominationRow, ...], int]:
    """The proposed people other than the reader, by name, and how many there are; one statement."""
    rows = session.execute(
        sa.select(Nomination, Person.full_name, sa.func.count().over().label("total"))
        .join(Person, Person.id == Nomination.person_id)
        .where(Nomination.call_id == call.id, Nomination.person_id != viewer_id)
        .order_by(sa.func.lower(Person.full_name).collate("C"), Nomination.person_id)
        .limit(window.size)
        .offset(window.offset)
    ).all()
    found = tuple(
        NominationRow(
            name=row.full_name,
            theme=call.theme_by_id(row.Nomination.theme_id),
            proposed_at=row.Nomination.proposed_at,
            has_consented=row.Nomination.consented_at is not None,
        )
        for row in rows
    )
    return found, rows[0].total if rows else 0


def statement_rows(session: Session, *, call: CallFacts, viewer_id: int) -> tuple[StatementRow, ...]:
    """The statements that the reader may score, in an order that tells nothing; one statement."""
    rows = session.execute(
        sa.select(
            Nomination.id,
            Nomination.theme_id,
            Nomination.statement,
            sa.func.count(StatementScore.value).label("n_scores"),
            sa.func.max(StatementScore.value).filter(StatementScore.organizer_id == viewer_id).label("own_score"),
        )
        .outerjoin(StatementScore, StatementScore.nomination_id == Nomination.id)
        .where(
            Nomination.call_id == call.id,
            Nomination.consented_at.is_not(None),
            Nomination.person_id != viewer_id,
            Nomination.proposed_by_id.is_distinct_from(viewer_id),
        )
        .group_by(Nomination.id)
    )
    found = [
        StatementRow(
            id=row.id,
            theme=call.theme_by_id(row.theme_id),
            statement=row.statement,
            n_scores=row.n_scores,
            n_needed=STATEMENT_SCORES_NEEDED,
            own_score=row.own_score,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda row: hashlib.sha256(f"{viewer_id}:{row.id}".encode()).digest()))


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
    )
