"""The themes of a call: added, worded anew and moved at any time, deleted only while nothing refers to one."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Theme
from solicit.calls.queries.parts import digest_of
from solicit.calls.queries.themes import theme_values
from solicit.calls.service.lists import free_key
from solicit.calls.service.locking import check_not_archived, locked_call
from solicit.calls.service.translations import forget_texts_of
from solicit.errors import Conflict, NotFound, Refused
from solicit.words import N_

MOST_THEMES = 12
# A round names its themes without a reference that the database checks.
round_ = sa.table("round", sa.column("theme_ids"))


@dataclass(frozen=True, kw_only=True)
class ThemeWords:
    """What a theme says and how it is marked."""

    name: str
    short_name: str
    description: str
    shape: str
    colour: str


def add_theme(session: Session, *, call_id: int, words: ThemeWords, actor_id: int | None, now: datetime) -> int:
    """Put a theme behind the others; its key is made from its name and never changes."""
    call = locked_call(session, call_id=call_id)
    check_not_archived(call)
    listed = _listed(session, call_id)
    if len(listed) >= MOST_THEMES:
        raise Refused(N_("A call has at most %(most)s themes."), most=MOST_THEMES)
    key = free_key(words.name, {theme.key for theme in listed}, "theme")
    position = max((theme.position for theme in listed), default=0) + 1
    theme = Theme(call_id=call_id, key=key, position=position, **vars(words))
    session.add(theme)
    session.flush()
    _record(session, "add", theme, actor_id, now, name=words.name)
    return theme.id


def change_theme(
    session: Session, *, call_id: int, theme_id: int, words: ThemeWords, seen: str, actor_id: int | None, now: datetime
) -> None:
    """Word and mark a theme anew, wherever it is shown; what refers to it stays with it."""
    check_not_archived(locked_call(session, call_id=call_id))
    theme = _theme(session, call_id, theme_id)
    if seen != digest_of(theme_values(theme)):
        raise Conflict(N_("Someone else saved this page in the meantime. Both versions are below."))
    old = theme.name
    for name, value in vars(words).items():
        setattr(theme, name, value)
    _record(session, "change", theme, actor_id, now, old=old, new=words.name)
    session.flush()


def move_theme(session: Session, *, call_id: int, theme_id: int, up: bool, actor_id: int | None, now: datetime) -> None:
    """Change places with the theme before or after; the first and the last stay where they are."""
    check_not_archived(locked_call(session, call_id=call_id))
    listed = _listed(session, call_id)
    place = next((place for place, theme in enumerate(listed) if theme.id == theme_id), None)
    if place is None:
        raise NotFound
    other = place - 1 if up else place + 1
    if not 0 <= other < len(listed):
        return
    moved, neighbour = listed[place], listed[other]
    theirs, ours = neighbour.position, moved.position
    neighbour.position = 0  # no two themes stand at the same place, not even between two statements
    session.flush()
    moved.position = theirs
    session.flush()
    neighbour.position = ours
    _record(session, "move", moved, actor_id, now, up=up)
    session.flush()


def delete_theme(session: Session, *, call_id: int, theme_id: int, actor_id: int | None, now: datetime) -> None:
    """Delete a theme to which nothing refers: no text, draft or question, no panel and no round."""
    call = locked_call(session, call_id=call_id)
    check_not_archived(call)
    theme = _theme(session, call_id, theme_id)
    in_use = Refused(N_("Submissions, questions or panels refer to this theme, so that it cannot be deleted."))
    if session.scalar(
        sa.select(sa.literal(1)).select_from(round_).where(theme_id == sa.any_(round_.c.theme_ids)).limit(1)
    ):
        raise in_use
    _record(session, "delete", theme, actor_id, now, name=theme.name)
    try:
        with session.begin_nested():
            session.delete(theme)
    except IntegrityError:
        raise in_use from None
    forget_texts_of(call, "theme", theme.key)
    session.flush()


def _listed(session: Session, call_id: int) -> list[Theme]:
    wanted = sa.select(Theme).where(Theme.call_id == call_id).order_by(Theme.position)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def _theme(session: Session, call_id: int, theme_id: int) -> Theme:
    wanted = sa.select(Theme).where(Theme.id == theme_id, Theme.call_id == call_id)
    theme = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if theme is None:
        raise NotFound
    return theme


def _record(session: Session, act: str, theme: Theme, actor_id: int | None, now: datetime, **details: object) -> None:
    about = dict(subject="theme", subject_id=theme.id, call_id=theme.call_id)
    record(session, act=act, **about, actor_id=actor_id, now=now, **details)
