"""What is kept of whatever was computed: one digest for equal contents, and the versions of what computed it."""

import hashlib
import json
import platform
from importlib.metadata import version

TOOLS = ("numpy", "scipy", "solicit")


def canonical(content: object) -> bytes:
    """The JSON of ``content`` in one spelling."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def digest(content: object) -> bytes:
    """SHA-256 of the canonical JSON of ``content``."""
    return hashlib.sha256(canonical(content)).digest()


def versions(*others: str) -> dict[str, str]:
    """Of Python, of what all numbers are computed with, and of ``others``."""
    return {"python": platform.python_version(), **{name: version(name) for name in (*TOOLS, *others)}}
