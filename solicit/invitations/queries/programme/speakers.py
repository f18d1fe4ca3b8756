"""Whom an organizer may name as a speaker, and the facts behind the doors of sessions and slots."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, ProgrammeSession, ProgrammeSlot, SelectionCandidate
from solicit.invitations.queries.letters.rows import as_selected
from solicit.invitations.queries.sight import Sight
from solicit.invitations.states import HOLDING, InvitationState
from solicit.people.models import Person
from solicit.questions.queries.involvement import question_subject
from solicit.web.folding import fold


@dataclass(frozen=True)
class Speaker:
    """Somebody who takes part, with the questions they wrote."""

    invitation_id: int
    person_id: int
    name: str
    has_answered: bool
    question_ids: tuple[int, ...]


def speakers(session: Session, *, call: CallFacts, sight: Sight) -> tuple[Speaker, ...]:
    """Those who take part and whom the organizer may see, by name; one statement."""
    rows = session.execute(
        sa.select(Invitation, Person.full_name, SelectionCandidate)
        .join(Person, Person.id == Invitation.person_id)
        .outerjoin(SelectionCandidate, as_selected())
        .where(Invitation.call_id == call.id, Invitation.state.in_(HOLDING), Invitation.person_id != sight.viewer_id)
    )
    found = [_speaker(row) for row in rows if not sight.hides(row.SelectionCandidate)]
    return tuple(sorted(found, key=lambda each: (fold(each.name), each.invitation_id)))


def session_subject(session: Session, *, call: CallFacts, session_id: int, **_) -> Subject | None:
    """Facts for the policy: a session belongs to its call."""
    of_call = ProgrammeSession.call_id == call.id
    found = session.scalar(sa.select(ProgrammeSession.id).where(ProgrammeSession.id == session_id, of_call))
    return Subject(call_id=call.id) if found else None


def slot_subject(session: Session, *, call: CallFacts, slot_id: int, **_) -> Subject | None:
    """Facts for the policy: those of the question that the slot is for; two statements."""
    row = session.execute(
        sa.select(ProgrammeSlot.question_id)
        .join(ProgrammeSession, ProgrammeSession.id == ProgrammeSlot.session_id)
        .where(ProgrammeSlot.id == slot_id, ProgrammeSession.call_id == call.id)
    ).one_or_none()
    if row is None:
        return None
    if row.question_id is None:
        return Subject(call_id=call.id)
    return question_subject(session, call=call, question_id=row.question_id)


def _speaker(row) -> Speaker:
    candidate = row.SelectionCandidate
    return Speaker(
        invitation_id=row.Invitation.id,
        person_id=row.Invitation.person_id,
        name=row.full_name,
        has_answered=row.Invitation.state is not InvitationState.OFFERED,
        question_ids=tuple(candidate.question_ids) if candidate else (),
    )
