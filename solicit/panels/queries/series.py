"""Series of rounds: a scoring round and what follows it; a ranking is computed from a whole series."""

import sqlalchemy as sa

from solicit.panels.models import Round


def first_of(round_: Round) -> int:
    """The id of the scoring round that a series began with."""
    return round_.follows_id or round_.id


def in_series(first_id: int) -> sa.ColumnElement[bool]:
    """The condition that a round belongs to the series of ``first_id``."""
    return sa.or_(Round.id == first_id, Round.follows_id == first_id)
