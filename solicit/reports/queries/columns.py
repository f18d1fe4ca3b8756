"""What a table is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name in every format, its kind, and what it holds, for the data dictionary."""

    name: str
    kind: str
    meaning: str
