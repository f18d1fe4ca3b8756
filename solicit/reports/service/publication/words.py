"""What a package says of itself, in English: README, citation and the limits of what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from textwrap import dedent

from solicit.rankings.queries.runs import RunLink
from solicit.reports.queries.publication.tables import TABLES
from solicit.web.bibliography import Reference, cff, plain


@dataclass(frozen=True)
class Cover:
    """What is said of a publication: its call and number, where it is for good, and what a correction changed.

    ``changed`` are the numbers of what came into the call by a second look since the publication before.
    """

    slug: str
    title: str
    licence: str
    number: int
    day: date
    address: str
    note: str
    changed: tuple[str, ...] = ()


def reference(cover: Cover, *, digest: str = "") -> Reference:
    """How a publication is cited; its own digest cannot stand inside its package."""
    note = f"Data set. Licence: {cover.licence}"
    return Reference(
        key=f"solicit-{cover.slug}-results-{cover.number}",
        authors=(f"Organizers of “{cover.title}”",),
        title=f"{cover.title}: results and open data, publication {cover.number}",
        day=cover.day,
        url=cover.address,
        language="en",
        publisher=cover.title,
        note=f"{note}. SHA-256: {digest}" if digest else note,
    )


def texts_of(cover: Cover, runs: tuple[RunLink, ...], n_rows: Mapping[str, int]) -> dict[str, str]:
    """The texts of the package, by the names of their files."""
    return {"README.md": _readme(cover, runs, n_rows), "CITATION.cff": cff(reference(cover))}


def _readme(cover: Cover, runs: tuple[RunLink, ...], n_rows: Mapping[str, int]) -> str:
    parts = [
        f"# {cover.title}: results and open data",
        f"Publication {cover.number}, {cover.day.isoformat()}. Its permanent address is {cover.address}",
        f"## What this publication changes\n\n{cover.note}" if cover.note else "",
        f"{CHANGED}\n\n{', '.join(cover.changed)}" if cover.changed else "",
        f"## Licence\n\n{cover.licence}, for the tables and for every text that names no other licence.",
        f"## How to cite\n\n{plain(reference(cover)).strip()}",
        "## Files\n\n" + _files(n_rows),
        "## Rankings\n\n" + _rankings(runs),
        HOW.strip(),
        LEFT_OUT.strip(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _files(n_rows: Mapping[str, int]) -> str:
    listed = (
        f"- `{table.name}.csv`, `{table.name}.jsonl` ({n_rows[table.name]} rows): {table.about}." for table in TABLES
    )
    return "\n".join([*listed, FORMATS.strip()])


def _rankings(runs: tuple[RunLink, ...]) -> str:
    listed = [f"- Run {run.id}: {run.round_name} ({run.kind.value}, {run.purpose.value})" for run in runs]
    return "\n".join([*listed, "", "The table `runs` holds the SHA-256 of the votes and of the result of each run."])


CHANGED = "Part of the call since a second look at their screening, and in no ranking made before:"
FORMATS = dedent(
    """
    - `dictionary.csv`: every column of every table, its kind and its meaning.
    - `SHA256SUMS`: the SHA-256 of each file of this package.

    CSV files are UTF-8 with a byte order mark, and every cell is quoted. A text that a spreadsheet could take for a
    formula has an apostrophe before it. JSON Lines hold every value as it is, one row per line.
    """
)
HOW = dedent(
    """
    ## How the numbers were made

    Panelists rated questions without knowing who wrote them. A model of the ratings takes into account how severe
    each panelist is, and gives every question a value on the scale from 1 to 5 with the range that holds it with a
    probability of 0.9; where all ratings lie at one end of the scale, the range reaches beyond it. Questions are
    ranked within theme and kind. A new band begins where a question is below the first one of the band with a
    probability of at least 0.9: the questions of one band are not told apart, and their order inside it means
    nothing. Numbers of supporters and of people are bands, so that nobody can be told from the others by taking one
    number from another.
    """
)
LEFT_OUT = dedent(
    """
    ## What is left out

    - Questions that were withdrawn, that are out of scope, or that nobody has decided about.
    - Places of questions with fewer than 3 ratings, and of those set aside after a first reading.
    - Single votes, comments, and everything that could name a panelist.
    - Authors who did not agree to be named; groups of fewer than 3 people are only said to be so small.
    - In the numbers of people, authors of questions in which an organizer of the call has a part.
    """
)
