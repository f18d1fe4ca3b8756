"""PDF documents from a typst template and data; texts of people are data and cannot run."""

import json
from pathlib import Path

import typst
from babel import Locale

from solicit.web.files import files_dir

# The same bytes for the same content, whenever it is made.
NO_TIME = 0


def pdf(template: str, data: dict, *, language: str) -> bytes:
    """The document of ``templates/documents/<template>.typ``; ``data`` has a title and whatever the template reads."""
    folder = files_dir("templates") / "documents"
    is_rtl = Locale.parse(language, sep="-").text_direction == "rtl"
    told = data | {"language": language.partition("-")[0], "is_rtl": is_rtl}
    return typst.compile(
        str(folder / f"{template}.typ"),
        root=str(folder),
        format="pdf",
        sys_inputs={"data": json.dumps(told)},
        package_path=_nothing(folder),
        package_cache_path=_nothing(folder),
        timestamp=NO_TIME,
    )


def _nothing(folder: Path) -> str:
    """Packages are neither installed nor fetched."""
    return str(folder / "no-packages")
