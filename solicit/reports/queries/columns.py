"""What a table is made of."""

from dataclasses import dataclass

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """One column: its name in every format, its kind, and what it holds, for the data dictionary."""

    name: str
    kind: str
    meaning: str
