"""What may be done with submissions: sending, changing, withdrawing, bringing in, and asking the people around them."""

from solicit.submissions.service.answers import agree, decline, step_back
from solicit.submissions.service.authors import describe_oneself, hand_letters_to
from solicit.submissions.service.bring_in import bring_in
from solicit.submissions.service.co_authors import (
    NamedCoAuthor,
    ask_again,
    ask_another,
    ask_named,
    name_co_authors,
    revoke,
)
from solicit.submissions.service.edit import edit, revive, withdraw
from solicit.submissions.service.guardians import (
    answer_as_guardian,
    ask_guardian,
    name_guardian,
)
from solicit.submissions.service.limits import LONGEST_AFFILIATION, LONGEST_NAME, check_limits, check_text
from solicit.submissions.service.links import AnswerLinks, LinkKey, LinkUsedUp
from solicit.submissions.service.revisions import request_revision, take_back
from solicit.submissions.service.send import Receipt, send_draft, submit

__all__ = [
    "LONGEST_AFFILIATION",
    "LONGEST_NAME",
    "AnswerLinks",
    "LinkKey",
    "LinkUsedUp",
    "NamedCoAuthor",
    "Receipt",
    "agree",
    "answer_as_guardian",
    "ask_again",
    "ask_another",
    "ask_guardian",
    "ask_named",
    "bring_in",
    "check_limits",
    "check_text",
    "decline",
    "describe_oneself",
    "edit",
    "hand_letters_to",
    "name_co_authors",
    "name_guardian",
    "request_revision",
    "revive",
    "revoke",
    "send_draft",
    "step_back",
    "submit",
    "take_back",
    "withdraw",
]
