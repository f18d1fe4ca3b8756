"""Keeping a search under a name, giving it another one, and dropping it. It is found anew each time."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Conflict, NotFound, Refused
from solicit.reports.models import SavedSearch
from solicit.words import N_

MOST_KEPT = 50
NAME_TAKEN = N_("You keep another search under this name. Choose another name.")


def keep_search(session: Session, *, call_id: int, person_id: int, name: str, query: str, now: datetime) -> int:
    """Keep a search; the same one under the same name is kept once."""
    own = sa.select(SavedSearch).where(SavedSearch.call_id == call_id, SavedSearch.person_id == person_id)
    kept = session.scalars(own).all()
    if len(kept) >= MOST_KEPT:
        raise Refused(N_("You keep %(most)s searches of this call. Drop one first."), most=MOST_KEPT)
    values = dict(call_id=call_id, person_id=person_id, name=name, query=query, created_at=now)
    written = insert(SavedSearch).values(values).on_conflict_do_nothing().returning(SavedSearch.id)
    search_id = session.scalar(written)
    if search_id is None:
        same = session.scalars(own.where(SavedSearch.name == name)).one()
        if same.query != query:
            raise Conflict(NAME_TAKEN)
        return same.id
    _record(session, "keep search", search_id, call_id, person_id, now)
    return search_id


def rename_search(session: Session, *, search_id: int, name: str, actor_id: int, now: datetime) -> None:
    search = _locked(session, search_id)
    if search.name == name:
        return
    try:
        with session.begin_nested():
            search.name = name
            session.flush()
    except IntegrityError:
        raise Conflict(NAME_TAKEN) from None
    _record(session, "rename search", search_id, search.call_id, actor_id, now)


def drop_search(session: Session, *, search_id: int, actor_id: int, now: datetime) -> None:
    search = _locked(session, search_id)
    _record(session, "drop search", search_id, search.call_id, actor_id, now)
    session.delete(search)
    session.flush()


def _locked(session: Session, search_id: int) -> SavedSearch:
    search = session.get(SavedSearch, search_id, with_for_update=True, populate_existing=True)
    if search is None:
        raise NotFound
    return search


def _record(session: Session, act: str, search_id: int, call_id: int, actor_id: int, now: datetime) -> None:
    record(session, act=act, subject="saved_search", subject_id=search_id, call_id=call_id, actor_id=actor_id, now=now)
