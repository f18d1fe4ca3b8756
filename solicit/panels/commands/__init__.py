"""Checking and exporting the audit chains of rounds on the command line."""

import csv
from collections.abc import Iterable
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from solicit.calls.queries import call_facts
from solicit.db import db
from solicit.errors import NotFound
from solicit.panels.queries.chain import Anchor, Verdict, check_chain
from solicit.panels.queries.chain_files import chain_files
from solicit.panels.queries.seals import seal_key
from solicit.panels.queries.stored_votes import round_chain, rounds_with_chain
from solicit.web.output import say


class AnchorText(click.ParamType):
    """A number and a hash, as a letter gives them: 120:9f3c…"""

    name = "seq:hash"

    def convert(self, value, param, ctx) -> Anchor:
        seq, _, digest = value.partition(":")
        try:
            return Anchor(int(seq), bytes.fromhex(digest))
        except ValueError:
            self.fail(f"{value!r} is not a number, a colon and a hash.", param, ctx)


@click.group("audit")
def audit_commands() -> None:
    """Check that no vote of a panel was changed unseen."""


@audit_commands.command("verify")
@click.option("--call", "slug", help="Only rounds of this call, as it stands in its address.")
@click.option("--round", "round_id", type=click.IntRange(1, 2**63 - 1), help="Only this round.")
@click.option(
    "--anchor",
    "anchors",
    type=AnchorText(),
    multiple=True,
    help="A seal from a letter; needs --round.",
)
@with_appcontext
def verify(slug: str | None, round_id: int | None, anchors: tuple[Anchor, ...]) -> None:
    """Recompute the chains of votes, open every seal, and compare with the stored votes and the anchors.

    Ends with 0 when everything holds, with 1 when something was changed, with 2 when the command was not understood.

    \b
    Example:
      solicit audit verify --call deep-space
      solicit audit verify --round 3 --anchor 120:9f3c…
    """
    if anchors and round_id is None:
        raise click.UsageError("An anchor belongs to a round: give --round, too.")
    all_hold = True
    for number, name in _wanted(slug, round_id):
        verdict = check_chain(round_chain(db.session(), round_id=number, anchors=anchors))
        _tell(number, name, verdict)
        all_hold &= verdict.holds
    if not all_hold:
        raise SystemExit(1)


@audit_commands.command("export")
@click.argument("round_id", metavar="ROUND", type=click.IntRange(1, 2**63 - 1))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def export(round_id: int, folder: Path) -> None:
    """Write the chain of a ROUND and what opens its seals to a FOLDER, for docs/verify_round.py.

    Panelists are pseudonyms of this round, and comments are not in it. The key that is printed opens the seals of
    this round and of no other: give it to the checker by another way than the files.

    \b
    Example:
      solicit audit export 3 round-3
      python docs/verify_round.py round-3 KEY
    """
    try:
        files = chain_files(db.session(), round_id=round_id)
    except NotFound:
        raise click.ClickException(f"There is no round {round_id}.") from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in files.items():
            _write(folder / name, rows)
    except OSError as error:
        raise click.ClickException(f"{folder} could not be written: {error.strerror}.") from None
    key = seal_key(round_id).hex()
    say(key, round=round_id, key=key)


def _wanted(slug: str | None, round_id: int | None) -> list[sa.Row]:
    call = call_facts(db.session(), slug=slug) if slug else None
    if slug and call is None:
        raise click.ClickException(f"There is no call “{slug}”.")
    found = rounds_with_chain(db.session(), call_id=call.id if call else None, round_id=round_id)
    if round_id and not found:
        raise click.ClickException(f"There is no round {round_id} here.")
    return found


def _tell(round_id: int, name: str, verdict: Verdict) -> None:
    said = "holds" if verdict.holds else "DOES NOT HOLD"
    counts = f"{verdict.n_links} links, {verdict.n_opened} votes opened, {verdict.n_erased} of erased people"
    faults = [f"{fault.seq}: {fault.words}" for fault in verdict.faults]
    lines = [f"Round {round_id} “{name}” {said}: {counts}.", *(f"  {fault}" for fault in faults)]
    say("\n".join(lines), round=round_id, holds=verdict.holds, n_links=verdict.n_links, faults=faults)


def _write(file: Path, rows: Iterable[tuple]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
