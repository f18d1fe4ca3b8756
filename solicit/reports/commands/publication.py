"""Published results on the command line."""

from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import with_appcontext

from solicit.calls.queries import CallFacts, call_facts
from solicit.db import db
from solicit.reports.queries.publication.published import published_package
from solicit.reports.service.publication.verify import verify_publication
from solicit.web.output import output_file, say


@click.command("publication")
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
        with output_file(output) as file:
            file.write(found[0])
    if verify or output is None:
        _verify(call, number)


def _verify(call: CallFacts, number: int) -> None:
    checked = verify_publication(db.session(), call_id=call.id, number=number)
    lines = [f"SHA-256 {checked.digest}: {'same digest' if checked.digest_matches else 'DIFFERENT'}"]
    lines += [f"{name}: DIFFERENT" for name in checked.broken_files]
    lines += [f"run {run_id}: DIFFERENT from the database" for run_id in checked.changed_runs]
    say("\n".join(lines), holds=checked.holds, **asdict(checked))
    if not checked.holds:
        raise SystemExit(1)
