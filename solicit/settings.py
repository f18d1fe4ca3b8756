"""One frozen set of settings, read from SOLICIT_* variables and checked before anything starts."""

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "SOLICIT_"
SHORTEST_SECRET = 32
LOG_LEVELS = ("debug", "info", "warning", "error")


class BadSettings(Exception):
    """The settings are wrong; the message says which and what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a site can set. Each name is SOLICIT_ and the field in capitals."""

    environment: str = "development"
    instance_dir: Path = Path("instance")
    secret_key: str = field(default="", repr=False)
    ballot_key: str = field(default="", repr=False)
    travel_keys: tuple[str, ...] = field(default=(), repr=False)
    public_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    database_url: str = ""
    owner_database_url: str = ""
    mail_server: str = ""
    mail_port: int = 25
    mail_username: str = ""
    mail_password: str = field(default="", repr=False)
    mail_use_tls: bool = False
    mail_sender: str = "solicit@localhost"
    language_model: str = ""
    model_languages: tuple[str, ...] = ()
    locales: tuple[str, ...] = ("en",)
    country_labels: str = ""
    translations_dir: str = ""
    limits_storage: str = "memory://"
    second_factor: str = "required"
    contact: str = ""
    keep_mail_days: int = 90
    keep_imports_days: int = 30
    keep_panelists_days: int = 30
    log_format: str = "text"
    log_level: str = "info"
    demo: bool = False
    testing: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; raises BadSettings for an unknown name or a bad value."""
        given = {name[len(PREFIX) :].lower(): text for name, text in environ.items() if name.startswith(PREFIX)}
        types = {each.name: type(each.default) for each in fields(cls)}
        unknown = sorted(PREFIX + name.upper() for name in given if name not in types)
        if unknown:
            raise BadSettings(f"Unknown settings: {', '.join(unknown)}. See docs/operating.md for the list.")
        return cls(**{name: _parse(name, text, types[name]) for name, text in given.items()}).checked()

    def to_env(self) -> dict[str, str]:
        """The variables that give another process these settings."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            PREFIX + name.upper(): ",".join(value) if isinstance(value, tuple) else str(value)
            for name, value in given.items()
            if value != getattr(Settings, name)
        }

    def checked(self) -> "Settings":
        """Return these settings, or raise BadSettings with every reason at once."""
        reasons = [*self._always_wrong(), *(self._wrong_in_production() if self.is_production else [])]
        if reasons:
            raise BadSettings(" ".join(reasons))
        return self

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def hosts(self) -> list[str]:
        """Host names that requests may carry."""
        own = urlsplit(self.public_url).hostname or "localhost"
        local = [] if self.is_production else ["127.0.0.1", "localhost", "[::1]"]
        return [own, *self.trusted_hosts, *local]

    def secret(self) -> str:
        """The configured secret, or one kept in the instance folder for development."""
        return self.secret_key or _kept_secret(self.instance_dir / "secret_key")

    def ballot_secret(self) -> bytes:
        """What seals votes: a key of its own, or one made of the secret."""
        if self.ballot_key:
            return self.ballot_key.encode()
        return hmac.digest(self.secret().encode(), b"ballot key", hashlib.sha256)

    def travel_secrets(self) -> tuple[bytes, ...]:
        """What seals travel details: the first key does, the others still open, last of all one made of the secret."""
        secrets_ = (*self.travel_keys, self.secret())
        return tuple(hmac.digest(each.encode(), b"travel key", hashlib.sha256) for each in secrets_)

    def _always_wrong(self) -> list[str]:
        reasons = []
        if self.environment not in ("development", "production"):
            reasons.append("SOLICIT_ENVIRONMENT is development or production.")
        if urlsplit(self.public_url).scheme not in ("http", "https"):
            reasons.append("SOLICIT_PUBLIC_URL begins with http:// or https://.")
        if self.keep_mail_days < 1:
            reasons.append("SOLICIT_KEEP_MAIL_DAYS is at least 1.")
        if self.second_factor not in ("required", "optional"):
            reasons.append("SOLICIT_SECOND_FACTOR is required or optional.")
        if self.log_format not in ("text", "json"):
            reasons.append("SOLICIT_LOG_FORMAT is text or json.")
        if self.log_level not in LOG_LEVELS:
            reasons.append(f"SOLICIT_LOG_LEVEL is one of {', '.join(LOG_LEVELS)}.")
        if self.demo and (self.is_production or self.is_secure):
            reasons.append("The demo is refused in production and with an https address: its sign-in links are open.")
        return reasons

    def _wrong_in_production(self) -> list[str]:
        reasons = self._short_keys()
        if not self.is_secure:
            reasons.append("SOLICIT_PUBLIC_URL must begin with https://.")
        if not self.database_url:
            reasons.append("SOLICIT_DATABASE_URL must name a PostgreSQL server.")
        if not self.mail_server:
            reasons.append("SOLICIT_MAIL_SERVER must name a mail server.")
        if self.second_factor != "required":
            reasons.append("SOLICIT_SECOND_FACTOR must be required: organizers and administrators sign in with one.")
        if self.testing:
            reasons.append("SOLICIT_TESTING is for tests.")
        return reasons

    def _short_keys(self) -> list[str]:
        reasons = []
        if len(self.secret_key) < SHORTEST_SECRET:
            reasons.append(f"SOLICIT_SECRET_KEY needs at least {SHORTEST_SECRET} random characters.")
        if self.ballot_key and len(self.ballot_key) < SHORTEST_SECRET:
            reasons.append(f"SOLICIT_BALLOT_KEY needs at least {SHORTEST_SECRET} random characters, or none.")
        if any(len(key) < SHORTEST_SECRET for key in self.travel_keys):
            reasons.append(f"Each of SOLICIT_TRAVEL_KEYS needs at least {SHORTEST_SECRET} random characters.")
        return reasons


def _parse(name: str, text: str, kind: type):
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
        if kind is tuple:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        return Path(text) if issubclass(kind, Path) else kind(text)
    except (KeyError, ValueError):
        raise BadSettings(f"{PREFIX}{name.upper()}={text!r} is not a valid value.") from None


def _kept_secret(path: Path) -> str:
    """The secret in a file, made if there is none: whole or not at all, and one for all processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text()
