"""Whether somebody needs a visa for the meeting."""

import enum

from solicit.words import N_


class VisaNeed(enum.Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


VISA_NEED_WORDS = {
    VisaNeed.YES: N_("Yes"),
    VisaNeed.NO: N_("No"),
    VisaNeed.UNKNOWN: N_("I do not know"),
}
