"""Putting a report together."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.rankings.queries.remarks import remarks
from solicit.reports.queries.report.around import around
from solicit.reports.queries.report.model import Audience, Report
from solicit.reports.queries.report.parts import theme_parts
from solicit.reports.queries.report.rows import report_rows
from solicit.reports.queries.report.runs import known_runs, usual_runs


def report_for(
    session: Session,
    *,
    call: CallFacts,
    run_ids: Sequence[int],
    audience: Audience,
    viewer_id: int | None,
    language: str,
    now: datetime,
    most_rows: int | None = None,
) -> Report | None:
    """The report of some frozen rankings for one reader; three statements, and a fourth for staff.

    Without ``run_ids`` it is about the latest results, one per kind and theme. None if there is no such ranking that
    the reader may see. ``most_rows`` limits the rows of each group of a theme; its counts are of all.
    """
    reader = dict(audience=audience, viewer_id=viewer_id)
    known = known_runs(session, call=call, **reader)
    chosen = tuple(run for run in known.runs if run.id in run_ids) if run_ids else usual_runs(known.runs, call)
    if not chosen:
        return None
    ids = [run.id for run in chosen]
    rows = report_rows(session, call=call, run_ids=ids, language=language, most_rows=most_rows, **reader)
    found = around(session, call=call, told=known.participation, now=now, **reader)
    return Report(
        call=call,
        title=call.title,
        language=language,
        audience=audience,
        as_of=now.astimezone(UTC).date(),
        runs=chosen,
        choices=known.runs,
        parts=tuple(part for run in chosen for part in theme_parts(call, run, rows, found.topics, audience)),
        # Whoever signed them sits on a panel: the public never learns who does.
        remarks=remarks(session, run_ids=ids, viewer_id=viewer_id) if audience.is_staff else (),
        participation=found.participation,
        meeting=known.meeting,
        publication=known.publication,
    )
