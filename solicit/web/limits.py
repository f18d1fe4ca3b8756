"""How often one address may knock at the same door."""

from flask import g
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address)


def asker() -> str:
    """Who is counted: the signed-in person, wherever they are, or an address."""
    identity = getattr(g, "identity", None)
    return f"person {identity.person_id}" if identity else get_remote_address()
