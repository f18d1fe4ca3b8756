"""Making calls, and what a call accepts now."""

from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call, OutOfScopeReason, Stage, Theme
from solicit.calls.queries import CallFacts
from solicit.calls.states import MOVES, CallState, TextLimits
from solicit.errors import Closed, NotFound, check_move
from solicit.words import N_

ANSWER_WINDOW = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class NewTheme:
    key: str
    name: str
    short_name: str
    shape: str
    colour: str
    description: str


@dataclass(frozen=True, kw_only=True)
class NewStage:
    title: str
    text: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class NewReason:
    key: str
    label: str
    letter: str


@dataclass(frozen=True, kw_only=True)
class NewCall:
    """Everything a call is made of."""

    slug: str
    title: str
    headline: str
    motto: str = ""
    lead: str = ""
    about: str = ""
    before_you_start: str = ""
    consent: str = ""
    confidentiality: str = ""
    contact: str = ""
    licence: str = "CC BY 4.0"
    opens_at: datetime
    closes_at: datetime
    host_country: str = "CN"
    n_places: int = 10
    limits: TextLimits = TextLimits()
    themes: tuple[NewTheme, ...] = ()
    stages: tuple[NewStage, ...] = ()
    reasons: tuple[NewReason, ...] = field(default=())


def call_from_json(values: dict) -> NewCall:
    """A new call from JSON values; raises ValueError, TypeError or KeyError where they do not fit."""
    parts = {
        "themes": tuple(NewTheme(**theme) for theme in values.get("themes", ())),
        "reasons": tuple(NewReason(**reason) for reason in values.get("reasons", ())),
        "stages": tuple(_stage_from_json(stage) for stage in values.get("stages", ())),
        "limits": TextLimits(**values.get("limits", {})),
        "opens_at": _zoned(values["opens_at"]),
        "closes_at": _zoned(values["closes_at"]),
    }
    return NewCall(**values | parts)


def _stage_from_json(values: dict) -> NewStage:
    days = {name: date.fromisoformat(values[name]) for name in ("starts_on", "ends_on")}
    return NewStage(**values | days)


def _zoned(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment


def create_call(session: Session, *, call: NewCall, creator_id: int | None, now: datetime) -> int:
    """Store a call as a draft and return its id."""
    values = {
        name: value for name, value in vars(call).items() if name not in ("themes", "stages", "reasons", "limits")
    }
    row = Call(**values, text_limits=asdict(call.limits), created_at=now)
    session.add(row)
    session.flush()
    session.add_all(Theme(call_id=row.id, position=n, **vars(theme)) for n, theme in enumerate(call.themes, 1))
    session.add_all(Stage(call_id=row.id, position=n, **vars(stage)) for n, stage in enumerate(call.stages, 1))
    session.add_all(OutOfScopeReason(call_id=row.id, **vars(reason)) for reason in call.reasons)
    record(session, act="create", subject="call", subject_id=row.id, call_id=row.id, actor_id=creator_id, now=now)
    return row.id


def move_call(session: Session, *, call_id: int, to: CallState, actor_id: int | None, now: datetime) -> None:
    """Change a call's state along its legal moves."""
    call = session.scalar(sa.select(Call).where(Call.id == call_id).with_for_update())
    if call is None:
        raise NotFound
    check_move(MOVES, call.state, to)
    record(
        session,
        act="move",
        subject="call",
        subject_id=call_id,
        call_id=call_id,
        actor_id=actor_id,
        now=now,
        old=call.state.value,
        new=to.value,
    )
    call.state = to
    session.flush()


def as_it_is_now(session: Session, call: CallFacts) -> CallFacts:
    """The call with its present state, locked so that nobody closes it before this transaction ends."""
    standing = sa.select(Call.state, Call.opens_at, Call.closes_at).where(Call.id == call.id)
    row = session.execute(standing.with_for_update(read=True, key_share=True)).one()
    return replace(call, **row._mapping)


def check_accepts_submissions(call: CallFacts, *, now: datetime, draft_saved_at: datetime | None = None) -> None:
    """Raise Closed unless the call takes new submissions and edits now.

    A draft saved within the grace period before ``now`` may still be sent for that long after the close.
    """
    if call.state is not CallState.OPEN or now < call.opens_at:
        raise Closed(N_("This call is not open for submissions."))
    grace = timedelta(minutes=call.grace_minutes)
    in_grace = draft_saved_at is not None and now - draft_saved_at <= grace and now < call.closes_at + grace
    if now >= call.closes_at and not in_grace:
        raise Closed(N_("The call closed on %(date)s UTC."), date=f"{call.closes_at:%d %B %Y, %H:%M}")


def answers_until(call: CallFacts, *, asked_at: datetime | None = None) -> datetime:
    """Until when an answer is taken: 14 days after the close, or after a question that came later."""
    return max(call.closes_at, asked_at or call.closes_at) + ANSWER_WINDOW


def check_accepts_answers(call: CallFacts, *, now: datetime, asked_at: datetime | None = None) -> None:
    """Raise Closed unless co-authors, and authors who were asked for a change, may answer now."""
    check_desk_is_open(call, now=now)
    until = answers_until(call, asked_at=asked_at)
    if now >= until:
        raise Closed(N_("Answers were possible until %(date)s UTC."), date=f"{until:%d %B %Y, %H:%M}")


def check_desk_is_open(call: CallFacts | Call, *, now: datetime) -> None:
    """Raise Closed once the results are published."""
    if call.state in (CallState.PUBLISHED, CallState.ARCHIVED):
        raise Closed(N_("The results of this call are published."))
