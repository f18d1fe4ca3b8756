"""What comes of a meeting, and why somebody read a travel document."""

import enum

from solicit.words import N_


class OutcomeKind(enum.Enum):
    AGREED = "agreed"
    OPEN = "open"
    FOLLOW_UP = "follow up"


OUTCOME_KIND_WORDS = {
    OutcomeKind.AGREED: N_("Agreed"),
    OutcomeKind.OPEN: N_("Still open"),
    OutcomeKind.FOLLOW_UP: N_("To follow up"),
}


class ReadingPurpose(enum.Enum):
    """Why travel details were opened; every opening is logged."""

    ARRANGE_TRAVEL = "arrange travel"
    VISA_LETTER = "visa letter"
    OWN = "own"


READING_PURPOSE_WORDS = {
    ReadingPurpose.ARRANGE_TRAVEL: N_("To arrange the journey"),
    ReadingPurpose.VISA_LETTER: N_("For a visa support letter"),
    ReadingPurpose.OWN: N_("By the person"),
}
