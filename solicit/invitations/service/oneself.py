"""Proposing oneself, and answering what others wrote, from one's own page."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.calls.states import CallState
from solicit.errors import Closed, Refused
from solicit.invitations.models import Nomination, StatementScore
from solicit.invitations.queries.in_force import is_decided
from solicit.invitations.queries.limit_sets import limit_set_in_force
from solicit.invitations.states import NominationSource
from solicit.people.models import Person
from solicit.words import N_


def propose_oneself(
    session: Session, *, call: CallFacts, person_id: int, theme_id: int, statement: str, now: datetime
) -> None:
    """Store or change the person's own proposal; whoever proposes themselves agrees to be considered."""
    if call.theme_by_id(theme_id) is None:
        raise Refused(N_("This theme is not part of the call."))
    # Two windows of one person wait for each other here.
    session.scalars(sa.select(Person.id).where(Person.id == person_id).with_for_update()).one()
    nomination = _own(session, call_id=call.id, person_id=person_id)
    _check_time(session, call=call, nomination=nomination)
    if nomination is None:
        nomination = Nomination(
            call_id=call.id, person_id=person_id, source=NominationSource.ONESELF, proposed_by_id=person_id
        )
        session.add(nomination)
    nomination.theme_id, nomination.statement = theme_id, statement
    nomination.proposed_at = nomination.consented_at = now
    session.flush()
    _record(session, "propose oneself", nomination, now)


def withdraw_oneself(session: Session, *, call_id: int, person_id: int, now: datetime) -> None:
    """Take back the own proposal with its scores, at any time; twice changes nothing."""
    nomination = _own(session, call_id=call_id, person_id=person_id)
    if nomination is None:
        return
    _record(session, "withdraw own proposal", nomination, now)
    session.delete(nomination)
    session.flush()


def _own(session: Session, *, call_id: int, person_id: int) -> Nomination | None:
    return session.scalar(
        sa.select(Nomination)
        .where(
            Nomination.call_id == call_id,
            Nomination.person_id == person_id,
            Nomination.source == NominationSource.ONESELF,
        )
        .with_for_update()
    )


def _check_time(session: Session, *, call: CallFacts, nomination: Nomination | None) -> None:
    if call.state in (CallState.DRAFT, CallState.ARCHIVED):
        raise Closed(N_("Nobody can be proposed for this call now."))
    if nomination is None:
        if is_decided(session, call_id=call.id):
            raise Closed(N_("It is decided who is invited. Nobody can be proposed any more."))
        return
    scored = sa.select(StatementScore.nomination_id).where(StatementScore.nomination_id == nomination.id)
    if limit_set_in_force(session, call=call) or session.scalar(sa.select(scored.exists())):
        raise Closed(N_("Your statement is being read and cannot be changed any more. You can still withdraw it."))


def _record(session: Session, act: str, nomination: Nomination, now: datetime) -> None:
    record(
        session,
        act=act,
        subject="nomination",
        subject_id=nomination.id,
        call_id=nomination.call_id,
        actor_id=nomination.person_id,
        now=now,
    )
