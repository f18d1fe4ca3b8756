"""The keys that seal votes and travel details. Domain code needs them and never sees the application, so they are
set once per process."""

import hashlib
import hmac
from collections.abc import Sequence

_of_process: list[bytes] = []
_of_travel: list[bytes] = []


def use_ballot_key(key: bytes) -> None:
    """Seal with ``key`` from now on."""
    _of_process[:] = [key]


def derived_key(purpose: str) -> bytes:
    """A key for one purpose: whoever is given it learns nothing about the others."""
    (key,) = _of_process
    return hmac.digest(key, purpose.encode(), hashlib.sha256)


def use_travel_keys(keys: Sequence[bytes]) -> None:
    """Seal travel details with the first of ``keys`` from now on, and open what any of them sealed."""
    _of_travel[:] = keys


def travel_keys() -> tuple[bytes, ...]:
    return tuple(_of_travel)
