"""Files that a browser saves."""

import tempfile
from collections.abc import Callable, Iterable
from typing import BinaryIO

from flask import Response, send_file, stream_with_context

IN_MEMORY = 1_000_000


def download(name: str, mimetype: str, pieces: Iterable[str] | Iterable[bytes]) -> Response:
    """A file sent while it is written; the name is ours, never a person's."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(pieces), content_type=mimetype, headers=headers)


def whole_file(name: str, mimetype: str, write: Callable[[BinaryIO], None]) -> Response:
    """A file that is sent once it is written, a large one to the disk: an error in the middle is an error page, never
    a part that looks like the whole, and a slow reader keeps no cursor of the database open."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the answer
    write(file)
    size = file.tell()
    file.seek(0)
    answer = send_file(file, mimetype=mimetype, as_attachment=True, download_name=name, max_age=0)
    answer.content_length = size
    return answer
