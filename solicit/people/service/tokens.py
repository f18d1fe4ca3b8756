"""Personal keys to the API: making one is told to its owner by mail, and both ends are on record."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.models import ApiToken
from solicit.access.scopes import SCOPES, SHORT_LIFE_DAYS, SHORT_LIVED
from solicit.access.service import open_token, revoke_token
from solicit.audit.service import record
from solicit.errors import Conflict, Refused
from solicit.mail.service import enqueue
from solicit.people.models import Person
from solicit.people.queries.tokens import n_live_tokens
from solicit.people.service.links import recipient
from solicit.words import N_

MOST_TOKENS = 20
LIVES_IN_DAYS = (7, 30, 90, 365)


def create_token(
    session: Session,
    *,
    person_id: int,
    name: str,
    scopes: Sequence[str],
    days: int,
    now: datetime,
    actor_id: int | None,
    call_id: int | None = None,
) -> str:
    """Make a key to the API and tell its owner; what is returned is kept nowhere."""
    if days not in LIVES_IN_DAYS or not scopes or not set(scopes) <= set(SCOPES):
        raise Refused(N_("Choose what the token may do, and how long it lives."))
    if days > SHORT_LIFE_DAYS and not SHORT_LIVED.isdisjoint(scopes):
        text = N_("A token that takes away tables which name people lives at most %(days)s days.")
        raise Refused(text, days=SHORT_LIFE_DAYS)
    person = session.scalars(sa.select(Person).where(Person.id == person_id).with_for_update()).one()
    if n_live_tokens(session, person_id=person_id, now=now) >= MOST_TOKENS:
        raise Conflict(N_("You have %(most)s tokens already. Revoke one that you no longer use."), most=MOST_TOKENS)
    values = dict(person_id=person_id, name=name, scopes=scopes, call_id=call_id, days=days, now=now)
    token_id, token = open_token(session, **values)
    record(session, act="create", subject="api_token", subject_id=token_id, actor_id=actor_id, now=now)
    ends_on = session.get_one(ApiToken, token_id).expires_at.date()
    params = {"name": name, "day": ends_on.isoformat(), "path": f"/{person.locale}/account/tokens"}
    enqueue(session, to=recipient(person), kind="api_token_created", params=params, now=now)
    return token


def end_token(session: Session, *, person_id: int, token_id: int, actor_id: int | None, now: datetime) -> None:
    """Revoke a key of a person; raises NotFound if it is not theirs, or has ended."""
    revoke_token(session, person_id=person_id, token_id=token_id, now=now)
    record(session, act="revoke", subject="api_token", subject_id=token_id, actor_id=actor_id, now=now)
