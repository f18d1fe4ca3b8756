"""Screening: whether a question belongs to the call, and to which theme; one by one, many at once, and undone."""

from solicit.questions.service.screen.acts import PER_STEP, Act, act_from_json
from solicit.questions.service.screen.many import (
    DECIDE_MANY,
    Left,
    Outcome,
    decide_many,
    decide_portion,
    put_many_in_scope,
    start_deciding,
)
from solicit.questions.service.screen.one import Decided, change_theme, put_back, put_in_scope, put_out_of_scope
from solicit.questions.service.screen.undo import UNDO, Undone, start_undoing, undo_decision, undo_portion

__all__ = [
    "DECIDE_MANY",
    "PER_STEP",
    "UNDO",
    "Act",
    "Decided",
    "Left",
    "Outcome",
    "Undone",
    "act_from_json",
    "change_theme",
    "decide_many",
    "decide_portion",
    "put_back",
    "put_in_scope",
    "put_many_in_scope",
    "put_out_of_scope",
    "start_deciding",
    "start_undoing",
    "undo_decision",
    "undo_portion",
]
