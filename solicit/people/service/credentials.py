"""How passwords are hashed and links are signed: Flask-Security's parts, handed in by the outermost floor."""

import hashlib
import hmac
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer
from passlib.context import CryptContext
from passlib.totp import TOTP

from solicit.errors import Refused
from solicit.people.states import LINK_LIFE, LinkPurpose
from solicit.words import N_

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
FEWEST_DIFFERENT = 5
COMMON_PASSWORDS = Path(__file__).parents[1] / "common_passwords.txt"
AROUND_A_WORD = string.digits + string.punctuation + string.whitespace


class WeakPassword(Refused):
    """A new password breaks a rule."""


@dataclass(frozen=True)
class Credentials:
    """The keys of an installation. ``nobody`` is a hash that no password fits."""

    passwords: CryptContext
    signers: Mapping[LinkPurpose, URLSafeTimedSerializer]
    totp: type[TOTP]
    address_key: bytes
    nobody: str

    def hashed(self, password: str) -> str:
        return self.passwords.hash(_normal(password))

    def fits(self, password: str, hashed: str | None) -> bool:
        """Whether a password is right; an account without one takes just as long to refuse."""
        right = self.passwords.verify(_normal(password[: LONGEST_PASSWORD + 1]), hashed or self.nobody)
        return right and hashed is not None

    def link_token(self, purpose: LinkPurpose, uniquifier: str) -> str:
        """The secret part of a mailed link. It dies with the uniquifier, or the nonce, that it carries."""
        return self.signers[purpose].dumps(uniquifier)

    def uniquifier_of(self, purpose: LinkPurpose, token: str, now: datetime) -> str | None:
        """The uniquifier in a link, or None if the link is forged, expired or for another purpose."""
        try:
            uniquifier, signed_at = self.signers[purpose].loads(token, return_timestamp=True)
        except BadData:
            return None
        is_valid = isinstance(uniquifier, str) and now - signed_at < LINK_LIFE[purpose]
        return uniquifier if is_valid else None

    def address_hash(self, email: str) -> bytes:
        """What we keep of an address that may belong to nobody here."""
        return hmac.digest(self.address_key, email.encode(), hashlib.sha256)

    def code_hash(self, person_id: int, code: str) -> bytes:
        """What we keep of a recovery code."""
        return hmac.digest(self.address_key, f"recovery code {person_id} {code}".encode(), hashlib.sha256)


def check_password_rules(password: str, *, email: str, full_name: str) -> None:
    """Raise WeakPassword unless a new password is long enough and not among the first that are tried."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WeakPassword(
            N_("Choose a password of %(shortest)s to %(longest)s characters"),
            shortest=SHORTEST_PASSWORD,
            longest=LONGEST_PASSWORD,
        )
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in password):
        raise WeakPassword(N_("Remove the control characters from the password"))
    plain = _normal(password).casefold()
    own = {email.casefold(), email.casefold().split("@")[0], full_name.casefold()}
    words = {plain, plain.strip(AROUND_A_WORD)}
    if len(set(plain)) < FEWEST_DIFFERENT or not words.isdisjoint(own | _common_passwords()):
        raise WeakPassword(N_("Choose a password that is harder to guess: this one is on a list of common ones"))


def _normal(password: str) -> str:
    """One form for what keyboards of different systems send for the same characters."""
    return unicodedata.normalize("NFKC", password)


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(COMMON_PASSWORDS.read_text().split())
