"""Reading a file of questions: a table of texts, whether it came as CSV, XLSX or JSON."""

from solicit.submissions.service.reading.table import FileRow, Table, UnreadableFile
from solicit.submissions.service.reading.whole import LARGEST_FILE, read_table

__all__ = ["LARGEST_FILE", "FileRow", "Table", "UnreadableFile", "read_table"]
