"""Rounds: prepared, opened, extended, closed, followed by others, frozen as a series."""

from solicit.panels.service.rounds.create import (
    NewCriterion,
    NewRound,
    change_round,
    create_round,
)
from solicit.panels.service.rounds.dates import close_due_rounds, extend_round
from solicit.panels.service.rounds.freeze import freeze_round
from solicit.panels.service.rounds.later import (
    NewLaterRound,
    add_question,
    change_later_round,
    remove_question,
    start_later_round,
)
from solicit.panels.service.rounds.move import close_round, locked_round, open_round, reopen_round

__all__ = [
    "NewCriterion",
    "NewLaterRound",
    "NewRound",
    "add_question",
    "change_later_round",
    "change_round",
    "close_due_rounds",
    "close_round",
    "create_round",
    "extend_round",
    "freeze_round",
    "locked_round",
    "open_round",
    "remove_question",
    "reopen_round",
    "start_later_round",
]
