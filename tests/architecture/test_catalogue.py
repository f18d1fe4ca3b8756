"""The catalogue holds every visible string, so that a translation can be complete."""

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from solicit.web.files import PACKAGE

ROOT = PACKAGE.parent
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None, "_l": None}


def test_catalogue_is_up_to_date():
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = {
        message if isinstance(message, str) else message[0]
        for _, _, message, _, _ in extract_from_dir(
            ROOT, methods, options, KEYWORDS, directory_filter=lambda folder: True
        )
    }
    with (ROOT / "translations" / "messages.pot").open("rb") as file:
        kept = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in read_po(file)}
    assert found - kept == set(), "Run script/messages."
    assert kept - found - {""} == set(), "Run script/messages."
