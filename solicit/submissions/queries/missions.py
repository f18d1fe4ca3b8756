"""The missions that an exploration plan may refer to."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Mission


@dataclass(frozen=True)
class MissionChoice:
    """A mission to tick; ``around`` is when it flies, in words."""

    key: str
    name: str
    around: str


def offered_missions(session: Session, *, call_id: int, kept: tuple[str, ...] = ()) -> tuple[MissionChoice, ...]:
    """The missions that the call offers now, and those that a plan refers to already; one statement."""
    offered = sa.select(Mission.key, Mission.name, Mission.around).where(
        Mission.call_id == call_id, sa.or_(Mission.is_offered, Mission.key.in_(kept))
    )
    return tuple(MissionChoice(*row) for row in session.execute(offered.order_by(Mission.position, Mission.id)))
