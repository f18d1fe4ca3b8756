"""Addresses for the world outside: they begin with the public address of the site, whatever a request says."""

from urllib.parse import urlsplit

from flask import current_app, request, url_for

API = "/api/"


def public_url(endpoint: str, **values: object) -> str:
    return public_root() + url_for(endpoint, **values)


def public_root() -> str:
    """The public address of the site, without a slash at its end."""
    return current_app.config["PUBLIC_URL"].rstrip("/")


def public_host() -> str:
    return urlsplit(public_root()).hostname or "localhost"


def is_api() -> bool:
    """Whether a program asks, which has a key and no cookie, and reads JSON, and no pages."""
    return request.path.startswith(API)
