"""Which candidates of a selection to show, and in which order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from solicit.invitations.queries.candidate_rows import CandidateRow
from solicit.web.folding import fold
from solicit.words import N_

SHOWN: Mapping[str, tuple[str, Callable[[CandidateRow], bool]]] = {
    "invited": (N_("Invited"), lambda row: row.is_chosen),
    "reserve": (N_("Reserve"), lambda row: row.reserve_place is not None),
    "near": (N_("Near the line"), lambda row: row.is_near_line),
    "ruled": (N_("With a rule"), lambda row: bool(row.rule_word)),
}
# The first is the order of the rows: chosen ones, then the reserve, then by merit.
SORTS: Mapping[str, tuple[str, Callable[[CandidateRow], object] | None]] = {
    "": (N_("Decision"), None),
    "merit": (N_("Merit"), lambda row: -row.merit),
    "cost": (N_("Cost"), lambda row: -row.cost_cents),
    "name": (N_("Name"), lambda row: fold(row.name)),
}


@dataclass(frozen=True)
class CandidateFilter:
    """What a reader asked for; what is unknown asks for nothing."""

    show: str = ""
    theme: str = ""
    text: str = ""
    sort: str = ""

    def __call__(self, rows: Sequence[CandidateRow]) -> tuple[CandidateRow, ...]:
        words = fold(self.text).split()
        found = [row for row in rows if self._is_shown(row) and all(word in fold(row.name) for word in words)]
        key = SORTS.get(self.sort, SORTS[""])[1]
        return tuple(sorted(found, key=key) if key else found)

    def _is_shown(self, row: CandidateRow) -> bool:
        is_meant = SHOWN[self.show][1] if self.show in SHOWN else lambda row: True
        return is_meant(row) and (not self.theme or any(theme.key == self.theme for theme in row.themes))
