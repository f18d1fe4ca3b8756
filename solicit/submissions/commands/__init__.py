"""Bringing questions in from a file."""

import csv
import io
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from flask.cli import with_appcontext

from solicit.calls.queries import CallFacts, call_facts
from solicit.calls.service import check_desk_is_open
from solicit.calls.states import Kind
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.errors import DomainError
from solicit.questions.service.open import open_question
from solicit.submissions import service
from solicit.submissions.commands.reading import FileRow, UnreadableFile, read_rows
from solicit.submissions.queries.own import titles_in_call
from solicit.submissions.states import TextValues
from solicit.web.text import BadText, clean_text, one_line

ROWS_PER_TRANSACTION = 100
ALREADY_THERE = "already in the call"
FILE_REFUSED = 2


class RowRefused(Exception):
    """One row cannot be imported; the message is the reason in the summary."""


@dataclass(frozen=True)
class ReadyRow:
    """A row that can be imported."""

    text: TextValues
    origin: str


@dataclass(frozen=True)
class RefusedRow:
    line: int
    reason: str
    title: str


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--call", "slug", required=True, help="The call, by the word in its address.")
@click.option("--dry-run", is_flag=True, help="Check the file and change nothing.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the refused rows to this file.")
@with_appcontext
def import_questions(file: Path, slug: str, dry_run: bool, report: Path | None) -> None:
    """Import the questions and plans in FILE, a UTF-8 CSV file, into a call.

    The header is title,goal_overview,significance,approach,theme,kind,language,source; only title is needed.
    A collection with question,background,theme_guess,tags,source,licence,language is read, too: question becomes
    the title, background the goal overview; tags are not kept.

    A theme is named by its name, short name or key, and may be empty. A kind is question (the default) or plan.
    A language is a code such as en (the default) or zh. Imported texts may be incomplete; they have no author.

    Rows that cannot be imported are left out and listed with their reason. A title that is in the call already is
    left out, so that importing a file twice changes nothing.

    \b
    Exit code: 0 every row is in the call now; 1 some rows were refused; 2 the file was refused, nothing changed.

    \b
    Example:
      solicit import questions.csv --call deep-space --dry-run
      solicit import questions.csv --call deep-space --report refused.csv
    """
    call = _call(slug)
    try:
        rows = read_rows(file)
    except UnreadableFile as unreadable:
        click.echo(f"solicit: {unreadable} Nothing was imported.", err=True)
        sys.exit(FILE_REFUSED)
    ready, refused = _sort_out(call, rows, titles_in_call(db.session(), call_id=call.id))
    if not dry_run:
        _bring_in(call, ready)
    _summarize(ready, refused, dry_run=dry_run)
    _report(refused, report)
    sys.exit(any(row.reason != ALREADY_THERE for row in refused))


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


def _sort_out(
    call: CallFacts, rows: Iterable[FileRow], titles: Iterable[str]
) -> tuple[list[ReadyRow], list[RefusedRow]]:
    in_call, in_file = {title_key(title) for title in titles}, set()
    ready, refused = [], []
    for row in rows:
        try:
            found = _ready(call, row)
            key = title_key(found.text.title)
            _refuse_double(key, in_call, in_file)
        except RowRefused as reason:
            title = (row.values or {}).get("title", "")
            refused.append(RefusedRow(row.line, str(reason), " ".join(title.split())[:100]))
        else:
            in_file.add(key)
            ready.append(found)
    return ready, refused


def title_key(title: str) -> str:
    """What two titles share that differ only in case, width and white space."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


def _ready(call: CallFacts, row: FileRow) -> ReadyRow:
    if row.values is None:
        raise RowRefused("another number of columns than the header")
    given = row.values
    try:
        text = TextValues(
            kind=_kind(given.get("kind", "")),
            theme_id=_theme_id(call, given.get("theme", "")),
            language=given.get("language", "").strip().casefold() or "en",
            title=one_line(given["title"]),
            goal_overview=clean_text(given.get("goal_overview", "")),
            significance=clean_text(given.get("significance", "")),
            approach=clean_text(given.get("approach", "")),
        )
        service.check_limits(call, text)
        return ReadyRow(text, _origin(given))
    except BadText:
        raise RowRefused("control characters") from None
    except DomainError as error:
        raise RowRefused(str(error).rstrip(".")) from None


def _kind(word: str) -> Kind:
    try:
        return Kind(word.strip().casefold() or Kind.QUESTION.value)
    except ValueError:
        raise RowRefused("unknown kind") from None


def _theme_id(call: CallFacts, name: str) -> int | None:
    wanted = title_key(name)
    if not wanted:
        return None
    for theme in call.themes:
        if wanted in (title_key(theme.name), title_key(theme.short_name), title_key(theme.key)):
            return theme.id
    raise RowRefused("unknown theme")


def _refuse_double(key: str, in_call: set[str], in_file: set[str]) -> None:
    if key in in_call:
        raise RowRefused(ALREADY_THERE)
    if key in in_file:
        raise RowRefused("double in the file")


def _origin(given: dict[str, str]) -> str:
    parts = (one_line(given.get(name, "")) for name in ("source", "licence"))
    return " · ".join(part for part in parts if part)


def _bring_in(call: CallFacts, ready: Sequence[ReadyRow]) -> None:
    with click.progressbar(length=len(ready), label="Importing", file=sys.stderr) as progress:
        for start in range(0, len(ready), ROWS_PER_TRANSACTION):
            some = ready[start : start + ROWS_PER_TRANSACTION]
            with transaction() as session:
                for row in some:
                    now = utcnow()
                    submission_id = service.bring_in(session, call=call, text=row.text, origin=row.origin, now=now)
                    open_question(session, submission_id=submission_id, call_id=call.id, text=row.text, now=now)
            progress.update(len(some))


def _summarize(ready: Sequence[ReadyRow], refused: Sequence[RefusedRow], *, dry_run: bool) -> None:
    incomplete = sum(not row.text.is_complete for row in ready)
    click.echo(f"{len(ready):6d}  {'can be imported' if dry_run else 'imported'}")
    click.echo(f"{incomplete:6d}  of them incomplete")
    for reason, n in sorted(Counter(row.reason for row in refused).items()):
        click.echo(f"{n:6d}  left out: {reason}")


def _report(refused: Sequence[RefusedRow], report: Path | None) -> None:
    if report is not None:
        with report.open("w", encoding="utf-8", newline="") as file:
            _write_report(refused, file)
    elif refused:
        printed = io.StringIO(newline="")
        _write_report(refused, printed)
        click.echo(f"\n{printed.getvalue()}", nl=False)


def _write_report(refused: Sequence[RefusedRow], file) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("line", "reason", "title"))
    for row in refused:
        # A spreadsheet would run a title that begins like a formula.
        title = f"'{row.title}" if row.title.startswith(("=", "+", "-", "@")) else row.title
        writer.writerow((row.line, row.reason, title))
