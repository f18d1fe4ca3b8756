"""What may be done with submissions: sending, changing, withdrawing, bringing in."""

from solicit.submissions.service.bring_in import bring_in
from solicit.submissions.service.edit import edit, revive, withdraw
from solicit.submissions.service.limits import LONGEST_AFFILIATION, LONGEST_NAME, check_limits, check_text
from solicit.submissions.service.send import Receipt, send_draft, submit

__all__ = [
    "LONGEST_AFFILIATION",
    "LONGEST_NAME",
    "Receipt",
    "bring_in",
    "check_limits",
    "check_text",
    "edit",
    "revive",
    "send_draft",
    "submit",
    "withdraw",
]
