"""Opening and revoking sign-ins and keys to the API; granting and taking back roles."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.access.models import ApiToken, RoleGrant, SignIn
from solicit.access.policy import Role
from solicit.errors import NotFound

# By these letters a key is known for one of ours wherever it turns up.
TOKEN_PREFIX = "solicit_"  # noqa: S105 - the beginning of every key, no key


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def open_sign_in(
    session: Session, *, person_id: int, now: datetime, is_pending: bool = False, proved_at: datetime | None = None
) -> str:
    """Store a new sign-in, proved now unless given otherwise; return its token, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    times = dict(created_at=now, seen_at=now, proved_at=proved_at or now)
    session.add(SignIn(person_id=person_id, token_hash=token_hash(token), is_pending=is_pending, **times))
    session.flush()
    return token


def prove_sign_in(session: Session, *, token: str, now: datetime) -> None:
    """Remember that the person of a sign-in proved anew who they are."""
    session.execute(sa.update(SignIn).where(SignIn.token_hash == token_hash(token)).values(proved_at=now))


def touch_sign_in(session: Session, *, token: str, now: datetime) -> None:
    """Remember that a sign-in was used."""
    session.execute(sa.update(SignIn).where(SignIn.token_hash == token_hash(token)).values(seen_at=now))


def revoke_sign_in(session: Session, *, token: str) -> None:
    session.execute(sa.delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def revoke_all_sign_ins(session: Session, *, person_id: int) -> None:
    """End every sign-in of a person: after a new password, a change of role, an erasure."""
    session.execute(sa.delete(SignIn).where(SignIn.person_id == person_id))


def revoke_other_sign_ins(session: Session, *, person_id: int, token: str) -> None:
    """End every sign-in of a person but the one with this token."""
    mine = sa.and_(SignIn.person_id == person_id, SignIn.token_hash != token_hash(token))
    session.execute(sa.delete(SignIn).where(mine))


def end_sign_in(session: Session, *, person_id: int, sign_in_id: int) -> None:
    """End one sign-in of a person; raises NotFound if it is not theirs."""
    theirs = sa.delete(SignIn).where(SignIn.person_id == person_id, SignIn.id == sign_in_id)
    if session.scalar(theirs.returning(SignIn.id)) is None:
        raise NotFound


def forget_sign_ins(session: Session, *, idle_before: datetime) -> None:
    """Delete sign-ins that were last used before a time and are over."""
    session.execute(sa.delete(SignIn).where(SignIn.seen_at < idle_before))


def open_token(
    session: Session,
    *,
    person_id: int,
    name: str,
    scopes: Sequence[str],
    call_id: int | None,
    days: int,
    now: datetime,
) -> tuple[int, str]:
    """Store a new key to the API; return its number and the key itself, which is kept nowhere else."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    kept = ApiToken(
        person_id=person_id,
        name=name,
        scopes=list(scopes),
        call_id=call_id,
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(kept)
    session.flush()
    return kept.id, token


def touch_token(session: Session, *, token_id: int, now: datetime) -> None:
    """Remember the day on which a key was used last."""
    session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(used_on=now.date()))


def revoke_token(session: Session, *, person_id: int, token_id: int, now: datetime) -> None:
    """End a key of a person; raises NotFound if it is not theirs, or has ended."""
    theirs = sa.update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.id == token_id)
    ended = theirs.where(ApiToken.revoked_at.is_(None)).values(revoked_at=now).returning(ApiToken.id)
    if session.scalar(ended) is None:
        raise NotFound


def revoke_all_tokens(session: Session, *, person_id: int, now: datetime) -> int:
    """End every key of a person; returns how many there were."""
    theirs = sa.update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    ended = theirs.where(ApiToken.expires_at > now).values(revoked_at=now).returning(ApiToken.id)
    return len(session.scalars(ended).all())


def forget_tokens(session: Session, *, over_before: datetime) -> None:
    """Delete keys that ended before a time."""
    ended_at = sa.func.least(ApiToken.expires_at, ApiToken.revoked_at)
    session.execute(sa.delete(ApiToken).where(ended_at < over_before))


def grant_role(
    session: Session,
    *,
    person_id: int,
    role: Role,
    now: datetime,
    call_id: int | None = None,
    panel_id: int | None = None,
    granted_by_id: int | None = None,
) -> None:
    """Give a person a role; giving it twice changes nothing."""
    values = dict(person_id=person_id, role=role, call_id=call_id, panel_id=panel_id, granted_by_id=granted_by_id)
    statement = insert(RoleGrant).values(granted_at=now, **values)
    session.execute(statement.on_conflict_do_nothing(constraint="uq_role_grant"))


def take_role_back(
    session: Session, *, person_id: int, role: Role, call_id: int | None = None, panel_id: int | None = None
) -> None:
    """Take a role from a person and end their sign-ins, so that it stops at once."""
    session.execute(
        sa.delete(RoleGrant).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role,
            RoleGrant.call_id.is_not_distinct_from(call_id),
            RoleGrant.panel_id.is_not_distinct_from(panel_id),
        )
    )
    revoke_all_sign_ins(session, person_id=person_id)
