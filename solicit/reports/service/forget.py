"""Forgetting what was kept long enough and belongs to no single feature."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access import service as access
from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.states import CallState
from solicit.mail.models import OutboxMail
from solicit.mail.states import MailState
from solicit.panels.models import Round
from solicit.panels.states import RoundState
from solicit.reports.service.erase import LAST_LETTER
from solicit.submissions.models import ImportBatch

LAST_LETTER_LIFE = timedelta(days=1)
OVER = (CallState.PUBLISHED, CallState.ARCHIVED)
SEATS = (Role.PANELIST, Role.CHAIR)


def forget_last_letters(session: Session, *, now: datetime) -> None:
    """Delete letters to people who were erased: at once when sent, after a day when they cannot be."""
    is_over = sa.or_(OutboxMail.state == MailState.SENT, OutboxMail.created_at <= now - LAST_LETTER_LIFE)
    session.execute(sa.delete(OutboxMail).where(OutboxMail.kind == LAST_LETTER, is_over))


def forget_imports(session: Session, *, read_before: datetime) -> None:
    """Delete the files of imports; what was imported from them stays."""
    session.execute(sa.delete(ImportBatch).where(ImportBatch.read_at <= read_before))


def end_seats(session: Session, *, closed_before: datetime, now: datetime) -> int:
    """Take the roles of panelists back in calls that are over; returns how many.

    A call is over when its results are published and its last round closed before the time given.
    """
    running = sa.exists().where(
        Round.call_id == Call.id,
        sa.or_(Round.closes_at > closed_before, Round.state.in_((RoundState.DRAFT, RoundState.OPEN))),
    )
    over = sa.select(Call.id).where(Call.state.in_(OVER), Call.closes_at <= closed_before, ~running)
    seats = sa.select(RoleGrant).where(RoleGrant.role.in_(SEATS), RoleGrant.call_id.in_(over))
    held = [
        dict(person_id=grant.person_id, role=grant.role, call_id=grant.call_id, panel_id=grant.panel_id)
        for grant in session.scalars(seats)
    ]
    for seat in held:
        access.take_role_back(session, **seat)
        place = dict(subject="panel", subject_id=seat["panel_id"], call_id=seat["call_id"])
        record(session, act="end seat", actor_id=None, now=now, **place)
    return len(held)
