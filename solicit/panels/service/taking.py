"""When votes are taken: the one rule for reviews, comparisons and ballots."""

from datetime import datetime
from typing import Protocol

from solicit.panels.states import RoundState


class Dated(Protocol):
    """A round, or a row with its state and its close."""

    state: RoundState
    closes_at: datetime


def is_taking_votes(round_: Dated, now: datetime) -> bool:
    """An open round takes votes until the moment it said it would close, whether or not somebody has closed it.

    Opening before the announced day is the organizers' decision: ``opens_at`` refuses nobody.
    """
    return round_.state is RoundState.OPEN and now < round_.closes_at
