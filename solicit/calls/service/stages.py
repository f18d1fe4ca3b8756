"""The stages of a call's timeline, stored as a whole; each keeps its number, by which its translations are found."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call, Stage
from solicit.calls.service.translations import forget_texts_of


def store_stages(session: Session, call: Call, stages: dict[int, dict]) -> None:
    """Make the stages of a call exactly these, by their numbers."""
    kept = {stage.position: stage for stage in session.scalars(sa.select(Stage).where(Stage.call_id == call.id))}
    for position in kept.keys() - stages.keys():
        session.delete(kept[position])
        forget_texts_of(call, "stage", position)
    for position, values in stages.items():
        stage = kept.get(position)
        if stage is None:
            session.add(Stage(call_id=call.id, position=position, **values))
            continue
        for name, value in values.items():
            setattr(stage, name, value)
    session.flush()
