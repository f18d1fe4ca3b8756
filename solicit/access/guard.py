"""Doors: every endpoint declares who may open it, or the application does not start."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from solicit.access import service
from solicit.access.policy import KNOWN_DOORS, ROLE_WORDS, Grant, Identity, Permission, Subject, permits
from solicit.access.queries import PRIVILEGED, PROOF_LIMIT, bearer, is_privileged, pending_person, signed_in
from solicit.access.scopes import scopes_that_open
from solicit.clock import utcnow
from solicit.db import db, transaction
from solicit.web.addresses import is_api
from solicit.words import N_

TOKEN_KEY = "sign_in"  # noqa: S105 - the name of a cookie key
PENDING_KEY = "pending_sign_in"
TYPED_KEY = "typed"
LONGEST_TYPED = 500
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


def requires(
    permission: Permission, subject: Callable[..., Subject | None] | None = None, *, fresh: bool = False
) -> Callable:
    """Declare who may open a page; ``subject(session, **view_args)`` finds the facts, None means 404.

    A ``fresh`` door also wants a proof of the last ten minutes that it is the person who asks.
    """

    def declare(view: Callable) -> Callable:
        @wraps(view)
        def guarded(**view_args):
            facts = subject(db.session(), **view_args) if subject else Subject()
            if g.identity is None:
                return ask_to_sign_in()
            _check_scopes(permission)
            # Who may not see a thing is refused in the same words whether it is there or not.
            known = facts or Subject(call_id=getattr(view_args.get("call"), "id", None))
            if not permits(g.identity, permission, known):
                if permits(g.without_second_factor, permission, known):
                    return ask_for_second_factor()
                _refuse(permission)
            if facts is None:
                abort(404)
            if fresh and not is_fresh():
                return ask_for_proof()
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
    g.identity = g.without_second_factor = g.bearer = None
    g.is_fresh = g.is_bad_token = False
    if endpoint == "static":
        return
    if is_api():
        _load_bearer()
    else:
        _load_signed_in()


def _load_signed_in() -> None:
    token = session.get(TOKEN_KEY)
    if token is None:
        return
    found = signed_in(db.session(), token=token, now=utcnow())
    if found is None:
        session.pop(TOKEN_KEY)
        return
    g.identity, g.is_fresh = admitted(found.identity, has_second_factor=found.has_second_factor), found.is_fresh
    if g.identity is not found.identity:
        g.without_second_factor = found.identity
    if found.is_stale:
        with transaction() as database:
            service.touch_sign_in(database, token=token, now=utcnow())


def _load_bearer() -> None:
    """Whom a key to the API speaks for: no cookie counts here, so no other site can make a browser act."""
    given = request.authorization
    if "Authorization" not in request.headers:
        return
    token = given.token if given and given.type == "bearer" else None
    found = bearer(db.session(), token=token, now=utcnow()) if token else None
    if found is None:
        g.is_bad_token = True
        return
    g.bearer = found
    g.identity = admitted(found.identity, has_second_factor=found.has_second_factor)
    if g.identity is not found.identity:
        g.without_second_factor = found.identity
    if found.is_stale:
        with transaction() as database:
            service.touch_token(database, token_id=found.token_id, now=utcnow())


def check_bearer() -> None:
    """Refuse a key that is none, even where none is needed, and one of another call."""
    if g.is_bad_token:
        raise unauthorized()
    call = g.get("call")
    if g.bearer and call and g.bearer.call_id not in (None, call.id):
        raise Forbidden(_("This token is for another call."))


def _check_scopes(permission: Permission) -> None:
    """Refuse what a key was not made for; this is the same whether the thing is there or not."""
    needed = scopes_that_open(permission, writes=request.method not in ("GET", "HEAD"))
    if g.bearer and g.bearer.scopes.isdisjoint(needed):
        raise Forbidden(_("This token lacks the scope %(scope)s.", scope=" / ".join(needed)))


def unauthorized() -> Unauthorized:
    """One answer to no key, a wrong one and one that is over."""
    asked = WWWAuthenticate("bearer", {"realm": "solicit"})
    return Unauthorized(_("There is no valid token with this request."), www_authenticate=asked)


def admitted(identity: Identity, *, has_second_factor: bool) -> Identity:
    """Who somebody is to the doors: until they have the second factor they need, without their privileged roles."""
    if has_second_factor or not needs_second_factor(identity.grants):
        return identity
    return replace(identity, grants=frozenset(grant for grant in identity.grants if grant.role not in PRIVILEGED))


def needs_second_factor(grants: frozenset[Grant]) -> bool:
    """Whether the site asks whoever holds these roles for a second factor; a demonstration asks nobody."""
    settings = current_app.extensions["settings"]
    return settings.second_factor == "required" and not settings.demo and is_privileged(grants)


def is_fresh() -> bool:
    """Whether the person proved a short while ago who they are; sample people have nothing to prove it with."""
    return g.is_fresh or current_app.extensions["settings"].demo


def ask_for_second_factor():
    """Lead to the page that sets up what this person's role needs."""
    if is_api():
        raise Forbidden(_("Your role needs a second factor. Set it up in your account."))
    return redirect(url_for("people.second_factor"), 303)


def ask_for_proof():
    """Lead to the page that asks for a proof and returns here; what was typed waits in the cookie of the browser."""
    if request.method == "POST":
        typed = {
            name: text
            for name, text in request.form.items()
            if len(text) <= LONGEST_TYPED and "token" not in name and "password" not in name
        }
        session[TYPED_KEY] = [request.path, typed]
    return redirect(url_for("people.prove", next=_page_of_request()), 303)


def typed_before_proof() -> dict[str, str]:
    """What was typed on this page before it asked for a proof."""
    page, typed = session.pop(TYPED_KEY, [None, {}])
    return typed if page == request.path else {}


def sign_in(person_id: int, *, is_pending: bool = False, is_proof: bool = True) -> None:
    """Open a sign-in for this browser; whatever session it had before ends.

    One that is no proof, because it replaces another one, is as fresh as that one was.
    """
    earlier, now = _tokens(), utcnow()
    proved_at = now if is_proof or g.is_fresh else now - PROOF_LIMIT
    with transaction() as database:
        for token in earlier:
            service.revoke_sign_in(database, token=token)
        token = service.open_sign_in(database, person_id=person_id, now=now, is_pending=is_pending, proved_at=proved_at)
    csrf_token = session.get(CSRF_KEY)
    session.clear()
    session[PENDING_KEY if is_pending else TOKEN_KEY] = token
    if csrf_token is not None:
        # Kept, so that a window in which somebody is writing still saves after they signed in in another one.
        # SameSite=Lax and the check of the Referer stay; signing out ends it.
        session[CSRF_KEY] = csrf_token


def pending() -> int | None:
    """Who is about to be signed in in this browser, once they give their second factor."""
    token = session.get(PENDING_KEY)
    return pending_person(db.session(), token=token, now=utcnow()) if token else None


def prove() -> None:
    """Note that the person of this browser's sign-in has just proved who they are."""
    with transaction() as database:
        service.prove_sign_in(database, token=session[TOKEN_KEY], now=utcnow())


def sign_out() -> None:
    """End this browser's sign-in, here and in the database."""
    tokens = _tokens()
    session.clear()
    if tokens:
        with transaction() as database:
            for token in tokens:
                service.revoke_sign_in(database, token=token)


def _page_of_request() -> str:
    """The page to return to: this address, or where its button stood if it only takes what is sent."""
    is_page = current_app.create_url_adapter(request).test(request.path, method="GET")
    return request.full_path.rstrip("?") if is_page else urlsplit(request.referrer or "/").path


def _tokens() -> list[str]:
    return [session[key] for key in (TOKEN_KEY, PENDING_KEY) if key in session]


def ask_to_sign_in():
    """Lead to the sign-in page and back; what was sent is refused, and shown so that it can be copied."""
    if is_api():
        raise unauthorized()
    if request.method not in ("GET", "HEAD"):
        raise Unauthorized(_("You are signed out."))
    return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")), 303)


def _refuse(permission: Permission) -> None:
    role = KNOWN_DOORS.get(permission)
    if role is None:
        abort(404)
    for_whom = N_("This is for the %(role)s.") if is_api() else N_("This page is for the %(role)s.")
    raise Forbidden(_(for_whom, role=_(ROLE_WORDS[role])))
