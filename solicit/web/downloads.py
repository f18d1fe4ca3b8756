"""Files that a browser saves."""

from collections.abc import Iterable

from flask import Response, stream_with_context


def download(name: str, mimetype: str, pieces: Iterable[str] | Iterable[bytes]) -> Response:
    """A file sent while it is written; the name is ours, never a person's."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(pieces), content_type=mimetype, headers=headers)
