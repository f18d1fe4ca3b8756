"""How fine a grouping is to be."""

import enum

from solicit.words import N_


class Detail(enum.Enum):
    """Compared with the last grouping."""

    FEWER = "fewer"
    SAME = "same"
    MORE = "more"


DETAIL_WORDS = {
    Detail.FEWER: N_("Fewer, larger topics"),
    Detail.SAME: N_("As before"),
    Detail.MORE: N_("More, smaller topics"),
}
