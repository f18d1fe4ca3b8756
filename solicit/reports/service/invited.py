"""What is left of an erased person among candidates, invitations and the meeting: numbers and money, no words."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.invitations.models import (
    CandidateDouble,
    CandidateWish,
    Contribution,
    Invitation,
    Nomination,
    ProgrammeSlot,
    SelectionCandidate,
    Spending,
    TravelDocument,
    TravelReading,
)
from solicit.invitations.service.letters import cancel_all_of
from solicit.invitations.states import Rule
from solicit.reports.service.votes import NOTHING


def quieten_invitations(session: Session, *, person_id: int, now: datetime) -> None:
    """Take the words out of what concerns somebody, and give their seat free if the meeting is still to come."""
    cancel_all_of(session, person_id=person_id, now=now)
    _forget_what_they_said(session, person_id)
    _empty_candidates(session, person_id)
    own = sa.select(Invitation.id).where(Invitation.person_id == person_id)
    session.execute(sa.delete(TravelDocument).where(TravelDocument.invitation_id.in_(own)))
    session.execute(sa.update(Spending).where(Spending.invitation_id.in_(own)).values(note=""))
    slots = sa.update(ProgrammeSlot).where(ProgrammeSlot.invitation_id.in_(own))
    session.execute(slots.values(invitation_id=None, title=""))
    # The invitation stays: money was committed and spent on it, and others took its place.
    invited = sa.update(Invitation).where(Invitation.person_id == person_id)
    session.execute(invited.values(answer_note="", cancel_reason="", nonce=""))


def _forget_what_they_said(session: Session, person_id: int) -> None:
    for table in (CandidateWish, Contribution, Nomination):
        session.execute(sa.delete(table).where(table.person_id == person_id))
    is_theirs = sa.or_(CandidateDouble.first_id == person_id, CandidateDouble.second_id == person_id)
    session.execute(sa.delete(CandidateDouble).where(is_theirs))
    proposed = sa.update(Nomination).where(Nomination.proposed_by_id == person_id)
    session.execute(proposed.values(proposed_by_id=None))
    by_them = TravelReading.reader_id == person_id
    session.execute(sa.delete(TravelReading).where(by_them, TravelReading.subject_id == person_id))
    session.execute(sa.update(TravelReading).where(by_them).values(reader_id=None))


def _empty_candidates(session: Session, person_id: int) -> None:
    """The proof of a selection counts its rows: merit, cost and the choice stay, the rest goes."""
    reason = sa.case((SelectionCandidate.rule == Rule.NONE, ""), else_=NOTHING)
    nothing = dict(country=None, region="", institution="", career=None, gender=None, is_young=False)
    lists = dict.fromkeys(("also_ids", "question_ids", "theme_keys", "topic_ids"), [])
    candidate = sa.update(SelectionCandidate).where(SelectionCandidate.person_id == person_id)
    session.execute(candidate.values(rule_reason=reason, why={}, **nothing, **lists))
    joined = sa.update(SelectionCandidate).where(sa.literal(person_id) == sa.any_(SelectionCandidate.also_ids))
    session.execute(joined.values(also_ids=sa.func.array_remove(SelectionCandidate.also_ids, person_id)))
