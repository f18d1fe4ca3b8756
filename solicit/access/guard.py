"""Doors: every endpoint declares who may open it, or the application does not start."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from flask import Flask, abort, g, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, Unauthorized

from solicit.access import service
from solicit.access.policy import KNOWN_DOORS, ROLE_WORDS, Permission, Subject, permits
from solicit.access.queries import signed_in
from solicit.clock import utcnow
from solicit.db import db, transaction

TOKEN_KEY = "sign_in"  # noqa: S105 - the name of a cookie key
CSRF_KEY = "csrf_token"


@dataclass(frozen=True)
class Door:
    """What an endpoint declares: a permission, or None for a public page."""

    permission: Permission | None


class UndeclaredEndpoint(Exception):
    """An endpoint without a declared permission; the application must not start."""


def public(view: Callable) -> Callable:
    """Declare a page that anybody may open."""
    view.door = Door(None)
    return view


def requires(permission: Permission, subject: Callable[..., Subject | None] | None = None) -> Callable:
    """Declare who may open a page; ``subject(session, **view_args)`` finds the facts, None means 404."""

    def declare(view: Callable) -> Callable:
        @wraps(view)
        def guarded(**view_args):
            facts = subject(db.session(), **view_args) if subject else Subject()
            if g.identity is None:
                return ask_to_sign_in()
            # Who may not see a thing is refused in the same words whether it is there or not.
            if not permits(
                g.identity, permission, facts or Subject(call_id=getattr(view_args.get("call"), "id", None))
            ):
                _refuse(permission)
            if facts is None:
                abort(404)
            return view(**view_args)

        guarded.door = Door(permission)
        return guarded

    return declare


def check_every_door(app: Flask) -> None:
    """Raise UndeclaredEndpoint if any endpoint of the finished application declares nothing."""
    undeclared = [name for name, view in app.view_functions.items() if not isinstance(door_of(view), Door)]
    if undeclared:
        raise UndeclaredEndpoint(f"No permission declared for: {', '.join(sorted(undeclared))}")


def door_of(view: Callable) -> Door | None:
    return getattr(view, "door", None)


def load_identity(endpoint: str | None, values: dict | None) -> None:
    """Put the signed-in person, or None, into ``g`` before anything else is done for a request."""
    g.identity = None
    if endpoint == "static":
        return
    token = session.get(TOKEN_KEY)
    if token is None:
        return
    found = signed_in(db.session(), token=token, now=utcnow())
    if found is None:
        session.pop(TOKEN_KEY)
        return
    g.identity = found.identity
    if found.is_stale:
        with transaction() as database:
            service.touch_sign_in(database, token=token, now=utcnow())


def sign_in(person_id: int) -> None:
    """Open a sign-in for this browser; whatever session it had before ends."""
    earlier = session.get(TOKEN_KEY)
    with transaction() as database:
        if earlier is not None:
            service.revoke_sign_in(database, token=earlier)
        token = service.open_sign_in(database, person_id=person_id, now=utcnow())
    csrf_token = session.get(CSRF_KEY)
    session.clear()
    session[TOKEN_KEY] = token
    if csrf_token is not None:
        # Kept, so that a window in which somebody is writing still saves after they signed in in another one.
        # SameSite=Lax and the check of the Referer stay; signing out ends it.
        session[CSRF_KEY] = csrf_token


def sign_out() -> None:
    """End this browser's sign-in, here and in the database."""
    token = session.get(TOKEN_KEY)
    session.clear()
    if token is not None:
        with transaction() as database:
            service.revoke_sign_in(database, token=token)


def ask_to_sign_in():
    """Lead to the sign-in page and back; what was sent is refused, and shown so that it can be copied."""
    if request.method not in ("GET", "HEAD"):
        raise Unauthorized(_("You are signed out."))
    return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")), 303)


def _refuse(permission: Permission) -> None:
    role = KNOWN_DOORS.get(permission)
    if role is None:
        abort(404)
    raise Forbidden(_("This page is for the %(role)s.", role=_(ROLE_WORDS[role])))
