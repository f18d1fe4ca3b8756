"""Pages of people: registering, signing in, the account."""

from solicit.people.views import (
    account,
    address,
    entering,
    organizations,
    personal,
    registering,
    second_factor,
    signing_in,
    tokens,
)
from solicit.people.views.blueprint import bp
from solicit.people.views.security import install

__all__ = [
    "account",
    "address",
    "bp",
    "entering",
    "install",
    "organizations",
    "personal",
    "registering",
    "second_factor",
    "signing_in",
    "tokens",
]
