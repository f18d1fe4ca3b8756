"""Making calls."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call, Mission, OutOfScopeReason, Stage, Theme
from solicit.calls.states import DEFAULT_MISSIONS, NewMission, TextLimits


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
    language: str = "en"
    time_zone: str = "UTC"
    translations: dict[str, dict[str, str]] = field(default_factory=dict)
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
        "opens_at": zoned(values["opens_at"]),
        "closes_at": zoned(values["closes_at"]),
    }
    if "missions" in values:
        parts["missions"] = tuple(NewMission(**mission) for mission in values["missions"])
    return NewCall(**values | parts)


def _stage_from_json(values: dict) -> NewStage:
    days = {name: date.fromisoformat(values[name]) for name in ("starts_on", "ends_on")}
    return NewStage(**values | days)


def zoned(text: str) -> datetime:
    """A moment like “2027-03-01T23:59+08:00”; raises ValueError for one without a zone."""
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
    session.add_all(
        OutOfScopeReason(call_id=row.id, position=n, **vars(reason)) for n, reason in enumerate(call.reasons, 1)
    )
    session.add_all(Mission(call_id=row.id, position=n, **vars(mission)) for n, mission in enumerate(call.missions, 1))
    record(session, act="create", subject="call", subject_id=row.id, call_id=row.id, actor_id=creator_id, now=now)
    return row.id
