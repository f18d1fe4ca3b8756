"""What kind of file it is, by its content: a name says nothing."""

from solicit.submissions.service.reading.delimited import read_delimited
from solicit.submissions.service.reading.objects import read_objects
from solicit.submissions.service.reading.table import Table, UnreadableFile
from solicit.submissions.service.reading.workbook import read_workbook
from solicit.words import N_

LARGEST_FILE = 5_000_000
ZIP = b"PK\x03\x04"


def read_table(content: bytes, *, largest: int = LARGEST_FILE) -> Table:
    """The table in a CSV, XLSX or JSON file; raises UnreadableFile before anything could be stored."""
    if len(content) > largest:
        raise UnreadableFile(N_("The file is larger than %(most)s MB. Split it."), most=largest // 1_000_000)
    if content.startswith(ZIP):
        return read_workbook(content)
    text = _decoded(content)
    return read_objects(text) if text.lstrip()[:1] in ("[", "{") else read_delimited(text)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            N_("The file is not UTF-8 text: byte %(n)s cannot be read. Save it as UTF-8."), n=error.start + 1
        ) from None
