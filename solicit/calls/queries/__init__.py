"""Reading a call: the facts that every page needs, its public page, and its lists."""

from solicit.calls.queries.facts import CallFacts, ThemeView, call_facts, call_subject, only_open_call
from solicit.calls.queries.lists import (
    MissionView,
    ReasonView,
    mission_subject,
    missions,
    offered_missions,
    out_of_scope_reasons,
    reason_subject,
    reasons,
    theme_subject,
)
from solicit.calls.queries.page import CallLink, CallPage, StageView, call_page, call_texts, every_call, public_calls
from solicit.calls.queries.words import Words

__all__ = [
    "CallFacts",
    "CallLink",
    "CallPage",
    "MissionView",
    "ReasonView",
    "StageView",
    "ThemeView",
    "Words",
    "call_facts",
    "call_page",
    "call_subject",
    "call_texts",
    "every_call",
    "mission_subject",
    "missions",
    "offered_missions",
    "only_open_call",
    "out_of_scope_reasons",
    "public_calls",
    "reason_subject",
    "reasons",
    "theme_subject",
]
