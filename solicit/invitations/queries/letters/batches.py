"""One batch of letters, as the second organizer reads it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.invitations.models import Invitation, LetterBatch
from solicit.invitations.queries.letters.rows import InvitationRow, invitations_of_call
from solicit.invitations.queries.meeting import MeetingView, meeting_from_json
from solicit.invitations.states import BATCH_WORDS, BatchState
from solicit.people.models import Person

preparer = aliased(Person, name="preparer")
decider = aliased(Person, name="decider")


@dataclass(frozen=True)
class BatchPage:
    """``n_hidden`` letters are part of the batch, too: they stand or fall with it."""

    id: int
    state: BatchState
    is_own: bool
    answer_by: datetime
    meeting: MeetingView
    prepared_at: datetime
    prepared_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    rows: tuple[InvitationRow, ...]
    n_letters: int

    @property
    def state_word(self) -> str:
        return BATCH_WORDS[self.state]

    @property
    def is_waiting(self) -> bool:
        return self.state is BatchState.PREPARED

    @property
    def n_hidden(self) -> int:
        return self.n_letters - len(self.rows)


def batch_subject(session: Session, *, call: CallFacts, letter_batch_id: int, **_) -> Subject | None:
    """Facts for the policy: letters belong to their call."""
    found = sa.select(LetterBatch.call_id).where(LetterBatch.id == letter_batch_id, LetterBatch.call_id == call.id)
    call_id = session.scalar(found)
    return Subject(call_id=call_id) if call_id else None


def batch_page(session: Session, *, call: CallFacts, batch_id: int, viewer_id: int, locale: str) -> BatchPage:
    """A batch with the letters that the reader may see; three statements."""
    n_letters = sa.select(sa.func.count()).where(Invitation.batch_id == LetterBatch.id).scalar_subquery()
    row = session.execute(
        sa.select(LetterBatch, preparer.full_name, decider.full_name, n_letters)
        .outerjoin(preparer, preparer.id == LetterBatch.prepared_by_id)
        .outerjoin(decider, decider.id == LetterBatch.decided_by_id)
        .where(LetterBatch.id == batch_id)
        .execution_options(populate_existing=True)
    ).one()
    batch, prepared_by, decided_by, total = row
    rows = invitations_of_call(session, call=call, viewer_id=viewer_id, locale=locale)
    return BatchPage(
        id=batch.id,
        state=batch.state,
        is_own=batch.prepared_by_id == viewer_id,
        answer_by=batch.answer_by,
        meeting=meeting_from_json(batch.meeting),
        prepared_at=batch.prepared_at,
        prepared_by=prepared_by,
        decided_at=batch.decided_at,
        decided_by=decided_by,
        rows=tuple(each for each in rows.visible if each.batch_id == batch_id),
        n_letters=total,
    )
