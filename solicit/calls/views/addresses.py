"""What every address below a call shares: its facts, and links that stay in it."""

from flask import abort, current_app, g, request

from solicit.access.policy import Permission, Subject, permits
from solicit.calls import queries
from solicit.calls.states import CallState
from solicit.calls.views import bp
from solicit.db import db
from solicit.web.languages import asked_language


@bp.app_url_value_preprocessor
def load_call(endpoint: str | None, values: dict | None) -> None:
    """Turn the call's part of an address into its facts, for the view and for ``g``.

    A draft exists only for its organizers. This comes before any other check of the request, and the call is
    not in ``g`` yet: a draft must not be told from a call that does not exist.
    """
    if not values or "call" not in values:
        return
    call = queries.call_facts(db.session(), slug=values["call"], language=asked_language()) or abort(404)
    is_organizer = permits(g.identity, Permission.SEE_DASHBOARD, Subject(call_id=call.id))
    if call.state is CallState.DRAFT and not is_organizer:
        abort(404)
    g.call = values["call"] = call


def stand_in_open_call() -> None:
    """Give pages of no call, such as an account, the frame of the only open call."""
    if "call" not in g and (request.endpoint or "").startswith(("people.", "mail.", "reference.page")):
        g.call = queries.only_open_call(db.session(), language=asked_language())


@bp.app_url_defaults
def stay_in_call(endpoint: str, values: dict) -> None:
    """Links stay in the call and language of the page they are on."""
    if (
        "call" not in values
        and getattr(g, "call", None)
        and current_app.url_map.is_endpoint_expecting(endpoint, "call")
    ):
        values["call"] = g.call.slug
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = asked_language()
