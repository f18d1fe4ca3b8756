"""Taking tables away from the command line."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext

from solicit.calls.queries import CallFacts, call_facts
from solicit.db import db
from solicit.reports import tables
from solicit.reports.queries.exports import RANKED_THEMES, RunFacts, about_run, ranked_theme_rows, run_facts
from solicit.reports.queries.publication.published import published_package
from solicit.reports.service.publication.verify import verify_publication

FORMATS = ("csv", "xlsx", "json")


@click.group("export")
def export() -> None:
    """Write tables to files."""


@export.command("ranked-themes")
@click.option("--call", "slug", required=True, help="The call, as it stands in its address.")
@click.option("--format", "file_format", type=click.Choice(FORMATS), default="csv", show_default=True)
@click.option("--run", "run_id", type=click.IntRange(1, 2**63 - 1), help="Which frozen ranking; the latest by default.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@with_appcontext
def ranked_themes(slug: str, file_format: str, run_id: int | None, output: Path) -> None:
    """Write the ranked themes of a frozen ranking, without names of authors or reviewers.

    Ends with 0 when the file is written, with 1 when there is nothing to write or no way to write it,
    with 2 when the command was not understood.

    \b
    Example:
      solicit export ranked-themes --call deep-space --format xlsx --output ranked-themes.xlsx
      solicit export ranked-themes --call deep-space --run 3 --format json --output run-3.json
    """
    call = call_facts(db.session(), slug=slug)
    if call is None:
        raise click.ClickException(f"There is no call “{slug}”.")
    run = run_facts(db.session(), call=call, run_id=run_id)
    if run is None:
        raise click.ClickException("There is no such frozen ranking in this call.")
    unfinished = output.with_name(f".{output.name}.unfinished")
    try:
        _write(unfinished, file_format, call, run)
        unfinished.replace(output)
    except OSError as error:
        raise click.ClickException(f"{output} could not be written: {error.strerror}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
    click.echo(f"{run.n_rows} rows of run {run.id} are in {output}.", err=True)


def _write(file: Path, file_format: str, call: CallFacts, run: RunFacts) -> None:
    rows = ranked_theme_rows(db.session(), call=call, run=run)
    with click.progressbar(rows, length=run.n_rows, label="Writing", file=sys.stderr) as shown:
        if file_format == "xlsx":
            with file.open("wb") as book:
                tables.write_xlsx(book, RANKED_THEMES, shown, title="Ranked themes")
            return
        with file.open("w", encoding="utf-8", newline="") as text:
            text.writelines(_pieces(file_format, call, run, shown))


def _pieces(file_format: str, call: CallFacts, run: RunFacts, rows: Iterable) -> Iterator[str]:
    if file_format == "json":
        return tables.json_pieces(about_run(call, run), RANKED_THEMES, rows)
    return tables.csv_lines(RANKED_THEMES, rows)


@export.command("publication")
@click.option("--call", "slug", required=True, help="The call, as it stands in its address.")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@click.option("--verify", is_flag=True, help="Check the package against its permanent digest and write nothing.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The zip file to write.")
@with_appcontext
def publication(slug: str, number: int, verify: bool, output: Path | None) -> None:
    """Write a publication of results to a file, or check it: its digest, its files, and the rankings it was made of.

    Ends with 0 when everything holds, with 1 when something differs or there is no such publication.

    \b
    Example:
      solicit export publication 1 --call deep-space --verify
      solicit export publication 1 --call deep-space --output results.zip
    """
    call = call_facts(db.session(), slug=slug)
    found = call and published_package(db.session(), call=call, number=number)
    if not found:
        raise click.ClickException(f"There is no publication {number} of a call “{slug}”.")
    if output is not None:
        output.write_bytes(found[0])
    if verify or output is None:
        _verify(call, number)


def _verify(call: CallFacts, number: int) -> None:
    checked = verify_publication(db.session(), call_id=call.id, number=number)
    click.echo(f"SHA-256 {checked.digest}: {'same digest' if checked.digest_matches else 'DIFFERENT'}")
    for name in checked.broken_files:
        click.echo(f"{name}: DIFFERENT")
    for run_id in checked.changed_runs:
        click.echo(f"run {run_id}: DIFFERENT from the database")
    if not checked.holds:
        raise SystemExit(1)
