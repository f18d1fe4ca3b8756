"""Nothing changes without a form of ours, but by a mail program's button (RFC 8058) or the API, without cookies."""

from flask import request
from flask_wtf import CSRFProtect

from solicit.web.addresses import is_api

ONE_CLICK_ENDPOINT = "mail.stop"
ONE_CLICK_BODY = {"List-Unsubscribe": ["One-Click"]}


class Protection(CSRFProtect):
    """Ask every POST for the token of our pages, but for the API and a mail program that stops a kind of letter.

    A mail program has neither page nor cookie of ours. What it may do hangs on the signed token in the address,
    which only the receiver of the letter has, whoever sends it; all that it can do is stop letters, and the
    same page undoes that. A body with anything else in it has to come from our form.
    """

    def protect(self, *args, **kwargs) -> None:
        if not (is_one_click() or is_api()):
            super().protect(*args, **kwargs)


def is_one_click() -> bool:
    """Whether a mail program asks, on behalf of its reader, to stop a kind of letter."""
    return (
        request.method == "POST"
        and request.endpoint == ONE_CLICK_ENDPOINT
        and request.form.to_dict(flat=False) == ONE_CLICK_BODY
    )
