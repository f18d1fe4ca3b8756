"""How often one address may knock at the same door."""

import ipaddress
from pathlib import PurePath

from flask import g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address)


def asker() -> str:
    """Who is counted: the signed-in person, wherever they are, or an address."""
    identity = getattr(g, "identity", None)
    return f"person {identity.person_id}" if identity else get_remote_address()


def network() -> str:
    """The network that a request comes from: registrations and the like are counted by /24 and /48."""
    address = ipaddress.ip_address(request.remote_addr or "127.0.0.1")
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


def _file_of_asker() -> str:
    """The file of a call that somebody asks for, on whatever page and in whatever format."""
    return f"{asker()} {g.call.slug} {PurePath(request.path).stem}"


# Counted for each table: whoever needs all of them, and some of them again, is not held up.
file_limit = limiter.shared_limit(
    "10 per hour", scope="file", key_func=_file_of_asker, deduct_when=lambda answer: answer.status_code == 200
)
