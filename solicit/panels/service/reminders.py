"""Reminding panelists of what they still owe: a week and two days before the close, and on the last day."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.mail.service import Recipient, enqueue
from solicit.panels.models import Round, RoundReminder
from solicit.panels.queries.undone import undone_in
from solicit.panels.service.letters import PATHS
from solicit.panels.states import RoundState
from solicit.people.models import Person

# What a reminder is called, and from when on it is due.
MARKS = {0: timedelta(days=1), 2: timedelta(days=2), 7: timedelta(days=7)}


def remind_panelists(session: Session, *, now: datetime) -> int:
    """Write to everybody who owes something in a round that closes soon, once for each mark; return how many."""
    soon = sa.select(Round).where(Round.state == RoundState.OPEN, Round.closes_at > now)
    soon = soon.where(Round.closes_at <= now + max(MARKS.values())).order_by(Round.id)
    return sum(_remind_of(session, round_, now) for round_ in session.scalars(soon).all())


def due_mark(round_: Round, now: datetime) -> int | None:
    """The latest mark that has come, unless the round opened after it: then its first letter is enough."""
    left = round_.closes_at - now
    mark = next((mark for mark, span in sorted(MARKS.items()) if left <= span), None)
    if mark is None or (round_.opened_at or round_.opens_at) > round_.closes_at - MARKS[mark]:
        return None
    return mark


def _remind_of(session: Session, round_: Round, now: datetime) -> int:
    mark = due_mark(round_, now)
    owed = undone_in(session, round_) if mark is not None else {}
    if not owed:
        return 0
    marked = [
        {"round_id": round_.id, "person_id": person_id, "days_before": mark, "reminded_at": now} for person_id in owed
    ]
    new = insert(RoundReminder).values(marked).on_conflict_do_nothing().returning(RoundReminder.person_id)
    fresh = session.scalars(new).all()
    slug, title = session.execute(sa.select(Call.slug, Call.title).where(Call.id == round_.call_id)).one()
    readers = sa.select(Person).where(Person.id.in_(fresh), Person.active).order_by(Person.id)
    for reader in session.scalars(readers):
        params = {
            "name": reader.full_name,
            "call": title,
            "round": round_.name,
            "activity": round_.activity.value,
            "n_left": owed[reader.id],
            "closes_at": f"{round_.closes_at:%Y-%m-%d %H:%M}",
            "path": f"/{slug}/{PATHS[round_.activity]}",
        }
        to = Recipient(reader.email, reader.locale, reader.id)
        enqueue(session, to=to, kind="round_reminder", params=params, now=now, call_id=round_.call_id)
    return len(fresh)
