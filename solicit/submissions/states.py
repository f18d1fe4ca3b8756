"""The life of a submission, and the values it is made of."""

import enum
from dataclasses import dataclass

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
PUBLIC_WORDS = STAFF_WORDS | {SubmissionState.SENT: N_("Received")}


class Source(enum.Enum):
    """How a submission came in."""

    PERSON = "person"
    IMPORT = "import"


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
class TextValues:
    """One wording of a question or plan."""

    kind: Kind
    theme_id: int | None
    language: str
    title: str
    goal_overview: str = ""
    significance: str = ""
    approach: str = ""

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
    country: str | None = None
    career: Career | None = None
    is_willing: bool = False
    is_sixteen: bool = False
    has_consented: bool = False
