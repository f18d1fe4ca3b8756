"""Taking tables away from the command line."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click
from flask.cli import with_appcontext

from solicit.calls.queries import CallFacts, call_facts
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.reports.commands.publication import publication
from solicit.reports.commands.report import report
from solicit.reports.queries.exports import TABLES, Chosen, Door, Export, Table, export_of
from solicit.reports.queries.search import QuestionFilter, Searcher, question_filter
from solicit.reports.service.readings import record_export
from solicit.reports.tables import FORMATS
from solicit.web.output import output_file, say

DATABASE_NUMBER = click.IntRange(1, 2**63 - 1)


@click.group("export")
def export() -> None:
    """Write a table of a call to a file: questions, submissions, reviews, rankings and more.

    \b
    Examples:
      solicit export questions --call deep-space --output questions.csv
      solicit export reviews-wide --call deep-space --format xlsx --output reviews.xlsx
      solicit export ranked-themes --call deep-space --run 3 --format jsonl --output run-3.jsonl
      solicit export submissions --call deep-space --filter "theme:life state:new" --output new.csv

    A CSV file is the bare table. XLSX says on a second sheet what it holds, what its columns mean and how its rows
    were chosen; JSON Lines says it in its first line, and loses nothing.
    """


def _command(table: Table) -> click.Command:
    """The command that writes one table."""

    @with_appcontext
    def write(slug: str, file_format: str, output: Path, search: str = "", number: int | None = None) -> None:
        call = call_facts(db.session(), slug=slug)
        if call is None:
            raise click.ClickException(f"There is no call “{slug}”.")
        chosen = Chosen(_found(call, search), number)
        found = export_of(db.session(), table, call=call, viewer_id=None, chosen=chosen)
        if found is None:
            raise click.ClickException(f"There is no such {table.number_of} in this call.")
        with transaction() as session:
            if table.door is not Door.OPEN:
                record_export(session, call_id=call.id, table=table, reader_id=None, now=utcnow())
            n_rows = _write(found, file_format, output)
        facts = dict(table=table.name, rows=n_rows, file=str(output))
        say(f"{n_rows} rows of {table.name} are in {output}.", err=True, **facts)

    return click.Command(table.name, callback=write, params=_options(table), help=_help(table), short_help=table.about)


def _options(table: Table) -> list[click.Parameter]:
    formats = click.Choice(tuple(FORMATS))
    path = click.Path(dir_okay=False, path_type=Path)
    options: list[click.Parameter] = [
        click.Option(["--call", "slug"], required=True, help="The call, as it stands in its address."),
        click.Option(["--format", "file_format"], type=formats, default="csv", show_default=True),
        click.Option(["--output"], type=path, required=True, help="The file to write."),
        click.Option(["--filter", "search"], default="", help="Only what belongs to the questions this search finds."),
    ]
    if table.number_of:
        help_ = f"Which {table.number_of}, by its number."
        options.append(click.Option([f"--{table.number_of}", "number"], type=DATABASE_NUMBER, help=help_))
    return options


def _help(table: Table) -> str:
    example = f"solicit export {table.name} --call deep-space --format xlsx --output {table.name}.xlsx"
    columns = "\n".join(f"  {column.name}: {column.meaning}" for column in table.columns)
    return f"""{table.about}

Ends with 0 when the file is written, with 1 when there is nothing to write or no way to write it,
with 2 when the command was not understood.

\b
Example:
  {example}

\b
Columns:
{columns}
"""


def _found(call: CallFacts, search: str) -> QuestionFilter | None:
    """The questions that whoever runs the site finds by a search; all without one."""
    if not search.strip():
        return None
    operator = Searcher(person_id=None, is_organizer=True)
    found = question_filter(db.session(), call=call, viewer=operator, text=search)
    if found.problems:
        raise click.BadParameter(" ".join(each.text % each.params for each in found.problems), param_hint="--filter")
    return found


def _write(found: Export, file_format: str, output: Path) -> int:
    """Write the file and return the number of its rows."""
    rows = _Counted(found.rows)
    with output_file(output) as file:
        FORMATS[file_format].write(file, replace(found, rows=iter(rows)))
    return rows.n


class _Counted:
    """Rows that are counted while they pass."""

    def __init__(self, rows: Iterator[Sequence]) -> None:
        self.rows, self.n = rows, 0

    def __iter__(self) -> Iterator[Sequence]:
        for row in self.rows:
            self.n += 1
            yield row


for _table in TABLES.values():
    export.add_command(_command(_table))
export.add_command(publication)
export.add_command(report)
