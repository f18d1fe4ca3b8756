"""Headers of every answer, and the caps on every request."""

import io
from collections.abc import Callable

from flask import Flask, Request, Response, abort, current_app, request

from solicit.web.addresses import is_api

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LARGEST_BODY = 2_000_000
LARGEST_FORM = 500_000
MOST_FIELDS = 300
ONE_YEAR = 31_536_000
ASKS_TO_WAIT = (429, 503)


class KeptInMemory(Request):
    """A request whose files stay in memory: what people send leaves no trace on the disk."""

    def _get_file_stream(self, *args, **kwargs) -> io.BytesIO:
        return io.BytesIO()


def takes_body(largest: int) -> Callable:
    """Let a view take a larger body than the others."""

    def declare(view: Callable) -> Callable:
        view.largest_body = largest
        return view

    return declare


def limit_requests(app: Flask) -> None:
    """Refuse bodies, forms and field counts that no page of ours sends."""
    app.request_class = KeptInMemory
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_FORM, MAX_FORM_PARTS=MOST_FIELDS)

    @app.before_request
    def cap_form() -> None:
        # Before anything reads the form, as the check of its token does.
        view = current_app.view_functions.get(request.endpoint)
        request.max_content_length = getattr(view, "largest_body", LARGEST_BODY)
        # Werkzeug's own limits bind multipart bodies only.
        if request.headers.get("Content-Encoding"):
            abort(415)
        if request.mimetype != "application/x-www-form-urlencoded":
            return
        if (request.content_length or 0) > LARGEST_FORM:
            abort(413)
        if request.get_data(cache=True, parse_form_data=False).count(b"&") >= MOST_FIELDS:
            abort(413)


def add_headers(app: Flask) -> None:
    """Send the same strict headers with every answer, errors included."""

    @app.after_request
    def secure(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = CSP
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if response.status_code not in ASKS_TO_WAIT:
            headers.pop("Retry-After", None)  # the counter of requests says it with every answer
        if request.is_secure:
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        if request.endpoint == "static" and response.status_code in (200, 206, 304):
            headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
        else:
            headers.setdefault("Cache-Control", "no-store")
            response.vary.update(("Cookie", "Authorization") if is_api() else ("Cookie",))
        return response
