"""The OpenAPI document: made once, of what the operations say of themselves."""

from flask import Flask
from flask_smorest import Api

from solicit.access.scopes import SCOPE_WORDS
from solicit.web.addresses import public_root
from solicit.web.routing import LARGEST_ID, IdConverter

VERSION = "1.0.0"
ABOUT = """Read and write what the pages of this site show and take, as far as the person of a token may.

Every answer is JSON, but for files of exports. Lists come a page at a time: “next” is the address of the next page.
Answers carry an ETag: send it as If-None-Match to learn whether something changed, and as If-Match with a change.
A refusal is a problem (RFC 9457) that says what happened and what to do. Times are UTC, ISO 8601."""


class Document(Api):
    """flask-smorest's collector of operations, without its pages and error handlers: those are ours."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass

    def _register_doc_blueprint(self) -> None:
        pass

    def _register_responses(self) -> None:
        pass

    def _register_etag_headers(self) -> None:
        pass

    def _register_pagination_header(self) -> None:
        pass


def openapi(app: Flask, root) -> dict:
    """The document of all operations of the API below its root."""
    made = app.extensions.get("openapi")
    if made is None:
        made = app.extensions["openapi"] = _document(app, root)
    return made


def _document(app: Flask, root) -> dict:
    collector = Document(
        app,
        spec_kwargs=dict(
            title="solicit",
            version=VERSION,
            openapi_version="3.1.0",
            info={"description": ABOUT},
            servers=[{"url": public_root()}],
        ),
    )
    collector.register_converter(IdConverter, _number)
    spec = collector.spec
    words = "; ".join(f"{name}: {word}" for name, word in SCOPE_WORDS.items())
    spec.components.security_scheme(
        "token",
        {"type": "http", "scheme": "bearer", "description": f"A personal token. Its scopes are: {words}."},
    )
    root.register_views_in_doc(collector, app, spec, name=root.name, parameters=None)
    for part in root.parts:
        spec.tag({"name": part.name, "description": part.description})
    return spec.to_dict()


def _number(converter: IdConverter) -> dict:
    return {"type": "integer", "minimum": 1, "maximum": min(LARGEST_ID, 10**18 - 1)}
