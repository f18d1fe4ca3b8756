"""Participation by country and region, so that no number under 3 is told or can be calculated."""

from collections.abc import Mapping

from solicit.reports.queries.report.model import Group, Region
from solicit.reports.queries.report.runs import LEAST_TOLD


def regions_told(counts: Mapping[str, Mapping[str, int]], *, is_exact: bool) -> tuple[Region, ...]:
    """Submissions by region and country, the largest first; what must not be told comes last.

    Whatever is under 3 is left out, and with it the smallest of the others beside it: nobody can subtract.
    A region of small countries alone is left out as a whole.
    """
    shown = {name: dict(of_region) for name, of_region in counts.items()}
    if not is_exact:
        shown = {name: _guarded(of_region) for name, of_region in counts.items()}
        totals = {name: sum(counts[name].values()) for name in counts}
        open_totals = {name: n if any(shown[name].values()) else 0 for name, n in totals.items()}
        for name in _left_out(open_totals):
            shown[name] = dict.fromkeys(counts[name])
    found = [_region(name, counts[name], shown[name]) for name in counts]
    return tuple(sorted(found, key=lambda region: (-(region.n or 0), region.name)))


def _guarded(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts of one region, None where one must not be told."""
    left_out = _left_out(counts)
    return {code: None if code in left_out else n for code, n in counts.items()}


def _left_out(counts: Mapping[str, int]) -> set[str]:
    """The names under 3, and the smallest other one: their sum says nothing of any of them."""
    small = {name for name, n in counts.items() if n < LEAST_TOLD}
    others = sorted((n, name) for name, n in counts.items() if name not in small)
    return small | {name for _, name in others[:1]} if small else set()


def _region(name: str, counts: Mapping[str, int], shown: Mapping[str, int | None]) -> Region:
    groups = sorted((Group(code, shown[code]) for code in counts), key=lambda each: (-(each.n or 0), each.name))
    is_told = any(each.n is not None for each in groups)
    return Region(name, sum(counts.values()) if is_told else None, tuple(groups))
