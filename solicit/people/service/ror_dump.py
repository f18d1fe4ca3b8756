"""Reading the official dump of the Research Organization Registry, piece by piece: the whole of it fills gigabytes."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from solicit.people.service.identifiers import BadIdentifier, ror_of

PIECE = 1_000_000
LONGEST_RECORD = 5_000_000
BETWEEN = re.compile(r"[\s,]*")
SHOWN = "ror_display"


class BadDump(ValueError):
    """The file is no dump of the registry; the message says why in one sentence."""


@dataclass(frozen=True)
class RegisteredOrganization:
    """An organization by its shown name; ``names`` are all it is known by, the shown one first."""

    ror: str
    name: str
    names: tuple[str, ...]
    country: str | None


@contextmanager
def open_dump(path: Path) -> Iterator[TextIO]:
    """The JSON text of a dump, out of its archive if it is in one."""
    if not zipfile.is_zipfile(path):
        with path.open(encoding="utf-8-sig") as text:
            yield text
        return
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".json"))
        if not names:
            raise BadDump("The archive holds no JSON file.")
        # Dumps hold both schemas; the second one is newer.
        chosen = next((name for name in names if "v2" in name), names[0])
        with archive.open(chosen) as file:
            yield io.TextIOWrapper(file, encoding="utf-8-sig")


def organizations_in(text: TextIO) -> Iterator[RegisteredOrganization]:
    """The active organizations of a dump, each once; raises BadDump."""
    seen = set()
    try:
        for record in _records(text):
            found = _organization(record) if record.get("status") == "active" else None
            if found and found.ror not in seen:
                seen.add(found.ror)
                yield found
    except (UnicodeDecodeError, zipfile.BadZipFile):
        raise BadDump("The file is damaged, or not UTF-8 text.") from None
    except (KeyError, TypeError, AttributeError, BadIdentifier):
        raise BadDump("A record of the file is not one of the registry.") from None


def _records(text: TextIO) -> Iterator[dict]:
    """The objects of one JSON list, without reading the whole list."""
    decoder, buffer = json.JSONDecoder(), text.read(PIECE)
    if not buffer.lstrip().startswith("["):
        raise BadDump("The file does not begin with a list of organizations.")
    at = buffer.index("[") + 1
    while True:
        at = BETWEEN.match(buffer, at).end()
        if buffer[at : at + 1] == "]":
            return
        try:
            record, at = decoder.raw_decode(buffer, at)
        except json.JSONDecodeError:
            more = text.read(PIECE)
            if not more or len(buffer) - at > LONGEST_RECORD:
                raise BadDump("The file ends in the middle of its list, or is not well-formed JSON.") from None
            buffer, at = buffer[at:] + more, 0
        else:
            yield record


def _organization(record: dict) -> RegisteredOrganization | None:
    """An organization of either schema; None where it has no name."""
    names = _names_2(record) if isinstance(record.get("names"), list) else _names_1(record)
    unique = tuple(dict.fromkeys(" ".join(name.split()) for name in names if name))
    return RegisteredOrganization(ror_of(record["id"]), unique[0], unique, _country(record)) if unique else None


def _names_1(record: dict) -> list[str]:
    labels = [label["label"] for label in record.get("labels", ())]
    return [record["name"], *labels, *record.get("aliases", ()), *record.get("acronyms", ())]


def _names_2(record: dict) -> list[str]:
    shown_first = sorted(record["names"], key=lambda name: SHOWN not in name.get("types", ()))
    return [name["value"] for name in shown_first]


def _country(record: dict) -> str | None:
    if "country" in record:
        return record["country"].get("country_code")
    places = record.get("locations") or [{}]
    return places[0].get("geonames_details", {}).get("country_code")
