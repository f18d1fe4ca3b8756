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
    "account_erased": Kind(N_("Account erased")),
    "address_change_asked": Kind(N_("Change of address asked for")),
    "address_changed": Kind(N_("Address changed")),
    "address_taken": Kind(N_("Address has an account already")),
    "api_token_created": Kind(N_("Token for programs")),
    "chain_anchor": Kind(N_("Seal of a round")),
    "co_author_answered": Kind(N_("Co-author answered")),
    "co_author_invited": Kind(N_("Invitation of a co-author")),
    "confirm_email": Kind(N_("Confirm an address")),
    "confirm_new_address": Kind(N_("Confirm a new address")),
    "decision_undone": Kind(N_("Decision taken back")),
    "digest": Kind(N_("Daily digest for organizers"), is_essential=False),
    "draft_finish": Kind(N_("Link to a draft")),
    "draft_reminder": Kind(N_("Reminder of a draft before the close"), is_essential=False),
    "grouping_undone": Kind(N_("No longer grouped")),
    "guardian_answered": Kind(N_("Parent or guardian answered")),
    "guardian_asked": Kind(N_("Question to a parent or guardian")),
    "invitation": Kind(N_("Invitation to the meeting")),
    "invitation_cancelled": Kind(N_("Invitation cancelled")),
    "invitation_confirmed": Kind(N_("Place at the meeting confirmed")),
    "invitation_place_free": Kind(N_("A place at the meeting came free"), is_essential=False),
    "invitation_reminder": Kind(N_("Reminder of an invitation")),
    "job_finished": Kind(N_("A long job ended"), is_essential=False),
    "magic_link": Kind(N_("Link to sign in")),
    "message_to_authors": Kind(N_("Message of the organizers to authors"), is_essential=False),
    "nomination_consent": Kind(N_("Proposed for an invitation")),
    "panelist_invited": Kind(N_("Seat on a panel")),
    "password_changed": Kind(N_("Password changed")),
    "question_out_of_scope": Kind(N_("Outside the call")),
    "question_redacted": Kind(N_("Copy for the panels")),
    "question_screened": Kind(N_("Part of the call")),
    "question_withdrawn": Kind(N_("A question you support was withdrawn"), is_essential=False),
    "questions_grouped": Kind(N_("Grouped with another question")),
    "questions_summarized": Kind(N_("Part of a summary")),
    "report_closed": Kind(N_("Answer to a report")),
    "reset_password": Kind(N_("Choose a new password")),
    "results_published": Kind(N_("Results published")),
    "revision_requested": Kind(N_("Change asked for")),
    "revision_taken_back": Kind(N_("Change no longer asked for")),
    "round_closed": Kind(N_("A round closed"), is_essential=False),
    "round_extended": Kind(N_("A round closes later")),
    "round_opened": Kind(N_("Questions to review")),
    "round_reminder": Kind(N_("Reminder of a round before its close"), is_essential=False),
    "seat_offer": Kind(N_("Invitation to a panel")),
    "second_factor_changed": Kind(N_("Second factor changed")),
    "second_look_answered": Kind(N_("Answer to a request for a second look")),
    "second_look_asked": Kind(N_("Second look asked for"), is_essential=False),
    "submission_edited": Kind(N_("Submission edited")),
    "submission_received": Kind(N_("Submission received")),
    "submission_revived": Kind(N_("Submission back in the call")),
    "submission_withdrawn": Kind(N_("Submission withdrawn")),
    "voting_opened": Kind(N_("A round to take part in")),
    "wording_accepted": Kind(N_("New wording taken over")),
}
STOPPABLE = frozenset(name for name, kind in KINDS.items() if not kind.is_essential)


@dataclass(frozen=True)
class Placeholder:
    """A value that organizers may put into their wording of a letter, and one to show it with."""

    word: str
    sample: str | int


# What letters say of their readers and of what they are about.
PLACEHOLDERS: dict[str, Placeholder] = {
    "call": Placeholder(N_("The title of the call"), ""),
    "call_title": Placeholder(N_("The title of the call"), ""),
    "city": Placeholder(N_("Where the meeting is"), "Nairobi"),
    "closes_at": Placeholder(N_("When it closes"), "15 December 2026, 23:59"),
    "contact": Placeholder(N_("The address for questions"), "office@example.org"),
    "ends_on": Placeholder(N_("The last day of the meeting"), "18 May 2027"),
    "inviter": Placeholder(N_("Who invites"), "Wanjiru Kamau"),
    "label": Placeholder(N_("The number of the question"), "Q-1203"),
    "max_load": Placeholder(N_("How many questions somebody would judge at most"), 40),
    "meeting": Placeholder(N_("The title of the meeting"), "Seminar on the questions"),
    "n_questions": Placeholder(N_("How many questions"), 12),
    "name": Placeholder(N_("The name of the reader, or of whom the letter is about"), "Amina Diallo"),
    "note": Placeholder(N_("What the organizers add; may be empty"), "The Earth's climate has calls of its own."),
    "panel": Placeholder(N_("The name of the panel"), "Unexplored Space"),
    "reason": Placeholder(N_("The sentence of the reason"), "It is about something closer than the Moon."),
    "reference": Placeholder(N_("The reference of the submission"), "S-7F3K-9Q2M"),
    "round": Placeholder(N_("The name of the round"), "First reading"),
    "starts_on": Placeholder(N_("The first day of the meeting"), "15 May 2027"),
    "text": Placeholder(N_("What the organizers ask for"), "Please say in one sentence how it could be measured."),
    "title": Placeholder(N_("The title of what was sent"), "Is there water in the dust of Phobos?"),
    "until": Placeholder(N_("Until when an answer is possible"), "29 December 2026, 23:59"),
}
# Letters to the people of a call that always say the same: their words may be the organizers' own. Not those that say
# one thing or another, as whether somebody agreed, nor those by which people sign in.
WORDED = (
    *("submission_received", "submission_edited", "submission_withdrawn", "submission_revived", "co_author_invited"),
    *("question_screened", "question_out_of_scope", "revision_requested", "revision_taken_back", "wording_accepted"),
    *("question_redacted", "question_withdrawn", "seat_offer", "panelist_invited", "round_opened", "round_extended"),
    *("round_closed", "nomination_consent", "invitation", "invitation_reminder", "invitation_confirmed"),
    "invitation_cancelled",
)
