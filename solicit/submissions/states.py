"""The life of a submission."""

import enum

from solicit.words import N_


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
