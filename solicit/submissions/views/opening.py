"""Who may open a draft: the one place where its pages ask."""

import secrets

from flask import abort, current_app, g, make_response, redirect, request, url_for

from solicit.access import guard
from solicit.access.service import token_hash
from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.errors import Conflict
from solicit.submissions.queries.drafts import Access, DraftView, open_draft
from solicit.words import N_

KEPT_FOR = 30 * 24 * 3600


def person_id() -> int | None:
    return g.identity.person_id if g.identity else None


def opened(call: CallFacts, reference: str, *, may_only_save: bool = False) -> DraftView:
    """The draft behind an address. Who may not open it is answered as if it were not there.

    A browser that holds the key of a draft with an owner, because a sign-in ended, may save and no more.
    """
    found = open_draft(db.session(), call=call, reference=reference, person_id=person_id(), key_hash=key_hash())
    if found is None and g.identity:
        abort(404)
    if found is None:
        abort(make_response(guard.ask_to_sign_in()))
    if found.access is Access.SAVE and not may_only_save:
        abort(sign_in_first(reference))
    if found.access is Access.SENT and may_only_save:
        raise Conflict(N_("This was sent in the meantime. You can edit it on its own page."))
    if found.access is Access.SENT:
        abort(redirect(url_for("submissions.receipt", reference=reference), 303))
    return found


def sign_in_first(reference: str):
    """Lead to the sign-in page and back to the draft: what was pressed held no text that could be lost."""
    check = url_for("submissions.draft_check", draft=reference)
    here = request.path if request.method in ("GET", "HEAD") else check
    return redirect(url_for("people.sign_in", next=here), 303)


def key_hash() -> bytes | None:
    """The hash of the key that this browser holds."""
    key = request.cookies.get(_cookie())
    return token_hash(key) if key else None


def key_to_hold() -> str:
    """The key of this browser, or a new one; ``hold`` gives it to the browser."""
    return request.cookies.get(_cookie()) or secrets.token_urlsafe(32)


def hold(response, key: str):
    """Have the browser keep its key for another while."""
    response.set_cookie(
        _cookie(),
        key,
        max_age=KEPT_FOR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def _cookie() -> str:
    return "__Host-draft" if current_app.config["SESSION_COOKIE_SECURE"] else "draft"
