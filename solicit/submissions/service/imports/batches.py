"""A file between its reading and its import: read, checked under a mapping, brought in or thrown away."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.calls.service import check_desk_is_open, lock_call
from solicit.errors import Conflict, NotFound, Refused, check_move
from solicit.submissions.models import ImportBatch
from solicit.submissions.queries.columns import guess_mapping
from solicit.submissions.queries.imports import ImportedText, Verdict
from solicit.submissions.service.bring_in import bring_in
from solicit.submissions.service.imports.check import Checked, check_rows
from solicit.submissions.service.reading import FileRow, UnreadableFile, read_table
from solicit.submissions.states import IMPORT_MOVES, ImportState, TextValues
from solicit.words import N_

MOST_ROWS = 5_000


def keep_batch(session: Session, *, call: CallFacts, content: bytes, organizer_id: int, now: datetime) -> int:
    """Read a file and keep its rows until it is imported or thrown away; raises UnreadableFile.

    Which column is which is guessed from their names.
    """
    check_desk_is_open(call, now=now)
    table = read_table(content)
    if not table.rows:
        raise UnreadableFile(N_("The file has no rows below the names of its columns."))
    if len(table.rows) > MOST_ROWS:
        raise UnreadableFile(N_("The file has more than %(most)s rows. Split it."), most=MOST_ROWS)
    batch = ImportBatch(
        call_id=call.id,
        organizer_id=organizer_id,
        digest=sha256(content).digest(),
        columns=list(table.columns),
        rows=[[row.line, row.cells] for row in table.rows],
        mapping=guess_mapping(table.columns),
        read_at=now,
    )
    session.add(batch)
    session.flush()
    return batch.id


def check_batch(
    session: Session, *, call: CallFacts, batch_id: int, mapping: Mapping[str, int], now: datetime
) -> Mapping[str, int]:
    """See what an import under this mapping would do, and keep the report; nothing of the call is changed."""
    check_desk_is_open(call, now=now)
    batch = _locked(session, call, batch_id)
    check_move(IMPORT_MOVES, batch.state, ImportState.CHECKED)
    batch.state, batch.mapping = ImportState.CHECKED, dict(mapping)
    checked = _check(session, call, batch)
    session.flush()
    return checked.counts


def take_in_batch(
    session: Session, *, call: CallFacts, batch_id: int, leave_out: bool, organizer_id: int | None, now: datetime
) -> list[tuple[int, TextValues]]:
    """Bring in all new rows of a checked file, or none; returns the submissions with their texts.

    A file that was imported before gives nothing, so that a second click changes nothing. Rows that are refused
    stop the import unless ``leave_out``; so does a check that finds anything else than the report says.
    """
    batch = _locked(session, call, batch_id)
    if batch.state is ImportState.IMPORTED:
        return []
    check_move(IMPORT_MOVES, batch.state, ImportState.IMPORTED)
    lock_call(session, call_id=call.id)
    check_desk_is_open(session.get_one(Call, call.id, populate_existing=True), now=now)
    reported = batch.report
    checked = _check(session, call, batch)
    if batch.report != reported:
        raise Conflict(N_("The call changed since this file was checked. Check it again."))
    if checked.counts[Verdict.REFUSED.value] and not leave_out:
        raise Refused(N_("Some rows are refused. Correct the file, or leave these rows out."))
    sent = bring_in(session, call=call, texts=checked.ready, batch_id=batch.id, organizer_id=organizer_id, now=now)
    _close(batch, checked.ready, now)
    counts = {f"n_{name}": n for name, n in batch.report["counts"].items()}
    _record(session, "import", batch, organizer_id, now, **counts)
    return sent


def discard_batch(session: Session, *, call: CallFacts, batch_id: int, organizer_id: int, now: datetime) -> None:
    """Throw a file away that was not imported."""
    batch = _locked(session, call, batch_id)
    check_move(IMPORT_MOVES, batch.state, ImportState.DISCARDED)
    batch.state, batch.rows, batch.report = ImportState.DISCARDED, [], {}
    _record(session, "discard", batch, organizer_id, now)


def _check(session: Session, call: CallFacts, batch: ImportBatch) -> Checked:
    rows = [FileRow(line, tuple(cells) if cells is not None else None) for line, cells in batch.rows]
    checked = check_rows(session, call=call, rows=rows, mapping=batch.mapping)
    batch.report = {"counts": checked.counts, "findings": [finding.to_json() for finding in checked.findings]}
    return checked


def _close(batch: ImportBatch, ready: tuple[ImportedText, ...], now: datetime) -> None:
    """The texts are submissions now; of the file only the report is kept."""
    batch.state, batch.imported_at, batch.rows = ImportState.IMPORTED, now, []
    batch.report = batch.report | {"counts": batch.report["counts"] | {"imported": len(ready)}}


def _record(
    session: Session, act: str, batch: ImportBatch, organizer_id: int | None, now: datetime, **details: int
) -> None:
    record(
        session,
        act=act,
        subject="import_batch",
        subject_id=batch.id,
        call_id=batch.call_id,
        actor_id=organizer_id,
        now=now,
        **details,
    )


def _locked(session: Session, call: CallFacts, batch_id: int) -> ImportBatch:
    wanted = sa.select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.call_id == call.id)
    batch = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if batch is None:
        raise NotFound
    return batch
