"""What the clock does to invitations: remind, and end what nobody answered."""

from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import call_facts
from solicit.invitations.models import Invitation, InvitationReminder, LetterBatch
from solicit.invitations.queries.meeting import meeting_from_json
from solicit.invitations.service.letters.moves import move
from solicit.invitations.service.letters.places import cancel_all_of, still_matters
from solicit.invitations.service.letters.tell import invite_by_mail, tell_organizers
from solicit.invitations.states import InvitationState
from solicit.people.models import Person
from solicit.submissions.service.links import AnswerLinks

# What a reminder is called, and from when on it is due.
MARKS = {2: timedelta(days=2), 7: timedelta(days=7)}


def keep_deadlines(session: Session, *, links: AnswerLinks, now: datetime) -> None:
    """Give places back whose people have left or did not answer in time, and remind the others."""
    cancel_of_leavers(session, now=now)
    expire_unanswered(session, now=now)
    remind_invited(session, links=links, now=now)


def cancel_of_leavers(session: Session, *, now: datetime) -> None:
    """An account that was shut keeps no place."""
    shut = (
        sa.select(Invitation.person_id)
        .join(Person, Person.id == Invitation.person_id)
        .where(still_matters(now), ~Person.active)
    )
    for person_id in session.scalars(shut.distinct().order_by(Invitation.person_id)).all():
        cancel_all_of(session, person_id=person_id, now=now)


def expire_unanswered(session: Session, *, now: datetime) -> int:
    """End invitations whose time is over and tell the organizers of each call once; returns how many ended.

    One that somebody answers at this moment is theirs.
    """
    over = sa.select(Invitation).where(Invitation.state == InvitationState.OFFERED, Invitation.answer_by <= now)
    ended = session.scalars(over.order_by(Invitation.id).with_for_update(skip_locked=True)).all()
    for invitation in ended:
        move(session, invitation, InvitationState.EXPIRED, actor_id=None, now=now)
    for call_id, n_free in sorted(Counter(invitation.call_id for invitation in ended).items()):
        slug = session.scalar(sa.select(Call.slug).where(Call.id == call_id))
        tell_organizers(session, call=call_facts(session, slug=slug), n_free=n_free, now=now)
    return len(ended)


def remind_invited(session: Session, *, links: AnswerLinks, now: datetime) -> int:
    """Write to everybody who has not answered and has a week or two days left, once for each; returns how many."""
    soon = (
        sa.select(Invitation, Person, LetterBatch.meeting, Call.slug)
        .join(Person, Person.id == Invitation.person_id)
        .join(LetterBatch, LetterBatch.id == Invitation.batch_id)
        .join(Call, Call.id == Invitation.call_id)
        .where(Invitation.state == InvitationState.OFFERED, Person.active)
        .where(Invitation.answer_by > now, Invitation.answer_by <= now + max(MARKS.values()))
        .order_by(Invitation.id)
        .with_for_update(of=Invitation, skip_locked=True)
    )
    n_written = 0
    for invitation, person, meeting, slug in session.execute(soon).all():
        mark = due_mark(invitation, now)
        if mark is None or not _is_first(session, invitation.id, mark, now):
            continue
        told = dict(call=call_facts(session, slug=slug), links=links, meeting=meeting_from_json(meeting))
        invite_by_mail(session, invitation, person, now=now, kind="invitation_reminder", **told)
        n_written += 1
    return n_written


def due_mark(invitation: Invitation, now: datetime) -> int | None:
    """The latest mark that has come, unless the letter left after it: then the letter is enough."""
    left = invitation.answer_by - now
    mark = next((mark for mark, span in sorted(MARKS.items()) if left <= span), None)
    if mark is None or invitation.offered_at > invitation.answer_by - MARKS[mark]:
        return None
    return mark


def _is_first(session: Session, invitation_id: int, mark: int, now: datetime) -> bool:
    """Whether this reminder has not left before; from now on it has."""
    sent = insert(InvitationReminder).values(invitation_id=invitation_id, days_before=mark, sent_at=now)
    new = sent.on_conflict_do_nothing().returning(InvitationReminder.invitation_id)
    return session.scalar(new) is not None
