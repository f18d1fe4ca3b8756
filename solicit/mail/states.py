"""The life of a mail in the outbox, and the kinds of letters."""

import enum
from dataclasses import dataclass

from solicit.words import N_


class MailState(enum.Enum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


STATE_WORDS = {
    MailState.QUEUED: N_("Waiting"),
    MailState.SENT: N_("Sent"),
    MailState.FAILED: N_("Not sent"),
}


class Problem:
    """Why a letter has not gone out, in words that tell nothing of its receiver."""

    UNREACHABLE = N_("The mail server could not be reached or put the letter off.")
    REFUSED = N_("The mail server refused the letter for good.")
    UNWRITABLE = N_("The letter could not be written. The log of the site says why.")


@dataclass(frozen=True)
class Kind:
    """What people call a kind of letter, and whether they must get it: others carry a way to stop them."""

    word: str
    is_essential: bool = True


# Every letter has its row here and its template templates/mail/<kind>.jinja.
KINDS: dict[str, Kind] = {
    "already_registered": Kind(N_("Account exists already")),
    "confirm_email": Kind(N_("Confirm an address")),
    "digest": Kind(N_("For organizers: what changed, once a day"), is_essential=False),
    "draft_reminder": Kind(N_("Reminder of a draft before the close"), is_essential=False),
    "grouping_undone": Kind(N_("No longer grouped")),
    "magic_link": Kind(N_("Link to sign in")),
    "nomination_consent": Kind(N_("Proposed for an invitation")),
    "panelist_invited": Kind(N_("Seat on a panel")),
    "password_changed": Kind(N_("Password changed")),
    "question_out_of_scope": Kind(N_("Outside the call")),
    "question_screened": Kind(N_("Part of the call")),
    "question_withdrawn": Kind(N_("A question you support was withdrawn"), is_essential=False),
    "questions_grouped": Kind(N_("Grouped with another question")),
    "reset_password": Kind(N_("Choose a new password")),
    "round_opened": Kind(N_("Questions to review")),
    "submission_edited": Kind(N_("Submission edited")),
    "submission_received": Kind(N_("Submission received")),
    "submission_withdrawn": Kind(N_("Submission withdrawn")),
}
STOPPABLE = frozenset(name for name, kind in KINDS.items() if not kind.is_essential)
