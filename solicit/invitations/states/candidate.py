"""How somebody became a candidate, and what they say of themselves."""

import enum

from solicit.words import N_


class NominationSource(enum.Enum):
    ORGANIZER = "organizer"
    PANEL = "panel"
    ONESELF = "oneself"


NOMINATION_SOURCE_WORDS = {
    NominationSource.ORGANIZER: N_("Proposed by an organizer"),
    NominationSource.PANEL: N_("Proposed by a panel"),
    NominationSource.ONESELF: N_("Proposed themselves"),
}


class Wish(enum.Enum):
    """What a person wants if they were to be chosen."""

    IN_PERSON = "in person"
    ONLINE = "online"
    NOT = "not"


WISH_WORDS = {
    Wish.IN_PERSON: N_("I would come to the meeting"),
    Wish.ONLINE: N_("I could take part online only"),
    Wish.NOT: N_("I do not want to be invited"),
}


class Gender(enum.Enum):
    """Self-declared, optional, and only ever counted."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"


GENDER_WORDS = {Gender.WOMAN: N_("Woman"), Gender.MAN: N_("Man"), Gender.OTHER: N_("Another gender")}

# The quota of young people counts one value.
YOUNG = "young"


class DoubleBasis(enum.Enum):
    ORCID = "orcid"
    NAME = "name"


DOUBLE_BASIS_WORDS = {DoubleBasis.ORCID: N_("The same ORCID iD"), DoubleBasis.NAME: N_("The same name")}


class DoubleState(enum.Enum):
    SUSPECTED = "suspected"
    SAME = "same"
    DIFFERENT = "different"


DOUBLE_MOVES: dict[DoubleState, frozenset[DoubleState]] = {
    DoubleState.SUSPECTED: frozenset({DoubleState.SAME, DoubleState.DIFFERENT}),
    DoubleState.SAME: frozenset({DoubleState.DIFFERENT, DoubleState.SUSPECTED}),
    DoubleState.DIFFERENT: frozenset({DoubleState.SAME, DoubleState.SUSPECTED}),
}

DOUBLE_WORDS = {
    DoubleState.SUSPECTED: N_("Perhaps one person"),
    DoubleState.SAME: N_("One person"),
    DoubleState.DIFFERENT: N_("Two people"),
}
