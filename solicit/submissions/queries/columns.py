"""The columns that an imported table may have: our names for them, and the names others give them."""

from collections.abc import Sequence
from dataclasses import dataclass

from solicit.words import N_


@dataclass(frozen=True)
class ImportColumn:
    """One column of ours; ``also`` are further names by which it is known."""

    name: str
    label: str
    also: tuple[str, ...] = ()


IMPORT_COLUMNS = (
    ImportColumn("title", N_("Title"), ("question",)),
    ImportColumn("goal_overview", N_("Goal overview"), ("background", "overview", "goal")),
    ImportColumn("significance", N_("Scientific significance")),
    ImportColumn("approach", N_("How it could be explored"), ("plan",)),
    ImportColumn("theme", N_("Theme"), ("theme_key", "theme_guess")),
    ImportColumn("kind", N_("Kind")),
    ImportColumn("language", N_("Language")),
    ImportColumn("source", N_("Where it comes from"), ("origin",)),
    ImportColumn("licence", N_("Licence"), ("license",)),
    ImportColumn("external_id", N_("External identifier"), ("id", "identifier", "reference", "number", "no", "no.")),
    ImportColumn("target_body", N_("Target body")),
    ImportColumn("mission_type", N_("Mission type")),
    ImportColumn("measurement", N_("Measurement")),
    ImportColumn("readiness", N_("Technology readiness"), ("trl",)),
    ImportColumn("time_frame", N_("Time frame")),
    ImportColumn("missions", N_("Related missions")),
)
COLUMN_LABELS = {column.name: column.label for column in IMPORT_COLUMNS}
PLAN_COLUMNS = ("target_body", "mission_type", "measurement", "readiness", "time_frame", "missions")


def guess_mapping(columns: Sequence[str]) -> dict[str, int]:
    """Which of a file's columns is which of ours, by their names in English: our name -> place in the file."""
    places = {_plain(name): place for place, name in reversed(list(enumerate(columns))) if name}
    mapping: dict[str, int] = {}
    for column in IMPORT_COLUMNS:
        names = (column.name, column.label, *column.also)
        place = next((places[_plain(name)] for name in names if _plain(name) in places), None)
        if place is not None and place not in mapping.values():
            mapping[column.name] = place
    return mapping


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")
