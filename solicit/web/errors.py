"""Error pages: what happened, what to do, and the text a person had typed."""

import logging
import secrets
from dataclasses import dataclass

from flask import Flask, current_app, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, NotFound

from solicit import errors
from solicit.db import db
from solicit.web.addresses import is_api
from solicit.web.api.problems import problem
from solicit.web.pages import Link
from solicit.words import N_

log = logging.getLogger(__name__)

STATUS_OF = {errors.NotFound: 404, errors.Conflict: 409, errors.InvalidMove: 409, errors.Closed: 409}
SHORTEST_KEPT_TEXT = 20
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")

# code -> title, what happened, what to do
PAGES = {
    400: (
        N_("We could not read this request"),
        N_("Something in it was not in the form we expect."),
        N_("Go back, reload the page and try again."),
    ),
    401: (N_("Please sign in"), N_("You are signed out."), N_("Sign in and send it again.")),
    403: (
        N_("You may not open this page"),
        N_("It needs a role that you do not have."),
        N_("If you should have it, write to the organizers."),
    ),
    404: (
        N_("Page not found"),
        N_("There is nothing at this address, or nothing that you may see."),
        N_("Check the address, or look for it in the list of questions."),
    ),
    405: (
        N_("This address does not accept that"),
        N_("The page was used in a way it is not made for."),
        N_("Go back and use the buttons of the page."),
    ),
    409: (
        N_("This could not be saved"),
        N_("Someone changed this in the meantime."),
        N_("Go back, reload the page and try again."),
    ),
    410: (N_("This link is used up"), N_("It has expired or was used before."), N_("Ask for a new one.")),
    413: (
        N_("This is too large"),
        N_("What you sent is larger than we accept."),
        N_("Send less text, or a smaller file."),
    ),
    415: (
        N_("We cannot read this kind of content"),
        N_("It was sent in a form we do not accept."),
        N_("Use the form on the page."),
    ),
    422: (N_("This could not be saved"), N_("A rule does not allow it."), N_("Go back and correct it.")),
    429: (
        N_("Too many tries"),
        N_("You did this very often in a short time."),
        N_("Wait a few minutes and try again."),
    ),
    500: (
        N_("Something went wrong on our side"),
        N_("The fault is ours and has been recorded."),
        N_("Try again later. If it happens again, send us the reference."),
    ),
    503: (N_("We are busy"), N_("The site cannot answer at the moment."), N_("Try again in a minute.")),
}


@dataclass(frozen=True)
class TypedText:
    """A text from the request, shown so that it can be copied."""

    name: str
    text: str


@dataclass(frozen=True)
class ErrorPage:
    code: int
    title: str
    happened: str
    remedy: str
    reference: str | None
    typed: tuple[TypedText, ...]
    links: tuple[Link, ...] = ()


class Missing(NotFound):
    """Nothing is at this address, but something near it that the same reader may see."""

    remedy = N_("What you look for may be here:")

    def __init__(self, happened: str, *links: Link) -> None:
        super().__init__(happened)
        self.links = links


def install_error_pages(app: Flask) -> None:
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(errors.DomainError, _domain_error)
    app.register_error_handler(DataError, lambda error: _answer(400))
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, _unexpected_error)


def _csrf_error(error: CSRFError):
    happened = _("The page was open for too long, or the request did not come from it.")
    remedy = _("Open the page again and send it once more.")
    rule = request.url_rule
    again = (Link(_("Open the page again"), request.path),) if rule and "GET" in rule.methods else ()
    return _answer(400, happened=happened, remedy=remedy, links=again)


def _http_error(error: HTTPException):
    if error.code is None or error.code < 400:
        return error
    own_words = error.description if error.description != type(error).description else None
    near = dict(links=error.links, remedy=_(error.remedy)) if isinstance(error, Missing) else {}
    answer = _answer(error.code, happened=own_words, errors=getattr(error, "data", {}).get("messages"), **near)
    answer.headers.extend((name, value) for name, value in error.get_headers() if name in KEPT_HEADERS)
    return answer


def _domain_error(error: errors.DomainError):
    return _answer(status_of(error), happened=_(error.message, **error.params))


def status_of(error: errors.DomainError) -> int:
    """The status that says what kind of refusal it was."""
    return next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 422)


def _database_error(error: OperationalError):
    log.error("The database did not answer: %s", error.orig)
    answer = _answer(503)
    answer.headers["Retry-After"] = "60"
    return answer


def _unexpected_error(error: Exception):
    reference = secrets.token_hex(4)
    log.exception("Unexpected error, reference %s", reference)
    return _answer(500, reference=reference)


def _answer(
    code: int,
    *,
    happened: str | None = None,
    remedy: str | None = None,
    reference: str | None = None,
    links: tuple[Link, ...] = (),
    errors: object = None,
):
    db.session.rollback()
    if is_api():
        return problem(code, detail=happened, reference=reference, errors=errors)
    title, usual, usual_remedy = PAGES.get(code, PAGES[400])
    page = ErrorPage(code, _(title), happened or _(usual), remedy or _(usual_remedy), reference, _typed_texts(), links)
    return make_response(_render(page), code)


def _render(page: ErrorPage) -> str:
    """The error in the site's frame, or alone when the frame itself cannot be made."""
    try:
        return render_template("errors/error.html", error=page)
    except Exception:
        log.exception("The frame of the error page could not be made")
        return current_app.jinja_env.get_template("errors/error.html").render(error=page)


def _typed_texts() -> tuple[TypedText, ...]:
    """Longer texts of the request, so that nothing typed is lost with it."""
    if request.method != "POST":
        return ()
    try:
        sent = request.form.items()
    except HTTPException:
        return ()
    kept = [(name, text) for name, text in sent if len(text) >= SHORTEST_KEPT_TEXT and "token" not in name]
    return tuple(TypedText(name, _printable(text)) for name, text in kept if "password" not in name)


def _printable(text: str) -> str:
    return "".join(c for c in text if c in "\n\t" or c.isprintable())
