"""Who stands behind a sign-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant, SignIn
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


def signed_in(session: Session, *, token: str, now: datetime) -> SignedIn | None:
    """The person of a sign-in that is within its limits, with every role; one statement."""
    rows = session.execute(
        sa.select(
            person.c.id,
            person.c.full_name,
            person.c.locale,
            person.c.scheme,
            person.c.uses_keys,
            SignIn.created_at,
            SignIn.seen_at,
            SignIn.proved_at,
            person.c.totp_confirmed_at.is_not(None).label("has_second_factor"),
            RoleGrant.role,
            RoleGrant.call_id,
            RoleGrant.panel_id,
        )
        .select_from(SignIn)
        .join(person, person.c.id == SignIn.person_id)
        .outerjoin(RoleGrant, RoleGrant.person_id == SignIn.person_id)
        .where(SignIn.token_hash == token_hash(token), person.c.active, SignIn.seen_at > now - IDLE_LIMIT)
        .where(~SignIn.is_pending)
    ).all()
    if not rows:
        return None
    first = rows[0]
    grants = frozenset(Grant(row.role, row.call_id, row.panel_id) for row in rows if row.role)
    if first.created_at <= now - absolute_limit(grants):
        return None
    identity = Identity(first.id, first.full_name, first.locale, first.scheme, grants, first.uses_keys)
    return SignedIn(
        identity,
        is_stale=first.seen_at < now - TOUCH_EVERY,
        is_fresh=first.proved_at > now - PROOF_LIMIT,
        has_second_factor=first.has_second_factor,
    )


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
