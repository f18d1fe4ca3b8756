"""What may be done with calls: making and moving them, editing their lists, and what they accept now."""

from solicit.calls.service.calls import (
    LISTS,
    NewCall,
    NewReason,
    NewStage,
    NewTheme,
    call_from_json,
    create_call,
)
from solicit.calls.service.copy import Edition, begin_call, copy_call
from solicit.calls.service.lists import (
    add_mission,
    add_reason,
    change_mission,
    change_reason,
    move_mission,
    move_reason,
    offer_mission,
    offer_reason,
)
from solicit.calls.service.locking import lock_call
from solicit.calls.service.moves import NotReady, close_due_calls, move_call, publish_call
from solicit.calls.service.parts import change_part, check_may_change
from solicit.calls.service.themes import ThemeWords, add_theme, change_theme, delete_theme, move_theme
from solicit.calls.service.translations import translate_call
from solicit.calls.service.windows import (
    ANSWER_WINDOW,
    accepts_answers,
    accepts_submissions,
    answers_until,
    as_it_is_now,
    check_accepts_answers,
    check_accepts_submissions,
    check_desk_is_open,
)

__all__ = [
    "Edition",
    "NotReady",
    "ThemeWords",
    "add_theme",
    "begin_call",
    "change_part",
    "change_theme",
    "copy_call",
    "delete_theme",
    "move_theme",
    "translate_call",
    "ANSWER_WINDOW",
    "LISTS",
    "NewCall",
    "NewReason",
    "NewStage",
    "NewTheme",
    "accepts_answers",
    "accepts_submissions",
    "add_mission",
    "add_reason",
    "answers_until",
    "as_it_is_now",
    "call_from_json",
    "change_mission",
    "change_reason",
    "check_accepts_answers",
    "check_accepts_submissions",
    "check_desk_is_open",
    "check_may_change",
    "close_due_calls",
    "create_call",
    "lock_call",
    "move_call",
    "move_mission",
    "move_reason",
    "offer_mission",
    "offer_reason",
    "publish_call",
]
