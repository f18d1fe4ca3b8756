"""Bringing in ballots that a panel gave on paper."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from flask.cli import with_appcontext

from ml.evaluation.preflib import ENDINGS, BadPrefLib, Election, parse_preflib
from solicit.clock import utcnow
from solicit.db import transaction
from solicit.errors import DomainError
from solicit.panels.service.voting.imports import CheckedBallots, PlaceRow, check_ballots, import_ballots
from solicit.submissions.service.reading import Table, UnreadableFile, read_table
from solicit.web.output import refuse, say

LARGEST_FILE = 5_000_000
FILE_REFUSED = 2
MOST_SHOWN = 50
PLACES = ("panelist", "question", "place")
NAMES = ("name", "stands_for")
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


class BadFile(Exception):
    """A file cannot be read; the message says why."""


@click.group("ballots")
def ballot_commands() -> None:
    """Bring in votes that were given on paper."""


@ballot_commands.command("import")
@click.argument("round_id", metavar="ROUND", type=int)
@click.argument("file", type=FILE)
@click.option("--names", type=FILE, help="For a PrefLib file: what its voters and alternatives stand for.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@with_appcontext
def import_file(round_id: int, file: Path, names: Path | None, dry_run: bool) -> None:
    """Hand in the ballots of FILE for the panelists of the open ballot round number ROUND.

    FILE is a CSV or XLSX file with the columns panelist (an address), question (a label such as Q-12) and place (a
    number from 1, equal numbers are ties, empty is not ranked). Each panelist gets one ballot for each theme.

    A PrefLib file (.soc, .soi, .toc, .toi) needs --names: a CSV file with the columns name and stands_for. A name is
    that of an alternative in the file, which stands for a label, or "voter 1", "voter 2" and so on in the order of
    the file, which stand for addresses.

    All ballots are taken or none; importing a file twice changes nothing. What a panelist had submitted here before
    is replaced, and the chain of the round says so. They need to have accepted the statement of confidentiality.

    \b
    Exit code: 0 every ballot is in the round now; 2 nothing was changed.

    \b
    Example:
      solicit ballots import 7 paper.csv --dry-run
      solicit ballots import 7 00003-00000001.toc --names names.csv
    """
    try:
        rows = _rows(file, names)
        checked = _import(round_id, rows, dry_run=dry_run)
    except (BadFile, DomainError) as error:
        refuse(f"{error} Nothing was imported.", exit_code=FILE_REFUSED)
    _summarize(checked, dry_run=dry_run)
    sys.exit(FILE_REFUSED if checked.problems else 0)


def _import(round_id: int, rows: list[PlaceRow], *, dry_run: bool) -> CheckedBallots:
    """The ballots, handed in unless something is wrong with a line or nothing is to change."""
    with transaction() as session:
        checked = check_ballots(session, round_id=round_id, rows=rows)
        if checked.problems or dry_run:
            return checked
        return import_ballots(session, round_id=round_id, rows=rows, now=utcnow())


def _rows(file: Path, names: Path | None) -> list[PlaceRow]:
    if file.suffix.lower() not in ENDINGS:
        return [PlaceRow(line, *cells) for line, cells in _cells(file, PLACES)]
    if names is None:
        raise BadFile(f"{file} needs --names: who its voters and what its alternatives are.")
    meant = {name.casefold(): stands_for for _, (name, stands_for) in _cells(names, NAMES)}
    try:
        election = parse_preflib(file.read_text(encoding="utf-8"))
    except (BadPrefLib, UnicodeDecodeError) as error:
        raise BadFile(f"{file}: {error}") from None
    return list(_places(election, meant))


def _places(election: Election, meant: Mapping[str, str]) -> Iterator[PlaceRow]:
    for voter, order in enumerate(election.orders, 1):
        for place, group in enumerate(order.groups, 1):
            for item in group:
                names = (f"voter {voter}", election.names[item])
                yield PlaceRow(order.line, *(meant.get(name.casefold(), name) for name in names), str(place))


def _cells(file: Path, wanted: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Lines of a file with the texts of the wanted columns."""
    try:
        with file.open("rb") as content:
            table: Table = read_table(content.read(LARGEST_FILE + 1), largest=LARGEST_FILE)
    except UnreadableFile as unreadable:
        raise BadFile(f"{file}: {unreadable}") from None
    columns = [name.casefold() for name in table.columns]
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise BadFile(f"{file}: no column is called {', '.join(missing)}.")
    at = [columns.index(name) for name in wanted]
    for row in table.rows:
        if row.cells is None:
            raise BadFile(f"{file}: line {row.line} has more or fewer fields than the first one.")
        yield row.line, tuple(row.cells[n].strip() for n in at)


def _summarize(checked: CheckedBallots, *, dry_run: bool) -> None:
    for problem in checked.problems[:MOST_SHOWN]:
        say(f"line {problem.line}: {problem.message}", err=True, line=problem.line)
    if checked.problems:
        say(f"solicit: {len(checked.problems)} lines cannot be taken. Nothing was imported.", err=True)
        return
    n_same = len(checked.ballots) - checked.n_new - checked.n_changed
    lines = [
        f"{checked.n_new:6d}  {'ballots can be handed in' if dry_run else 'ballots handed in'}",
        f"{checked.n_changed:6d}  {'submitted ones would change' if dry_run else 'submitted ones changed'}",
        f"{n_same:6d}  are in the round as they are",
    ]
    say("\n".join(lines), n_new=checked.n_new, n_changed=checked.n_changed, n_same=n_same, is_dry_run=dry_run)
