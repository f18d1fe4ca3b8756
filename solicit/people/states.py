"""What kind of person submits, in the words of the real call."""

import enum

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
