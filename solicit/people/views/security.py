"""Flask-Security's parts, and nothing of it that would be a second way in (docs/decisions/0002)."""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore
from itsdangerous import URLSafeTimedSerializer
from passlib.totp import TOTP

from solicit.db import db
from solicit.people.models import Person
from solicit.people.service import Credentials
from solicit.people.service.credentials import SHORTEST_PASSWORD
from solicit.people.states import LINK_LIFE, LinkPurpose

SETTINGS = dict(
    SECURITY_CLI_USERS_NAME=None,
    SECURITY_CLI_ROLES_NAME=None,
    SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a scheme
    # Only this scheme: the library's default list ends in "plaintext".
    SECURITY_PASSWORD_SCHEMES=["argon2"],
    SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
    SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=dict(
        argon2__type="ID", argon2__memory_cost=19 * 1024, argon2__time_cost=2, argon2__parallelism=1
    ),
    SECURITY_PASSWORD_LENGTH_MIN=SHORTEST_PASSWORD,
    SECURITY_PASSWORD_NORMALIZE_FORM="NFKC",  # noqa: S106 - the name of a Unicode form
    SECURITY_RETURN_GENERIC_RESPONSES=True,
    SECURITY_CONFIRM_EMAIL_WITHIN=LINK_LIFE[LinkPurpose.CONFIRM],
    SECURITY_RESET_PASSWORD_WITHIN=LINK_LIFE[LinkPurpose.RESET],
    SECURITY_LOGIN_WITHIN=LINK_LIFE[LinkPurpose.SIGN_IN],
)


def install(app: Flask) -> None:
    """Take the hasher and the signers from Flask-Security and switch its own sign-in off."""
    app.config.update(SETTINGS)
    security = Security(app, SQLAlchemyUserDatastore(db, Person, None), register_blueprint=False)
    _close_other_ways_in(app, security)
    app.extensions["credentials"] = Credentials(
        passwords=security.pwd_context,
        signers={
            LinkPurpose.CONFIRM: security.confirm_serializer,
            LinkPurpose.RESET: security.reset_serializer,
            LinkPurpose.SIGN_IN: security.login_serializer,
            LinkPurpose.NEW_ADDRESS: URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="new address"),
        },
        totp=_totp(app),
        address_key=f"addresses {app.config['SECRET_KEY']}".encode(),
        nobody=security.pwd_context.hash(secrets.token_hex(16)),
    )


def _totp(app: Flask) -> type[TOTP]:
    """Makes and checks codes; secrets are stored encrypted with a key that is not in the database."""
    key = hmac.digest(app.config["SECRET_KEY"].encode(), b"second factors", hashlib.sha256).hex()
    issuer = urlsplit(app.config["PUBLIC_URL"]).hostname or "solicit"
    return TOTP.using(issuer=issuer, secrets={"1": key})


def _close_other_ways_in(app: Flask, security: Security) -> None:
    """Nobody is signed in by Flask-Login's session, by its cookie, or by a token in a header or address.

    Flask-Principal would also put an identity of its own where ours is, into ``g.identity``.
    """
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    security.login_manager.user_loader(lambda user_id: None)
    security.login_manager.request_loader(lambda request: None)
