"""Made-up translations: longer, accented, in brackets, so that what nobody translates and what breaks shows."""

import io
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
# Languages that the product has no catalogue for; the second one is written from right to left.
PSEUDO, PSEUDO_RTL = "eo", "fa"
OPEN, CLOSE = "⟦", "⟧"
LONGER = 0.4
PLACEHOLDER = re.compile(r"(%\([a-z_]+\)[sd]|%%|\{[a-z_]+\}|<[^>]+>|&[a-z]+;)")
ACCENTS = str.maketrans("aAcCdDeEgGhHiIjJkKlLnNoOrRsStTuUwWyYzZ", "áÁçÇđĐéÉğĞĥĤíÍĵĴķĶļĻñÑóÓŕŔšŠťŤúÚŵŴýÝžŽ")
FILLING = "ñôñ"


def pseudo(message: str) -> str:
    """The message as no language has it; what is put into it later stays as it is."""
    parts = PLACEHOLDER.split(message)
    accented = "".join(part if n % 2 else part.translate(ACCENTS) for n, part in enumerate(parts))
    letters = sum(len(part) for part in parts[::2])
    words = -(-int(letters * LONGER) // (len(FILLING) + 1))
    return f"{OPEN}{accented}{f' {FILLING}' * words}{CLOSE}"


def write_catalogues(folder: Path) -> Path:
    """Compile a catalogue for both languages from every string that was collected."""
    template = read_po(io.BytesIO((ROOT / "translations" / "messages.pot").read_bytes()))
    for language in (PSEUDO, PSEUDO_RTL):
        catalogue = Catalog(locale=language)
        for message in template:
            if message.id:
                catalogue.add(message.id, _translated(message.id, catalogue.num_plurals), flags=message.flags)
        target = folder / language / "LC_MESSAGES"
        target.mkdir(parents=True, exist_ok=True)
        with (target / "messages.mo").open("wb") as file:
            write_mo(file, catalogue)
    return folder


def _translated(message: str | tuple[str, str], n_plurals: int) -> str | tuple[str, ...]:
    if isinstance(message, str):
        return pseudo(message)
    one, many = (pseudo(form) for form in message)
    return (one, *[many] * (n_plurals - 1))
