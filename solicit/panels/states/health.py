"""What makes somebody look at a panelist's ratings, and what comes of it."""

import enum

from solicit.words import N_


class Alarm(enum.Enum):
    """What makes somebody look at a panelist's ratings."""

    AGAINST_THE_PANEL = "against_the_panel"
    IN_STEP = "in_step"


ALARM_WORDS = {
    Alarm.AGAINST_THE_PANEL: N_("Ratings run against the rest of the panel"),
    Alarm.IN_STEP: N_("Two panelists deviate in step"),
}


class CaseState(enum.Enum):
    OPEN = "open"
    EXPLAINED = "explained"
    UPHELD = "upheld"


CASE_WORDS: dict[CaseState, str] = {
    CaseState.OPEN: N_("To look into"),
    CaseState.EXPLAINED: N_("Explained"),
    CaseState.UPHELD: N_("Upheld: shown with and without"),
}
