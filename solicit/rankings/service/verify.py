"""Proving that a stored run is what its inputs give: the whole run is repeated."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from solicit.errors import NotFound
from solicit.provenance import digest
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.service.compute import ComputedRow, compute, result_digest


@dataclass(frozen=True)
class Verification:
    """Whether a stored run is still what was frozen; runs before there were draws to export have no digest of them."""

    inputs_match: bool
    result_matches: bool
    rows_match: bool
    draws_match: bool

    @property
    def holds(self) -> bool:
        return self.inputs_match and self.result_matches and self.rows_match and self.draws_match


def stored_run(session: Session, run_id: int) -> RankingRun:
    """A run with its inputs; raises NotFound."""
    run = session.get(RankingRun, run_id, options=[undefer(RankingRun.inputs)])
    if run is None:
        raise NotFound
    return run


def verify(session: Session, run_id: int) -> Verification:
    """Compute a run again from its stored inputs and compare every digest; raises NotFound."""
    run = stored_run(session, run_id)
    again = compute(run.inputs)
    stored = stored_rows(session, run)
    return Verification(
        inputs_match=digest(run.inputs) == bytes(run.input_digest),
        result_matches=result_digest(again.rows, run.inputs) == bytes(run.result_digest),
        rows_match=result_digest(stored, run.inputs) == bytes(run.result_digest),
        draws_match=run.draws_digest is None or again.draws_digest == bytes(run.draws_digest),
    )


def stored_rows(session: Session, run: RankingRun) -> tuple[ComputedRow, ...]:
    """The rows of a run as they were computed, in the order of its questions."""
    found = session.scalars(sa.select(RankingRow).where(RankingRow.run_id == run.id))
    rows = {row.question_id: row for row in found}
    return tuple(
        _computed_row(rows[question["id"]], question["theme"])
        for question in run.inputs["questions"]
        if question["id"] in rows
    )


def _computed_row(row: RankingRow, theme: str) -> ComputedRow:
    names = set(ComputedRow.__dataclass_fields__) - {"theme", "evidence", "priority_of_groups"}
    values = {name: getattr(row, name) for name in names}
    groups = tuple(row.priority_of_groups)
    return ComputedRow(theme=theme, evidence=row.evidence.value, priority_of_groups=groups, **values)
