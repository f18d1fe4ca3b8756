"""Making calls, and what a call accepts now."""

import itertools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call, Mission, OutOfScopeReason, Stage, Theme
from solicit.calls.queries import CallFacts
from solicit.calls.states import DEFAULT_MISSIONS, MOVES, CallState, NewMission, TextLimits
from solicit.errors import Closed, NotFound, check_move
from solicit.words import N_

# Room for a number behind it, below the limit of the database.
LONGEST_KEY = 50
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
    missions: tuple[NewMission, ...] = DEFAULT_MISSIONS


# What a call has in tables of their own.
LISTS = ("themes", "stages", "reasons", "missions")


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
    if "missions" in values:
        parts["missions"] = tuple(NewMission(**mission) for mission in values["missions"])
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
    values = {name: value for name, value in vars(call).items() if name not in (*LISTS, "limits")}
    row = Call(**values, text_limits=asdict(call.limits), created_at=now)
    session.add(row)
    session.flush()
    session.add_all(Theme(call_id=row.id, position=n, **vars(theme)) for n, theme in enumerate(call.themes, 1))
    session.add_all(Stage(call_id=row.id, position=n, **vars(stage)) for n, stage in enumerate(call.stages, 1))
    session.add_all(OutOfScopeReason(call_id=row.id, **vars(reason)) for reason in call.reasons)
    session.add_all(Mission(call_id=row.id, position=n, **vars(mission)) for n, mission in enumerate(call.missions, 1))
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


def lock_call(session: Session, *, call_id: int) -> None:
    """Let nobody else arrange this call until the transaction ends; people go on submitting meanwhile."""
    session.execute(sa.select(Call.id).where(Call.id == call_id).with_for_update(key_share=True))


def add_mission(
    session: Session, *, call_id: int, name: str, around: str, goal: str, actor_id: int, now: datetime
) -> int:
    """Put a mission at the end of a call's list; its key is made from its name and never changes."""
    lock_call(session, call_id=call_id)
    listed = session.scalars(sa.select(Mission).where(Mission.call_id == call_id)).all()
    mission = Mission(call_id=call_id, key=_free_key(name, {known.key for known in listed}))
    mission.name, mission.around, mission.goal = name, around, goal
    mission.position = max((known.position for known in listed), default=0) + 1
    session.add(mission)
    session.flush()
    _record_mission(session, "add", mission, actor_id, now, name=name)
    return mission.id


def change_mission(
    session: Session, *, call_id: int, mission_id: int, name: str, around: str, goal: str, actor_id: int, now: datetime
) -> None:
    """Word a mission anew; plans that name it show the new words."""
    mission = _locked_mission(session, call_id, mission_id)
    old = mission.name
    mission.name, mission.around, mission.goal = name, around, goal
    _record_mission(session, "change", mission, actor_id, now, old=old, new=name)


def move_mission(session: Session, *, call_id: int, mission_id: int, up: bool, actor_id: int, now: datetime) -> None:
    """Change places with the mission before or after; the first and the last stay where they are."""
    lock_call(session, call_id=call_id)
    wanted = sa.select(Mission).where(Mission.call_id == call_id).order_by(Mission.position, Mission.id)
    listed = session.scalars(wanted.execution_options(populate_existing=True)).all()
    place = next((place for place, known in enumerate(listed) if known.id == mission_id), None)
    if place is None:
        raise NotFound
    other = place - 1 if up else place + 1
    if not 0 <= other < len(listed):
        return
    mission, neighbour = listed[place], listed[other]
    mission.position, neighbour.position = neighbour.position, mission.position
    _record_mission(session, "move", mission, actor_id, now, up=up)


def offer_mission(
    session: Session, *, call_id: int, mission_id: int, is_offered: bool, actor_id: int, now: datetime
) -> None:
    """Offer a mission to new plans, or no longer; it is never deleted, because plans name it."""
    mission = _locked_mission(session, call_id, mission_id)
    if mission.is_offered is not is_offered:
        mission.is_offered = is_offered
        _record_mission(session, "offer" if is_offered else "stop_offering", mission, actor_id, now)


def _free_key(name: str, taken: set[str]) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    key = re.sub("[^a-z0-9]+", "-", letters).strip("-")[:LONGEST_KEY].strip("-") or "mission"
    numbered = (f"{key}-{n}" for n in itertools.count(2))
    return next(free for free in itertools.chain([key], numbered) if free not in taken)


def _locked_mission(session: Session, call_id: int, mission_id: int) -> Mission:
    wanted = sa.select(Mission).where(Mission.id == mission_id, Mission.call_id == call_id)
    mission = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if mission is None:
        raise NotFound
    return mission


def _record_mission(
    session: Session, act: str, mission: Mission, actor_id: int, now: datetime, **details: object
) -> None:
    record(
        session,
        act=act,
        subject="mission",
        subject_id=mission.id,
        call_id=mission.call_id,
        actor_id=actor_id,
        now=now,
        **details,
    )


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


def accepts_submissions(call: CallFacts, *, now: datetime, draft_saved_at: datetime | None = None) -> bool:
    return _passes(check_accepts_submissions, call, now=now, draft_saved_at=draft_saved_at)


def answers_until(call: CallFacts, *, asked_at: datetime | None = None) -> datetime:
    """Until when an answer is taken: 14 days after the close, or after a question that came later."""
    return max(call.closes_at, asked_at or call.closes_at) + ANSWER_WINDOW


def check_accepts_answers(call: CallFacts, *, now: datetime, asked_at: datetime | None = None) -> None:
    """Raise Closed unless co-authors, and authors who were asked for a change, may answer now."""
    check_desk_is_open(call, now=now)
    until = answers_until(call, asked_at=asked_at)
    if now >= until:
        raise Closed(N_("Answers were possible until %(date)s UTC."), date=f"{until:%d %B %Y, %H:%M}")


def accepts_answers(call: CallFacts, *, now: datetime) -> bool:
    return _passes(check_accepts_answers, call, now=now)


def check_desk_is_open(call: CallFacts | Call, *, now: datetime) -> None:
    """Raise Closed once the results are published."""
    if call.state in (CallState.PUBLISHED, CallState.ARCHIVED):
        raise Closed(N_("The results of this call are published."))


def _passes(check: Callable[..., None], call: CallFacts, **times: datetime | None) -> bool:
    """What a check says, for pages that show something else instead of refusing."""
    try:
        check(call, **times)
    except Closed:
        return False
    return True
