"""The life of a submission, and the values it is made of."""

import enum
from dataclasses import asdict, dataclass, field

from solicit.calls.states import Kind
from solicit.people.states import Career
from solicit.words import N_

REFERENCE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class SubmissionState(enum.Enum):
    DRAFT = "draft"
    SENT = "sent"
    REVISION_REQUESTED = "revision_requested"
    WITHDRAWN = "withdrawn"


MOVES: dict[SubmissionState, frozenset[SubmissionState]] = {
    SubmissionState.DRAFT: frozenset({SubmissionState.SENT}),
    SubmissionState.SENT: frozenset({SubmissionState.REVISION_REQUESTED, SubmissionState.WITHDRAWN}),
    SubmissionState.REVISION_REQUESTED: frozenset({SubmissionState.SENT, SubmissionState.WITHDRAWN}),
    SubmissionState.WITHDRAWN: frozenset({SubmissionState.SENT}),
}

# Submissions in these states speak through a question.
LIVE = (SubmissionState.SENT, SubmissionState.REVISION_REQUESTED)

STAFF_WORDS = {
    SubmissionState.DRAFT: N_("Draft"),
    SubmissionState.SENT: N_("Sent"),
    SubmissionState.REVISION_REQUESTED: N_("Revision requested"),
    SubmissionState.WITHDRAWN: N_("Withdrawn"),
}
PUBLIC_WORDS = STAFF_WORDS | {
    SubmissionState.SENT: N_("Received"),
    SubmissionState.REVISION_REQUESTED: N_("We asked you for a change"),
}


class Source(enum.Enum):
    """How a submission came in."""

    PERSON = "person"
    IMPORT = "import"


class CoAuthorState(enum.Enum):
    """Named while the submission is a draft; invited by mail when it is sent."""

    NAMED = "named"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


CO_AUTHOR_MOVES: dict[CoAuthorState, frozenset[CoAuthorState]] = {
    CoAuthorState.NAMED: frozenset({CoAuthorState.INVITED}),
    CoAuthorState.INVITED: frozenset(
        {CoAuthorState.INVITED, CoAuthorState.ACCEPTED, CoAuthorState.DECLINED, CoAuthorState.REVOKED}
    ),
    # Who agreed can step back; nobody else takes their authorship away.
    CoAuthorState.ACCEPTED: frozenset({CoAuthorState.DECLINED}),
    CoAuthorState.DECLINED: frozenset({CoAuthorState.INVITED}),
    CoAuthorState.REVOKED: frozenset({CoAuthorState.INVITED}),
}

CO_AUTHOR_WORDS = {
    CoAuthorState.NAMED: N_("Will be asked when you send"),
    CoAuthorState.INVITED: N_("Asked"),
    CoAuthorState.ACCEPTED: N_("Agreed"),
    CoAuthorState.DECLINED: N_("Declined"),
    CoAuthorState.REVOKED: N_("Taken back"),
}


class AnswerLink(enum.Enum):
    """What a mailed link asks; a link for one question answers no other."""

    CO_AUTHOR = "co-author"
    GUARDIAN = "guardian"


class ImportState(enum.Enum):
    """The life of an imported file: read, checked under a mapping, brought in or thrown away."""

    READ = "read"
    CHECKED = "checked"
    IMPORTED = "imported"
    DISCARDED = "discarded"


IMPORT_MOVES: dict[ImportState, frozenset[ImportState]] = {
    ImportState.READ: frozenset({ImportState.CHECKED, ImportState.DISCARDED}),
    ImportState.CHECKED: frozenset({ImportState.CHECKED, ImportState.IMPORTED, ImportState.DISCARDED}),
    ImportState.IMPORTED: frozenset(),
    ImportState.DISCARDED: frozenset(),
}


class MissionType(enum.Enum):
    """What kind of mission an exploration plan needs."""

    FLYBY = "flyby"
    ORBITER = "orbiter"
    LANDER = "lander"
    ROVER = "rover"
    SAMPLE_RETURN = "sample_return"
    STATION = "station"
    TELESCOPE = "telescope"
    CREWED = "crewed"
    LABORATORY = "laboratory"
    OTHER = "other"


MISSION_TYPE_WORDS = {
    MissionType.FLYBY: N_("Flyby"),
    MissionType.ORBITER: N_("Orbiter"),
    MissionType.LANDER: N_("Lander"),
    MissionType.ROVER: N_("Rover, hopper or aircraft"),
    MissionType.SAMPLE_RETURN: N_("Sample return"),
    MissionType.STATION: N_("Station on another body"),
    MissionType.TELESCOPE: N_("Telescope or observatory in space"),
    MissionType.CREWED: N_("Mission with people on board"),
    MissionType.LABORATORY: N_("Work on data or samples that exist"),
    MissionType.OTHER: N_("Something else"),
}


class TimeFrame(enum.Enum):
    """When an exploration plan could fly."""

    SOON = "to_2030"
    NEXT = "2031_2035"
    LATER = "2036_2045"
    FAR = "after_2045"


TIME_FRAME_WORDS = {
    TimeFrame.SOON: N_("Until 2030"),
    TimeFrame.NEXT: N_("2031 to 2035"),
    TimeFrame.LATER: N_("2036 to 2045"),
    TimeFrame.FAR: N_("After 2045"),
}

# ISO 16290, in the words of people who do not know its numbers.
READINESS_WORDS = {
    1: N_("1: basic principles are known"),
    2: N_("2: the idea is worked out on paper"),
    3: N_("3: shown to work in principle"),
    4: N_("4: tried in the laboratory"),
    5: N_("5: parts tried under conditions like in space"),
    6: N_("6: a model tried under conditions like in space"),
    7: N_("7: a model tried in space"),
    8: N_("8: the real system is built and accepted"),
    9: N_("9: flown with success"),
}


# Languages a text may be written in (ISO 639-1): those of the United Nations first.
UN_LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
OTHER_LANGUAGES = (
    *("af", "am", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "et", "eu", "fa", "fi", "ga", "gl"),
    *("gu", "ha", "he", "hi", "hr", "hu", "hy", "id", "ig", "is", "it", "ja", "ka", "kk", "km", "kn", "ko", "ku", "ky"),
    *("lo", "lt", "lv", "mg", "mk", "ml", "mn", "mr", "ms", "mt", "my", "ne", "nl", "no", "om", "or", "pa", "pl", "ps"),
    *("pt", "ro", "rw", "sd", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl"),
    *("tr", "ug", "uk", "ur", "uz", "vi", "xh", "yo", "zu"),
)
LANGUAGES = UN_LANGUAGES + OTHER_LANGUAGES


@dataclass(frozen=True, kw_only=True)
class PlanValues:
    """What an exploration plan says beyond its texts. ``missions`` are keys of the call's list of missions,
    ``answers`` the numbers of the questions that it answers."""

    target_body: str = ""
    mission_type: MissionType | None = None
    measurement: str = ""
    readiness: int | None = None
    time_frame: TimeFrame | None = None
    missions: tuple[str, ...] = ()
    answers: tuple[int, ...] = ()

    def to_json(self) -> dict:
        """The plan as the database keeps it."""
        return {
            **vars(self),
            "mission_type": self.mission_type.value if self.mission_type else None,
            "time_frame": self.time_frame.value if self.time_frame else None,
            "missions": list(self.missions),
            "answers": list(self.answers),
        }

    @classmethod
    def from_json(cls, kept: dict | None) -> "PlanValues | None":
        """The plan that ``to_json`` kept; None for a question."""
        if kept is None:
            return None
        return cls(
            **kept
            | {
                "mission_type": MissionType(kept["mission_type"]) if kept["mission_type"] else None,
                "time_frame": TimeFrame(kept["time_frame"]) if kept["time_frame"] else None,
                "missions": tuple(kept["missions"]),
                "answers": tuple(kept["answers"]),
            }
        )


@dataclass(frozen=True, kw_only=True)
class TextValues:
    """One wording of a question or plan."""

    kind: Kind
    theme_id: int | None
    language: str
    title: str
    goal_overview: str = ""
    significance: str = ""
    approach: str = ""
    plan: PlanValues | None = None

    def columns(self) -> dict:
        """The values by the names of the columns that keep them."""
        return {**vars(self), "plan": self.plan.to_json() if self.plan else None}

    @property
    def is_complete(self) -> bool:
        """Whether a person could send it; what organizers import may lack parts."""
        wanted = [self.goal_overview, self.significance, *([self.approach] if self.kind is Kind.PLAN else [])]
        return self.theme_id is not None and all(wanted)


@dataclass(frozen=True, kw_only=True)
class AuthorValues:
    """Who a submitter is, as they want it published, and what they declared while sending."""

    full_name: str
    affiliation: str = ""
    ror: str | None = None
    country: str | None = None
    career: Career | None = None
    orcid: str | None = None
    is_willing: bool = False
    may_be_named: bool = False
    is_sixteen: bool = False
    has_consented: bool = False


class Age(enum.Enum):
    """Whether somebody may send alone, or only with the consent of a guardian."""

    SIXTEEN = "sixteen"
    YOUNGER = "younger"


AGE_WORDS = {Age.SIXTEEN: N_("I am 16 or older"), Age.YOUNGER: N_("I am younger than 16")}


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What is kept of a draft as it was typed, right or wrong, because the columns take only what is right."""

    full_name: str = ""
    affiliation: str = ""
    ror: str = ""
    country: str = ""
    career: str = ""
    orcid: str = ""
    is_willing: bool = False
    may_be_named: bool = False
    age: str = ""
    email: str = ""
    guardian_email: str = ""
    co_authors: tuple[tuple[str, str], ...] = ()  # name and address
    answers: str = ""  # the numbers of questions that a plan answers
    differences: dict[str, str] = field(default_factory=dict)  # "mine differs because", by a question's label

    def to_json(self) -> dict:
        return asdict(self) | {"co_authors": [list(line) for line in self.co_authors]}

    @classmethod
    def from_json(cls, kept: dict) -> "Typed":
        lines = tuple((name, address) for name, address in kept.get("co_authors", ()))
        return cls(**kept | {"co_authors": lines})
