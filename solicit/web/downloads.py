"""Files that a browser saves."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from flask import Response, stream_with_context

IN_MEMORY = 1_000_000
PIECE = 65_536


def download(name: str, mimetype: str, pieces: Iterable[str] | Iterable[bytes]) -> Response:
    """A file sent while it is written; the name is ours, never a person's."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(pieces), content_type=mimetype, headers=headers)


def whole_download(name: str, mimetype: str, write: Callable[[BinaryIO], None]) -> Response:
    """A file that is sent once it is written, a large one to the disk.

    An error in the middle is an error page, never a part that looks like the whole, and a slow reader keeps no cursor
    of the database open.
    """
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the answer
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    answer = download(name, mimetype, _pieces(file))
    answer.content_length = file.tell()
    answer.call_on_close(file.close)
    file.seek(0)
    return answer


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
