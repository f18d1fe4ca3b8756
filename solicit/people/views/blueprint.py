"""What the pages of people share."""

import re
from urllib.parse import unquote

from flask import Blueprint, current_app, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from solicit.clock import utcnow
from solicit.db import transaction
from solicit.people import service
from solicit.people.service import Credentials
from solicit.people.states import Letter
from solicit.web.limits import network as network

bp = Blueprint("people", __name__)

LONGEST_NEXT = 2_000
NOT_IN_A_PATH = re.compile(r"[\x00-\x1f\x7f]")


def credentials() -> Credentials:
    return current_app.extensions["credentials"]


def local_path(wanted: str | None) -> str:
    """Where to go next: a path of this site, or the first page for anything else."""
    return wanted if wanted and _is_local(wanted) else url_for("calls.home")


def sent_url(letter: Letter) -> str:
    return url_for(".sent", letter=letter.value)


def begin_attempt(name: str) -> None:
    """Count a password or a code that is about to be checked; ends in 429 after too many wrong ones."""
    try:
        with transaction() as session:
            service.begin_attempt(session, credentials=credentials(), email=name, now=utcnow())
    except service.TooManyTries as error:
        raise TooManyRequests(_(error.message), retry_after=error.wait) from None


def _is_local(text: str) -> bool:
    """Whether every reading of the text, encoded or not, is a path on this host."""
    if len(text) > LONGEST_NEXT or "\\" in text:
        return False
    readings = (text, unquote(text), unquote(unquote(text)))
    return all(
        reading.startswith("/") and reading[1:2] not in ("/", "\\") and not NOT_IN_A_PATH.search(reading)
        for reading in readings
    )
