"""The public page of a call, and the texts that people agree to."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call, Stage
from solicit.calls.queries.words import Speaker, Words, spoken_in
from solicit.calls.states import OVER, PUBLIC_WORDS, CallState


@dataclass(frozen=True)
class StageView:
    title: Words
    text: Words
    starts_on: date
    ends_on: date
    is_now: bool


@dataclass(frozen=True)
class CallPage:
    """The texts of the public page, each in the reader's language or the call's; the last two are Markdown."""

    headline: Words
    motto: Words
    lead: Words
    about: Words
    before_you_start: Words
    is_open: bool
    is_before: bool
    opens_at: datetime
    stops_at: datetime
    days_left: int
    stages: tuple[StageView, ...]


@dataclass(frozen=True)
class CallLink:
    slug: str
    title: Words
    state: CallState
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None

    @property
    def state_word(self) -> str:
        return PUBLIC_WORDS[self.state]


def call_page(session: Session, *, call_id: int, now: datetime, language: str | None = None) -> CallPage:
    """The public page of a call; two statements."""
    call, spoken = session.execute(sa.select(Call, spoken_in(language)).where(Call.id == call_id)).one()
    speaker = Speaker(own=call.language, language=language, spoken=spoken)
    stages = session.scalars(sa.select(Stage).where(Stage.call_id == call_id).order_by(Stage.starts_on, Stage.position))
    named = ("headline", "motto", "lead", "about", "before_you_start")
    return CallPage(
        **{name: speaker.say(name, getattr(call, name)) for name in named},
        is_open=call.state is CallState.OPEN and call.opens_at <= now < call.closes_at,
        is_before=call.closed_at is None and now < call.opens_at,
        opens_at=call.opens_at,
        stops_at=call.stops_at,
        days_left=max((call.closes_at - now).days, 0),
        stages=tuple(_stage_view(stage, call, speaker, now) for stage in stages),
    )


def call_texts(session: Session, *, call_id: int, language: str | None = None) -> tuple[Words, Words]:
    """The consent text for submitters and the confidentiality statement for panelists, both Markdown."""
    row = session.execute(
        sa.select(Call.consent, Call.confidentiality, Call.language, spoken_in(language).label("spoken")).where(
            Call.id == call_id
        )
    ).one()
    speaker = Speaker(own=row.language, language=language, spoken=row.spoken)
    return speaker.say("consent", row.consent), speaker.say("confidentiality", row.confidentiality)


def public_calls(session: Session, *, language: str | None = None) -> tuple[CallLink, ...]:
    """Calls that are no longer drafts: open ones first, then the latest."""
    return _links(session, Call.state != CallState.DRAFT, language)


def every_call(session: Session) -> tuple[CallLink, ...]:
    """All calls in their own language, drafts too: open ones first, then the latest."""
    return _links(session, sa.true(), None)


def _links(session: Session, which: sa.ColumnElement[bool], language: str | None) -> tuple[CallLink, ...]:
    plain = (Call.slug, Call.state, Call.opens_at, Call.closes_at, Call.closed_at)
    rows = session.execute(
        sa.select(*plain, Call.title, Call.language, spoken_in(language).label("spoken"))
        .where(which)
        .order_by((Call.state == CallState.OPEN).desc(), Call.stops_at.desc(), Call.id)
    )
    return tuple(
        CallLink(
            title=Speaker(own=row.language, language=language, spoken=row.spoken).say("title", row.title),
            **{column.key: getattr(row, column.key) for column in plain},
        )
        for row in rows
    )


def _stage_view(stage: Stage, call: Call, speaker: Speaker, now: datetime) -> StageView:
    words = speaker.say_of("stage", stage.position, title=stage.title, text=stage.text)
    is_now = stage.starts_on <= now.date() <= stage.ends_on and not _is_over(stage, call)
    return StageView(**words, starts_on=stage.starts_on, ends_on=stage.ends_on, is_now=is_now)


def _is_over(stage: Stage, call: Call) -> bool:
    """Whether a stage ended before its last day, as calls may close early; with the results every stage has ended."""
    ended_with_the_call = call.closed_at is not None and stage.ends_on <= call.closes_at.date()
    return ended_with_the_call or call.state in OVER
