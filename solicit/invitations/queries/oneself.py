"""What a person said for a call, and what was written about them: for nobody but themselves."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.invitations.models import CandidateWish, Invitation, Nomination
from solicit.invitations.queries.nominations import revealing
from solicit.invitations.queries.redaction import redacted
from solicit.invitations.states import COMING, Gender, NominationSource, Wish
from solicit.people.models import Organization, Person


@dataclass(frozen=True)
class OwnWishes:
    """What a person said; ``is_fixed`` once they accepted an invitation."""

    wish: Wish | None
    is_young: bool
    gender: Gender | None
    is_fixed: bool


@dataclass(frozen=True)
class OwnProposal:
    """How a person proposed themselves, and what the organizers read of it."""

    theme: ThemeView | None
    statement: str
    as_read: str


def own_wishes(session: Session, *, call: CallFacts, person_id: int) -> OwnWishes:
    """What a person said so far; two statements."""
    said = session.get(CandidateWish, (call.id, person_id), populate_existing=True)
    invitation = sa.select(Invitation.state).where(Invitation.call_id == call.id, Invitation.person_id == person_id)
    is_fixed = session.scalar(invitation) in COMING
    if said is None:
        return OwnWishes(None, False, None, is_fixed)
    return OwnWishes(said.wish, said.is_young, said.gender, is_fixed)


def own_proposal(session: Session, *, call: CallFacts, person_id: int) -> OwnProposal | None:
    """The person's own proposal, if they made one; one statement."""
    row = session.execute(
        sa.select(Nomination, Person, Organization.name)
        .join(Person, Person.id == Nomination.person_id)
        .outerjoin(Organization, Organization.ror == Person.ror)
        .where(
            Nomination.call_id == call.id,
            Nomination.person_id == person_id,
            Nomination.source == NominationSource.ONESELF,
        )
    ).one_or_none()
    if row is None:
        return None
    nomination, person, organization = row
    as_read = redacted(nomination.statement, *revealing(person, organization))
    return OwnProposal(call.theme_by_id(nomination.theme_id), nomination.statement, as_read)
