"""What kind of person submits, and the letters and links that prove an address."""

import enum
from datetime import timedelta

from solicit.words import N_


class Career(enum.Enum):
    RESEARCHER = "researcher"
    ENGINEER = "engineer"
    ENTHUSIAST = "enthusiast"
    STUDENT = "student"


CAREER_WORDS = {
    Career.RESEARCHER: N_("Researcher"),
    Career.ENGINEER: N_("Engineer"),
    Career.ENTHUSIAST: N_("Enthusiast"),
    Career.STUDENT: N_("Student"),
}


class LinkPurpose(enum.Enum):
    """What a mailed link is good for; a link for one purpose opens no other door."""

    CONFIRM = "confirm"
    RESET = "reset"
    SIGN_IN = "sign in"
    NEW_ADDRESS = "new address"


LINK_LIFE = {
    LinkPurpose.CONFIRM: timedelta(hours=24),
    LinkPurpose.RESET: timedelta(minutes=30),
    LinkPurpose.SIGN_IN: timedelta(minutes=10),
    LinkPurpose.NEW_ADDRESS: timedelta(hours=24),
}


class Letter(enum.Enum):
    """Mails that anybody may ask for by typing an address; the value names the template."""

    CONFIRM_EMAIL = "confirm_email"
    ALREADY_REGISTERED = "already_registered"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a template
    MAGIC_LINK = "magic_link"
