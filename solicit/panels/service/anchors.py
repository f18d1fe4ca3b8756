"""Anchors: at a close the last number and hash of a chain leave the house, where nobody can change them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.calls.models import Call
from solicit.mail.service import Recipient, enqueue
from solicit.panels.models import ChainAnchor, ChainLink, Round
from solicit.people.models import Person


def anchor_chain(session: Session, *, round_id: int, seq: int, now: datetime) -> None:
    """Keep the head of a chain, and write it to every organizer of the call."""
    sealed = session.get_one(ChainLink, (round_id, seq)).hash
    session.add(ChainAnchor(round_id=round_id, seq=seq, hash=sealed, anchored_at=now))
    session.flush()
    round_name, call_id, slug, title = session.execute(
        sa.select(Round.name, Call.id, Call.slug, Call.title)
        .join(Call, Call.id == Round.call_id)
        .where(Round.id == round_id)
    ).one()
    params = {
        "call": title,
        "round": round_name,
        "seq": seq,
        "hash": sealed.hex(),
        "command": f"solicit audit verify --call {slug} --round {round_id} --anchor {seq}:{sealed.hex()}",
        "path": f"/{slug}/organize/panels/rounds/{round_id}",
    }
    organizers = session.execute(
        sa.select(Person.email, Person.locale, Person.id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.call_id == call_id, RoleGrant.role == Role.ORGANIZER, Person.active)
        .order_by(Person.id)
    )
    for row in organizers:
        enqueue(session, to=Recipient(*row), kind="chain_anchor", params=params, now=now, call_id=call_id)
