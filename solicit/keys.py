"""The key that seals votes. Domain code needs it and never sees the application, so it is set once per process."""

import hashlib
import hmac

_of_process: list[bytes] = []


def use_ballot_key(key: bytes) -> None:
    """Seal with ``key`` from now on."""
    _of_process[:] = [key]


def derived_key(purpose: str) -> bytes:
    """A key for one purpose: whoever is given it learns nothing about the others."""
    (key,) = _of_process
    return hmac.digest(key, purpose.encode(), hashlib.sha256)
