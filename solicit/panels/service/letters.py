"""Letters to panelists."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.mail.service import Recipient, enqueue
from solicit.panels.models import Assignment, Panel, Panelist, Round
from solicit.panels.states import LIVE, UNDONE, Activity
from solicit.people.models import Person

# Where a panelist does what a round asks.
PATHS = {
    Activity.SCORING: "review",
    Activity.COMPARING: "review/pairs",
    Activity.BALLOT: "review/rank",
    Activity.DISCUSSION: "review/discussions",
}


def tell_panelists(session: Session, *, round_: Round, now: datetime, only: frozenset[int] | None = None) -> int:
    """Write to everybody with something to do in an open round, or to ``only`` those; return how many."""
    kind = "round_opened" if round_.activity is Activity.SCORING else "voting_opened"
    return _write(session, round_, kind, _readers(session, round_, only), now)


def tell_of_extension(session: Session, *, round_: Round, now: datetime) -> int:
    """Tell everybody with something to do in a round that it closes later; return how many."""
    return _write(session, round_, "round_extended", _readers(session, round_, None), now)


def tell_that_it_closed(session: Session, *, round_: Round, now: datetime) -> int:
    """Thank everybody who had something to do in a round; return how many."""
    return _write(session, round_, "round_closed", _readers(session, round_, None), now)


def _write(session: Session, round_: Round, kind: str, readers: Sequence[sa.Row], now: datetime) -> int:
    slug, title = session.execute(sa.select(Call.slug, Call.title).where(Call.id == round_.call_id)).one()
    # In a closed round there is nothing left to vote on.
    page = PATHS[Activity.SCORING if kind == "round_closed" else round_.activity]
    for reader in readers:
        params = {
            "name": reader.full_name,
            "call": title,
            "round": round_.name,
            "activity": round_.activity.value,
            "is_staged": round_.is_staged,
            "n_questions": reader.n_questions,
            "closes_at": f"{round_.closes_at:%Y-%m-%d %H:%M}",
            "path": f"/{slug}/{page}",
        }
        to = Recipient(reader.email, reader.locale, reader.id)
        enqueue(session, to=to, kind=kind, params=params, now=now, call_id=round_.call_id)
    return len(readers)


def _readers(session: Session, round_: Round, only: frozenset[int] | None) -> Sequence[sa.Row]:
    """Who has something to do: for scoring whoever is asked, otherwise whoever holds a seat."""
    wanted = _asked(round_) if round_.activity is Activity.SCORING else _seated(round_)
    wanted = wanted.where(Person.active).group_by(Person.id).order_by(Person.id)
    return session.execute(wanted if only is None else wanted.where(Person.id.in_(only))).all()


def _asked(round_: Round) -> sa.Select:
    return (
        _people(sa.func.count(Assignment.id).filter(Assignment.state.in_(UNDONE)))
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.round_id == round_.id, Assignment.state.in_(LIVE))
    )


def _seated(round_: Round) -> sa.Select:
    """Everybody on the round's panel, or on any of its call."""
    seats = _people(sa.literal(0)).join(Panelist, Panelist.person_id == Person.id)
    if round_.panel_id is not None:
        return seats.where(Panelist.panel_id == round_.panel_id)
    return seats.join(Panel, Panel.id == Panelist.panel_id).where(Panel.call_id == round_.call_id)


def _people(n_questions: sa.ColumnElement[int]) -> sa.Select:
    return sa.select(Person.id, Person.email, Person.full_name, Person.locale, n_questions.label("n_questions"))
