"""Reading orders from PrefLib files: .soc, .soi, .toc and .toi.

Source: https://www.preflib.org/format; Mattei & Walsh (2013), PrefLib: a library for preferences, ADT.
"""

import re
from dataclasses import dataclass

ENDINGS = (".soc", ".soi", ".toc", ".toi")
_NAME = re.compile(r"#\s*ALTERNATIVE NAME (\d+):\s*(.*\S)")
_TOKEN = re.compile(r"\{([\d\s,]*)\}|(\d+)")
_ORDER = re.compile(r"\s*(\d+)\s*:((?:\s*(?:\{[\d\s,]*\}|\d+)\s*,)*\s*(?:\{[\d\s,]*\}|\d+)\s*)?")
MOST_VOTERS = 100_000


class BadPrefLib(ValueError):
    """A line of the file is not what the format says; the message names it."""


@dataclass(frozen=True)
class Order:
    """One voter's order: groups of alternatives counted from 0, the best first, each group tied; and its line."""

    line: int
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Election:
    """The names of the alternatives, and one order for each voter, who may have left some out."""

    names: tuple[str, ...]
    orders: tuple[Order, ...]


def parse_preflib(text: str) -> Election:
    """Read a PrefLib file of orders; an order that several voters gave is there as often.

    Raises: BadPrefLib on a line that cannot be read, with its number.
    """
    names: dict[int, str] = {}
    orders: list[Order] = []
    for line, content in enumerate(text.splitlines(), 1):
        named = _NAME.fullmatch(content.strip())
        if named:
            names[int(named[1])] = named[2]
        elif content.strip() and not content.startswith("#"):
            n, groups = _order(line, content)
            if len(orders) + n > MOST_VOTERS:
                raise BadPrefLib(f"Line {line}: more than {MOST_VOTERS} voters.")
            orders += [Order(line, groups)] * n
    if sorted(names) != list(range(1, len(names) + 1)) or not names:
        raise BadPrefLib("The file does not name its alternatives from 1 on.")
    for order in orders:
        if any(number >= len(names) for group in order.groups for number in group):
            raise BadPrefLib(f"Line {order.line}: an alternative that the file does not name.")
    return Election(tuple(names[number] for number in sorted(names)), tuple(orders))


def _order(line: int, content: str) -> tuple[int, tuple[tuple[int, ...], ...]]:
    found = _ORDER.fullmatch(content)
    if not found:
        raise BadPrefLib(f"Line {line}: not an order such as “3: 1,{{2,4}},5”.")
    groups = [
        tuple(int(number) - 1 for number in re.findall(r"\d+", tied or single))
        for tied, single in _TOKEN.findall(found[2] or "")
    ]
    placed = [number for group in groups for number in group]
    if len(set(placed)) < len(placed) or min(placed, default=0) < 0:
        raise BadPrefLib(f"Line {line}: an alternative stands there twice, or is no number from 1 on.")
    return int(found[1]), tuple(group for group in groups if group)
