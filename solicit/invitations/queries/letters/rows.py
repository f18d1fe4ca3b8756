"""The invitations of a call as one organizer may see them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, Selection, SelectionCandidate
from solicit.invitations.queries.sight import Sight, is_hidden_from, sight_of
from solicit.invitations.states import (
    ATTENDANCE_WORDS,
    COMING,
    COMMITTED,
    GONE,
    INVITATION_WORDS,
    Attendance,
    InvitationState,
)
from solicit.people.models import Person
from solicit.people.queries import country_name
from solicit.web.folding import fold

ABOUT = (Person.full_name, Person.affiliation, Person.country, Person.locale)


@dataclass(frozen=True)
class InvitationRow:
    """One invitation that the reader may see; questions, topics and themes are those it was chosen for."""

    id: int
    person_id: int
    name: str
    affiliation: str
    country: str | None
    country_name: str
    language: str
    state: InvitationState
    attendance: Attendance
    cost_cents: int
    currency: str
    batch_id: int | None
    answer_by: datetime | None
    offered_at: datetime | None
    answered_at: datetime | None
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    # Why they declined, and why the place was cancelled.
    answer_note: str
    cancel_reason: str
    question_ids: tuple[int, ...]
    topic_ids: tuple[int, ...]
    theme_keys: tuple[str, ...]
    replaced_by_id: int | None

    @property
    def state_word(self) -> str:
        return INVITATION_WORDS[self.state]

    @property
    def attendance_word(self) -> str:
        return ATTENDANCE_WORDS[self.attendance]

    @property
    def is_committed(self) -> bool:
        return self.state in COMMITTED

    @property
    def is_coming(self) -> bool:
        return self.state in COMING

    @property
    def is_ready(self) -> bool:
        """Whether a letter can be prepared for it."""
        return self.state is InvitationState.SELECTED and self.batch_id is None


@dataclass(frozen=True)
class InvitationRows:
    """The invitations that the reader may see, by name; how many are ready or came free is counted over all."""

    visible: tuple[InvitationRow, ...]
    n_hidden: int
    n_ready: int
    n_free: int
    sight: Sight

    @property
    def committed(self) -> tuple[InvitationRow, ...]:
        return tuple(row for row in self.visible if row.is_committed)

    @property
    def committed_cents(self) -> int:
        return sum(row.cost_cents for row in self.committed)

    @property
    def coming(self) -> tuple[InvitationRow, ...]:
        return tuple(row for row in self.visible if row.is_coming)


def invitations_of_call(session: Session, *, call: CallFacts, viewer_id: int, locale: str) -> InvitationRows:
    """The invitations of a call without those of people in whose questions the reader has a part; two statements."""
    found = session.execute(
        sa.select(Invitation, SelectionCandidate, Selection.currency, *ABOUT)
        .join(Person, Person.id == Invitation.person_id)
        .join(Selection, Selection.id == Invitation.selection_id)
        .outerjoin(SelectionCandidate, as_selected())
        .where(Invitation.call_id == call.id)
        .order_by(Invitation.id)
    )
    sight = sight_of(session, viewer_id=viewer_id)
    in_order = sorted(found, key=lambda each: fold(each.full_name))
    rows = [(_row(each, locale), sight.hides(each.SelectionCandidate)) for each in in_order]
    every = [row for row, _ in rows]
    return InvitationRows(
        visible=tuple(row for row, is_unseen in rows if not is_unseen),
        n_hidden=sum(is_unseen for _, is_unseen in rows),
        n_ready=sum(row.is_ready for row in every),
        n_free=sum(row.state in GONE and row.replaced_by_id is None for row in every),
        sight=sight,
    )


def committed_invitations(call: CallFacts, viewer_id: int) -> sa.Select:
    """The invitations that bind money, without those of people whom the reader does not see."""
    seen = sa.select(Invitation).outerjoin(SelectionCandidate, as_selected()).where(~is_hidden_from(viewer_id))
    return seen.where(Invitation.call_id == call.id, Invitation.state.in_(COMMITTED))


def as_selected() -> sa.ColumnElement[bool]:
    """What the selection knew of an invited person, whichever of their accounts was invited."""
    is_person = sa.or_(
        SelectionCandidate.person_id == Invitation.person_id,
        Invitation.person_id == sa.any_(SelectionCandidate.also_ids),
    )
    return sa.and_(SelectionCandidate.selection_id == Invitation.selection_id, is_person)


def _row(found: sa.Row, locale: str) -> InvitationRow:
    invitation, candidate = found.Invitation, found.SelectionCandidate
    return InvitationRow(
        id=invitation.id,
        person_id=invitation.person_id,
        name=found.full_name,
        affiliation=found.affiliation,
        country=found.country,
        country_name=country_name(found.country, locale),
        language=found.locale,
        state=invitation.state,
        attendance=invitation.attendance,
        cost_cents=invitation.cost_cents,
        currency=found.currency,
        batch_id=invitation.batch_id,
        answer_by=invitation.answer_by,
        offered_at=invitation.offered_at,
        answered_at=invitation.answered_at,
        confirmed_at=invitation.confirmed_at,
        cancelled_at=invitation.cancelled_at,
        answer_note=invitation.answer_note,
        cancel_reason=invitation.cancel_reason,
        question_ids=tuple(candidate.question_ids) if candidate else (),
        topic_ids=tuple(candidate.topic_ids) if candidate else (),
        theme_keys=tuple(candidate.theme_keys) if candidate else (),
        replaced_by_id=invitation.replaced_by_id,
    )
