"""PDF documents from a typst template and data; texts of people are data and cannot run."""

import json
import re
from pathlib import Path

import typst
from babel import Locale

from solicit.web.files import files_dir
from solicit.web.fonts import missing_fonts

# The same bytes for the same content, whenever it is made.
NO_TIME = 0
# Tagged, with a language and titles; a letter that no font has is an error instead of a box.
ACCESSIBLE = ("ua-1",)
NOT_SHOWN = re.compile(r'the text `"(.*?)"` could not be displayed')


def pdf(template: str, data: dict, *, language: str, standards: tuple[str, ...] = ()) -> bytes:
    """The document of ``templates/documents/<template>.typ``; ``data`` has a title and whatever the template reads.

    Raises MissingFonts for letters that no font has, if ``standards`` ask for it.
    """
    try:
        return _compile(template, data, language, format="pdf", timestamp=NO_TIME, pdf_standards=list(standards))
    except typst.TypstError as error:
        found = NOT_SHOWN.search(str(error))
        if found is None:
            raise
        raise missing_fonts(found[1]) from None


def pngs(template: str, data: dict, *, language: str, ppi: int) -> list[bytes]:
    """Each page of a document as a PNG picture."""
    made = _compile(template, data, language, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def _compile(template: str, data: dict, language: str, **options: object):
    folder = files_dir("templates") / "documents"
    is_rtl = Locale.parse(language, sep="-").text_direction == "rtl"
    told = data | {"language": language.partition("-")[0], "is_rtl": is_rtl}
    return typst.compile(
        str(folder / f"{template}.typ"),
        root=str(folder),
        sys_inputs={"data": json.dumps(told)},
        package_path=_nothing(folder),
        package_cache_path=_nothing(folder),
        **options,
    )


def _nothing(folder: Path) -> str:
    """Packages are neither installed nor fetched."""
    return str(folder / "no-packages")
