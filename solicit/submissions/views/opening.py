"""Who may open a draft: the one place where its pages ask."""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

from flask import abort, current_app, g, make_response, redirect, request, session, url_for

from solicit.access import guard
from solicit.access.service import token_hash
from solicit.calls.queries import CallFacts
from solicit.db import db
from solicit.errors import Conflict
from solicit.submissions.queries.drafts import Access, DraftView, open_draft
from solicit.words import N_

KEPT_FOR = 30 * 24 * 3600
MOST_KEYS = 20
BETWEEN_KEYS = "."  # stands in no key


def person_id() -> int | None:
    return g.identity.person_id if g.identity else None


def opened(call: CallFacts, reference: str, *, may_only_save: bool = False) -> DraftView:
    """The draft behind an address. Who may not open it is answered as if it were not there.

    A browser that holds the key of a draft with an owner, because a sign-in ended, may save and no more.
    """
    found = open_draft(db.session(), call=call, reference=reference, person_id=person_id(), key_hashes=key_hashes())
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


def key_hashes() -> frozenset[bytes]:
    """The hashes of the keys that this browser holds, one for each draft."""
    return frozenset(map(token_hash, _keys()))


def new_key(form_key: UUID | None = None) -> str:
    """A key for one draft; ``hold`` gives it to the browser.

    No draft begins under a key that the browser had before: somebody else at the same computer may know that one.
    The same form from the same browser gives the same key, so that a second click leads to the same draft.
    """
    browser = request.cookies.get(_cookie()) or session.get(guard.CSRF_KEY)
    if form_key is None or not browser:
        return secrets.token_urlsafe(32)
    made_of = f"draft key {form_key} {browser}".encode()
    digest = hmac.digest(current_app.config["SECRET_KEY"].encode(), made_of, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hold(response, key: str):
    """Have the browser keep a key, and those that it has, for another while."""
    kept = [key, *(held for held in _keys() if held != key)][:MOST_KEYS]
    response.set_cookie(
        _cookie(),
        BETWEEN_KEYS.join(kept),
        max_age=KEPT_FOR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def _keys() -> list[str]:
    return [key for key in request.cookies.get(_cookie(), "").split(BETWEEN_KEYS) if key][:MOST_KEYS]


def _cookie() -> str:
    return "__Host-draft" if current_app.config["SESSION_COOKIE_SECURE"] else "draft"
