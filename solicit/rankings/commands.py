"""Checking a ranking on the command line, and taking it away."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from solicit.db import transaction
from solicit.errors import NotFound
from solicit.rankings.service.package import package
from solicit.rankings.service.verify import verify as verify_run
from solicit.web.output import say


@click.command("rank")
@click.option("--verify", "verified", type=int, metavar="RUN", help="Compute a run again and compare every digest.")
@click.option("--export", "exported", type=(int, click.Path(file_okay=False, path_type=Path)), metavar="RUN FOLDER")
@with_appcontext
def rank(verified: int | None, exported: tuple[int, Path] | None) -> None:
    """Check a frozen ranking, or write its files into a folder: ratings, votes, draws, places, manifest.

    Nothing is changed. Checking exits with 1 if a digest differs. The files name no person.

    \b
    Example:
      solicit rank --verify 3
      solicit rank --export 3 /tmp/run-3
    """
    if verified is None and exported is None:
        raise click.UsageError("Say --verify RUN or --export RUN FOLDER.")
    try:
        if exported is not None:
            _export(*exported)
        if verified is not None:
            _verify(verified)
    except NotFound:
        raise click.ClickException("There is no run of this number.") from None


def _verify(run_id: int) -> None:
    with transaction(is_long=True) as session:
        found = verify_run(session, run_id)
    for what, matches in (
        ("inputs", found.inputs_match),
        ("result computed again", found.result_matches),
        ("stored rows", found.rows_match),
        ("draws", found.draws_match),
    ):
        say(f"{what}: {'same digest' if matches else 'DIFFERENT'}", what=what, matches=matches)
    if not found.holds:
        raise SystemExit(1)


def _export(run_id: int, folder: Path) -> None:
    with transaction(is_long=True) as session:
        files = package(session, run_id=run_id).files()
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in files.items():
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines())
    say(f"Run {run_id} is in {folder}: {', '.join(files)}.", run=run_id, folder=folder, files=list(files))
