"""Pages of people: registering, signing in, the account."""

from solicit.people.views import account, organizations, registering, signing_in
from solicit.people.views.blueprint import bp
from solicit.people.views.security import install

__all__ = ["account", "bp", "install", "organizations", "registering", "signing_in"]
