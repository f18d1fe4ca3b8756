"""What a person wishes, and says of themselves for the quotas of a meeting."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Closed
from solicit.invitations.models import CandidateWish, Invitation
from solicit.invitations.states import COMING, Gender, Wish
from solicit.words import N_


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """Everything is optional; what is None was not said."""

    wish: Wish | None
    is_young: bool
    gender: Gender | None


def say_wishes(session: Session, *, call_id: int, person_id: int, wishes: Wishes, now: datetime) -> None:
    """Keep what a person wishes; the last word counts, until they accepted an invitation."""
    invitation = sa.select(Invitation.state).where(Invitation.call_id == call_id, Invitation.person_id == person_id)
    if session.scalar(invitation.with_for_update()) in COMING:
        raise Closed(N_("You accepted an invitation. Write to the organizers if something changed."))
    said = dict(wish=wishes.wish, is_young=wishes.is_young, gender=wishes.gender, changed_at=now)
    session.execute(
        insert(CandidateWish)
        .values(call_id=call_id, person_id=person_id, **said)
        .on_conflict_do_update(index_elements=["call_id", "person_id"], set_=said)
    )
    # That something was said, not what: it is nobody's but theirs.
    record(session, act="say wishes", subject="call", subject_id=call_id, call_id=call_id, actor_id=person_id, now=now)
