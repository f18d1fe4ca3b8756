"""Letters to panelists."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.mail.service import Recipient, enqueue
from solicit.panels.models import Assignment, Round
from solicit.panels.states import LIVE
from solicit.people.models import Person


def tell_panelists(session: Session, *, round_: Round, now: datetime, only: frozenset[int] | None = None) -> int:
    """Write to everybody with something to read in an open round, or to ``only`` those; return how many."""
    n_questions = sa.func.count(Assignment.id)
    wanted = (
        sa.select(Person.id, Person.email, Person.full_name, Person.locale, n_questions.label("n_questions"))
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.round_id == round_.id, Assignment.state.in_(LIVE), Person.active)
        .group_by(Person.id)
        .order_by(Person.id)
    )
    if only is not None:
        wanted = wanted.where(Person.id.in_(only))
    readers = session.execute(wanted).all()
    slug, title = session.execute(sa.select(Call.slug, Call.title).where(Call.id == round_.call_id)).one()
    for reader in readers:
        params = {
            "name": reader.full_name,
            "call": title,
            "round": round_.name,
            "n_questions": reader.n_questions,
            "closes_at": f"{round_.closes_at:%Y-%m-%d %H:%M}",
            "path": f"/{slug}/review",
        }
        to = Recipient(reader.email, reader.locale, reader.id)
        enqueue(session, to=to, kind="round_opened", params=params, now=now, call_id=round_.call_id)
    return len(readers)
