"""Bringing questions in from a file."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import with_appcontext

from solicit.calls.queries import CallFacts, call_facts
from solicit.calls.service import check_desk_is_open, lock_call
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.questions.service.open import open_questions
from solicit.submissions.queries.columns import IMPORT_COLUMNS, guess_mapping
from solicit.submissions.queries.imports import Finding, ImportedText, Verdict
from solicit.submissions.service import bring_in
from solicit.submissions.service.imports import Checked, check_rows
from solicit.submissions.service.reading import Table, UnreadableFile, read_table
from solicit.web.csv import guarded

LARGEST_FILE = 50_000_000
ROWS_AT_ONCE = 500
FILE_REFUSED = 2


@click.command("file")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--call", "slug", required=True, help="The call, by the word in its address.")
@click.option("--dry-run", is_flag=True, help="Check the file and change nothing.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the refused rows to this file.")
@with_appcontext
def import_questions(file: Path, slug: str, dry_run: bool, report: Path | None) -> None:
    """Import the questions and plans in FILE, a CSV, XLSX or JSON file, into a call.

    The columns are title, goal_overview, significance, approach, theme, kind, language, source, licence,
    external_id and, for plans, target_body, mission_type, measurement, readiness, time_frame, missions; only title
    is needed, others are not read. The downloads of questions fit as they are, and so does a collection with
    question,background,theme_guess,tags,source,licence,language: question becomes the title, background the goal
    overview.

    A theme is named by its name, short name or key, and may be empty. A kind is question (the default) or plan.
    A language is a code such as en (the default) or zh. Imported texts may be incomplete; they have no author.

    Rows that cannot be imported are left out and listed with their reason. A row whose external_id, or else whose
    title, is in the call already is left out, so that importing a file twice changes nothing.

    \b
    Exit code: 0 every row is in the call now; 1 some rows were refused; 2 the file was refused, nothing changed.

    \b
    Example:
      solicit import questions.csv --call deep-space --dry-run
      solicit import questions.xlsx --call deep-space --report refused.csv
    """
    call = _call(slug)
    table, mapping = _read(file)
    with transaction(is_long=True) as session:
        lock_call(session, call_id=call.id)
        checked = check_rows(session, call=call, rows=table.rows, mapping=mapping)
        if not dry_run:
            _bring_in(session, call, checked.ready)
    refused = [finding for finding in checked.findings if finding.verdict is Verdict.REFUSED]
    _summarize(checked, dry_run=dry_run)
    _report(refused, report)
    sys.exit(bool(refused))


def _call(slug: str) -> CallFacts:
    call = call_facts(db.session(), slug=slug)
    if call is None:
        click.echo(f"solicit: There is no call “{slug}”.", err=True)
        sys.exit(FILE_REFUSED)
    try:
        check_desk_is_open(call, now=utcnow())
    except DomainError as closed:
        click.echo(f"solicit: {closed}", err=True)
        sys.exit(FILE_REFUSED)
    return call


def _read(file: Path) -> tuple[Table, dict[str, int]]:
    try:
        table = read_table(_content(file), largest=LARGEST_FILE)
    except UnreadableFile as unreadable:
        click.echo(f"solicit: {unreadable} Nothing was imported.", err=True)
        sys.exit(FILE_REFUSED)
    mapping = guess_mapping(table.columns)
    if "title" not in mapping:
        known = ", ".join(column.name for column in IMPORT_COLUMNS)
        click.echo(f"solicit: No column is called title. We know: {known}. Nothing was imported.", err=True)
        sys.exit(FILE_REFUSED)
    return table, mapping


def _content(file: Path) -> bytes:
    with file.open("rb") as content:
        return content.read(LARGEST_FILE + 1)


def _bring_in(session, call: CallFacts, ready: Sequence[ImportedText]) -> None:
    with click.progressbar(length=len(ready), label="Importing", file=sys.stderr) as progress:
        for start in range(0, len(ready), ROWS_AT_ONCE):
            some, now = ready[start : start + ROWS_AT_ONCE], utcnow()
            sent = bring_in(session, call=call, texts=some, now=now)
            open_questions(session, call_id=call.id, texts=sent, now=now)
            progress.update(len(some))


def _summarize(checked: Checked, *, dry_run: bool) -> None:
    counts = checked.counts
    click.echo(f"{counts['new']:6d}  {'can be imported' if dry_run else 'imported'}")
    click.echo(f"{counts['incomplete']:6d}  of them incomplete")
    reasons = Counter(_reason(finding) for finding in checked.findings if finding.reason)
    for reason, n in sorted(reasons.items()):
        click.echo(f"{n:6d}  left out: {reason}")


def _reason(finding: Finding) -> str:
    where = f"{finding.column}: " if finding.column else ""
    return where + (finding.reason % finding.params if finding.params else finding.reason)


def _report(refused: Sequence[Finding], report: Path | None) -> None:
    if report is not None:
        with report.open("w", encoding="utf-8", newline="") as file:
            _write_report(refused, file)
    elif refused:
        printed = io.StringIO(newline="")
        _write_report(refused, printed)
        click.echo(f"\n{printed.getvalue()}", nl=False)


def _write_report(refused: Sequence[Finding], file) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("line", "reason", "title"))
    for row in refused:
        writer.writerow((row.line, _reason(row), guarded(row.title)))
