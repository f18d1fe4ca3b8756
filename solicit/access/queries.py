"""Who stands behind a sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import ApiToken, RoleGrant, SignIn
from solicit.access.policy import Grant, Identity, Role
from solicit.access.service import token_hash

IDLE_LIMIT = timedelta(hours=2)
ABSOLUTE_LIMIT = timedelta(days=7)
PRIVILEGED_LIMIT = timedelta(hours=12)
PENDING_LIMIT = timedelta(minutes=10)
PROOF_LIMIT = timedelta(minutes=10)
TOUCH_EVERY = timedelta(minutes=5)

PRIVILEGED = (Role.ORGANIZER, Role.ADMINISTRATOR)

# The table of people belongs to a feature; access knows only the columns it reads.
person = sa.table(
    "person",
    sa.column("id"),
    sa.column("full_name"),
    sa.column("locale"),
    sa.column("scheme"),
    sa.column("uses_keys"),
    sa.column("active"),
    sa.column("totp_confirmed_at"),
)


@dataclass(frozen=True)
class SignedIn:
    """An identity, whether its sign-in should be remembered as used now, and how well it is proved."""

    identity: Identity
    is_stale: bool
    is_fresh: bool
    has_second_factor: bool


@dataclass(frozen=True)
class Bearer:
    """An identity, and what the key to the API that it came with may be used for; a stale one was not used today."""

    identity: Identity
    token_id: int
    scopes: frozenset[str]
    call_id: int | None
    is_stale: bool
    has_second_factor: bool


def signed_in(session: Session, *, token: str, now: datetime) -> SignedIn | None:
    """The person of a sign-in that is within its limits, with every role; one statement."""
    rows = session.execute(_by_sign_in(), {"hash": token_hash(token), "oldest": now - IDLE_LIMIT}).all()
    identity = _identity(rows)
    if identity is None or rows[0].created_at <= now - absolute_limit(identity.grants):
        return None
    first = rows[0]
    return SignedIn(
        identity,
        is_stale=first.seen_at < now - TOUCH_EVERY,
        is_fresh=first.proved_at > now - PROOF_LIMIT,
        has_second_factor=first.has_second_factor,
    )


def organizers_of(call_id: int) -> sa.Select:
    """The ids of the people who run a call."""
    return sa.select(RoleGrant.person_id).where(RoleGrant.role == Role.ORGANIZER, RoleGrant.call_id == call_id)


def bearer(session: Session, *, token: str, now: datetime) -> Bearer | None:
    """The person of a key to the API that is neither over nor revoked, with every role; one statement.

    What a key of one call may open is among the roles of that call.
    """
    rows = session.execute(_by_token(), {"hash": token_hash(token), "now": now}).all()
    identity = _identity(rows)
    if identity is None:
        return None
    first = rows[0]
    if first.call_id is not None:
        own = frozenset(grant for grant in identity.grants if grant.call_id == first.call_id)
        identity = replace(identity, grants=own)
    return Bearer(
        identity,
        token_id=first.token_id,
        scopes=frozenset(first.scopes),
        call_id=first.call_id,
        is_stale=first.used_on != now.date(),
        has_second_factor=first.has_second_factor,
    )


# Every request asks one of these: put together each time, a statement costs more than its answer.
@cache
def _by_sign_in() -> sa.Select:
    return _whose(SignIn, SignIn.created_at, SignIn.seen_at, SignIn.proved_at).where(
        SignIn.token_hash == sa.bindparam("hash"), SignIn.seen_at > sa.bindparam("oldest"), ~SignIn.is_pending
    )


@cache
def _by_token() -> sa.Select:
    return _whose(ApiToken, ApiToken.id.label("token_id"), ApiToken.scopes, ApiToken.call_id, ApiToken.used_on).where(
        ApiToken.token_hash == sa.bindparam("hash"),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > sa.bindparam("now"),
    )


def _whose(proof: type[SignIn] | type[ApiToken], *columns: sa.ColumnElement) -> sa.Select:
    """The person behind a proof of who asks, a row for each role, or one without any."""
    return (
        sa.select(
            person.c.id,
            person.c.full_name,
            person.c.locale,
            person.c.scheme,
            person.c.uses_keys,
            person.c.totp_confirmed_at.is_not(None).label("has_second_factor"),
            RoleGrant.role,
            RoleGrant.call_id.label("role_call_id"),
            RoleGrant.panel_id,
            *columns,
        )
        .select_from(proof)
        .join(person, person.c.id == proof.person_id)
        .outerjoin(RoleGrant, RoleGrant.person_id == proof.person_id)
        .where(person.c.active)
    )


def _identity(rows: Sequence[sa.Row]) -> Identity | None:
    if not rows:
        return None
    first = rows[0]
    grants = frozenset(Grant(row.role, row.role_call_id, row.panel_id) for row in rows if row.role)
    return Identity(first.id, first.full_name, first.locale, first.scheme, grants, first.uses_keys)


def pending_person(session: Session, *, token: str, now: datetime) -> int | None:
    """Whose password was right a short while ago, while the second factor is still to come."""
    return session.scalar(
        sa.select(SignIn.person_id)
        .join(person, person.c.id == SignIn.person_id)
        .where(SignIn.token_hash == token_hash(token), SignIn.is_pending, person.c.active)
        .where(SignIn.created_at > now - PENDING_LIMIT)
    )


def is_privileged(grants: frozenset[Grant]) -> bool:
    """Whether somebody runs a call or the installation: they need a second factor."""
    return any(grant.role in PRIVILEGED for grant in grants)


def absolute_limit(grants: frozenset[Grant]) -> timedelta:
    return PRIVILEGED_LIMIT if is_privileged(grants) else ABSOLUTE_LIMIT
