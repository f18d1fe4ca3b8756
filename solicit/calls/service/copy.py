"""A new edition of a call: everything that organizers set up is taken over, nothing that people sent or did."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.access.models import RoleGrant
from solicit.access.policy import Role
from solicit.access.service import grant_role
from solicit.audit.service import record
from solicit.calls.models import Call, Mission, OutOfScopeReason, Stage, Theme
from solicit.calls.service.calls import NewCall, create_call
from solicit.calls.states import RESERVED_SLUGS
from solicit.db import violated_constraint
from solicit.errors import NotFound, Refused
from solicit.mail.models import LetterWording
from solicit.words import N_

# What belongs to one edition alone.
OWN = (
    *("id", "slug", "title", "state", "opens_at", "closes_at", "closed_at", "time_zone", "terms_version"),
    *("copied_from_id", "model_id", "created_at"),
)


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What a new call must have of its own."""

    slug: str
    title: str
    opens_at: datetime
    closes_at: datetime
    time_zone: str


def begin_call(session: Session, *, edition: Edition, actor_id: int, now: datetime) -> int:
    """A new draft with nothing in it, organized by whoever began it; returns its id."""
    _check(edition)
    new = NewCall(**vars(edition), headline=edition.title, missions=())
    with _unique_slug(session):
        call_id = create_call(session, call=new, creator_id=actor_id, now=now)
    _organize(session, call_id, [actor_id], actor_id, now)
    session.flush()
    return call_id


def copy_call(session: Session, *, from_id: int, edition: Edition, actor_id: int | None, now: datetime) -> int:
    """A new draft with what was set up for another call, and its organizers; returns its id."""
    _check(edition)
    old = session.get(Call, from_id, populate_existing=True)
    if old is None:
        raise NotFound
    kept = {column.key: getattr(old, column.key) for column in sa.inspect(Call).column_attrs if column.key not in OWN}
    titled = {tag: {k: v for k, v in texts.items() if k != "title"} for tag, texts in old.translations.items()}
    new = Call(**kept | {"translations": titled}, **vars(edition), copied_from_id=old.id, created_at=now)
    with _unique_slug(session):
        session.add(new)
        session.flush()
    _copy_lists(session, old, new)
    organizers = sa.select(RoleGrant.person_id).where(RoleGrant.call_id == old.id, RoleGrant.role == Role.ORGANIZER)
    _organize(session, new.id, session.scalars(organizers.order_by(RoleGrant.id)).all(), actor_id, now)
    about = dict(subject="call", subject_id=new.id, call_id=new.id)
    record(session, act="copy", **about, actor_id=actor_id, now=now, copied_from=old.slug)
    return new.id


def _copy_lists(session: Session, old: Call, new: Call) -> None:
    for model in (Theme, OutOfScopeReason, Mission, LetterWording):
        _copy_rows(session, model, old, new)
    shift = timedelta(days=(new.opens_at.date() - old.opens_at.date()).days)
    for stage in _copy_rows(session, Stage, old, new):
        stage.starts_on, stage.ends_on = stage.starts_on + shift, stage.ends_on + shift
    session.flush()


def _copy_rows(session: Session, model: type, old: Call, new: Call) -> list:
    names = [column.key for column in sa.inspect(model).column_attrs if column.key not in ("id", "call_id")]
    rows = session.scalars(sa.select(model).where(model.call_id == old.id).order_by(model.id)).all()
    copies = [model(call_id=new.id, **{name: getattr(row, name) for name in names}) for row in rows]
    session.add_all(copies)
    return copies


def _organize(session: Session, call_id: int, person_ids: list[int], actor_id: int | None, now: datetime) -> None:
    for person_id in person_ids:
        grant_role(session, person_id=person_id, role=Role.ORGANIZER, call_id=call_id, granted_by_id=actor_id, now=now)


def _check(edition: Edition) -> None:
    if edition.slug in RESERVED_SLUGS:
        raise Refused(N_("This word is an address of the site itself. Choose another one."))
    if edition.closes_at <= edition.opens_at:
        raise Refused(N_("The call must close after it opens."))


@contextmanager
def _unique_slug(session: Session) -> Iterator[None]:
    """Turns the refusal of an address that another call has into words."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        if violated_constraint(error) != "uq_call_slug":
            raise
        raise Refused(N_("Another call has this address. Choose another one.")) from None
