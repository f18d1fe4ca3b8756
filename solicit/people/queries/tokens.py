"""The keys to the API that a person made, without the keys themselves."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import ApiToken

# The table of calls belongs to a feature to the right; the list of keys reads its names only.
call = sa.table("call", sa.column("id"), sa.column("slug"))


@dataclass(frozen=True)
class TokenView:
    """One key as its owner finds it again."""

    id: int
    name: str
    scopes: tuple[str, ...]
    call_slug: str | None
    created_at: datetime
    expires_at: datetime
    used_on: date | None
    is_over: bool


def token_views(session: Session, *, person_id: int, now: datetime) -> tuple[TokenView, ...]:
    """The keys of a person that were not revoked, the latest first; one statement."""
    rows = session.execute(
        sa.select(ApiToken, call.c.slug)
        .outerjoin(call, call.c.id == ApiToken.call_id)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
    )
    return tuple(_view(row.ApiToken, row.slug, now) for row in rows)


def n_live_tokens(session: Session, *, person_id: int, now: datetime) -> int:
    """How many keys of a person open something now; one statement."""
    live = sa.select(sa.func.count(ApiToken.id)).where(ApiToken.person_id == person_id)
    return session.scalars(live.where(ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)).one()


def _view(token: ApiToken, call_slug: str | None, now: datetime) -> TokenView:
    return TokenView(
        id=token.id,
        name=token.name,
        scopes=tuple(token.scopes),
        call_slug=call_slug,
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_on=token.used_on,
        is_over=token.expires_at <= now,
    )
