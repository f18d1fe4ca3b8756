"""The register of candidates as a table for other programs, ids first."""

from collections.abc import Iterator

from solicit.invitations.queries.register import MeritPart, Register, RegisterRow
from solicit.web.csv import Cell

COLUMNS = (
    "candidate", "name", "merit", "merit_parts", "basis", "proposed", "statement_scores", "attendance", "cost_cents",
    "currency", "country", "subregion", "institution", "career", "themes", "accounts",
)  # fmt: skip


def register_cells(found: Register) -> Iterator[tuple[Cell, ...]]:
    return (_cells(row, found.currency) for row in found.rows)


def _cells(row: RegisterRow, currency: str) -> tuple[Cell, ...]:
    return (
        row.person_id,
        row.name,
        row.merit,
        "; ".join(_part(part) for part in row.parts),
        row.basis,
        "; ".join(row.source_words),
        row.n_scores,
        row.attendance_word,
        row.cost_cents,
        currency,
        row.country,
        row.region,
        row.institution,
        row.career,
        " ".join(row.theme_keys),
        row.n_accounts,
    )


def _part(part: MeritPart) -> str:
    """Such as “Q-12 0.91/2”: the chance to be among the first, and among how many authors it is shared."""
    share = f"{part.label} {part.p_top_k:.3f}/{part.n_authors}"
    return share if part.counts else f"({share})"
