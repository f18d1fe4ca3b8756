"""The report of ranked themes on the command line."""

from pathlib import Path

import click
from babel import Locale, UnknownLocaleError
from flask.cli import with_appcontext

from solicit.calls.queries import call_facts
from solicit.clock import utcnow
from solicit.db import db
from solicit.reports.queries.report import Audience, report_for
from solicit.reports.views.report.files import TYPES, report_file
from solicit.web.languages import speaking
from solicit.web.output import output_file, say


def _known(_context: click.Context, _option: click.Parameter, language: str) -> str:
    """A language by its tag; raises BadParameter for one that nobody has heard of."""
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        raise click.BadParameter(f"“{language}” is no language tag, such as zh or pt-BR.") from None
    return language


@click.command("report")
@click.option("--call", "slug", required=True, help="The call, as it stands in its address.")
@click.option("--format", "file_format", type=click.Choice(tuple(TYPES)), default="pdf", show_default=True)
@click.option("--run", "run_ids", type=click.IntRange(1, 2**63 - 1), multiple=True, help="A ranking; may be repeated.")
@click.option(
    "--for",
    "audience",
    type=click.Choice([Audience.ORGANIZER.value, Audience.PUBLIC.value]),
    default=Audience.ORGANIZER.value,
    show_default=True,
    help="Who will read it: for the public it holds only what is published.",
)
@click.option("--language", default="en", show_default=True, callback=_known, help="The language of the report.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@with_appcontext
def report(slug: str, file_format: str, run_ids: tuple[int, ...], audience: str, language: str, output: Path) -> None:
    """Write the report of ranked themes: the latest results, or the rankings named by --run.

    Ends with 0 when the file is written, with 1 when there is nothing to write or no way to write it,
    with 2 when the command was not understood.

    \b
    Example:
      solicit export report --call deep-space --output report.pdf
      solicit export report --call deep-space --for public --language zh --format docx --output report.docx
    """
    call = call_facts(db.session(), slug=slug, language=language)
    if call is None:
        raise click.ClickException(f"There is no call “{slug}”.")
    wanted = dict(run_ids=run_ids, audience=Audience(audience), viewer_id=None, language=language)
    found = report_for(db.session(), call=call, now=utcnow(), **wanted)
    if found is None:
        raise click.ClickException("There is no such ranking in this call.")
    with output_file(output) as file, speaking(language):
        file.write(report_file(found, file_format, address=""))
    say(f"The report is in {output}.", err=True, file=str(output))
