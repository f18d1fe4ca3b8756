"""Reading a call: the facts that every page needs, and the public page."""

from dataclasses import dataclass, fields
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.models import Call, Mission, OutOfScopeReason, Stage, Theme
from solicit.calls.states import PUBLIC_WORDS, CallState, ResultsFor, TextLimits
from solicit.embeddings.models import EmbeddingModel


@dataclass(frozen=True)
class ThemeView:
    """A theme as pages mark it: name, shape and colour."""

    id: int
    key: str
    name: str
    short_name: str
    shape: str
    colour: str
    description: str


@dataclass(frozen=True)
class CallFacts:
    """What every page below a call's address knows of it."""

    id: int
    slug: str
    state: CallState
    title: str
    opens_at: datetime
    closes_at: datetime
    grace_minutes: int
    publishes_while_open: bool
    n_places: int
    host_country: str
    terms_version: str
    licence: str
    language: str
    time_zone: str
    results_for: ResultsFor
    contact: str
    limits: TextLimits
    themes: tuple[ThemeView, ...]
    # The language model whose vectors answer for this call; none before the first text was embedded.
    model_id: int | None = None
    model_name: str | None = None
    model_width: int | None = None
    # The languages it knows; none means every one.
    model_reads: tuple[str, ...] = ()

    def theme(self, key: str | None) -> ThemeView | None:
        """The theme with this key, if the call has it."""
        return next((theme for theme in self.themes if theme.key == key), None)

    def theme_by_id(self, theme_id: int | None) -> ThemeView | None:
        return next((theme for theme in self.themes if theme.id == theme_id), None)

    def reads(self, language: str) -> bool:
        """Whether the vectors of texts in this language mean anything."""
        return not self.model_reads or language.split("-")[0] in self.model_reads

    @property
    def shows_questions(self) -> bool:
        """Whether the public may read screened questions now."""
        return self.state in (CallState.PUBLISHED, CallState.ARCHIVED) or (
            self.publishes_while_open and self.state is not CallState.DRAFT
        )


@dataclass(frozen=True)
class StageView:
    title: str
    text: str
    starts_on: date
    ends_on: date
    is_now: bool


@dataclass(frozen=True)
class CallPage:
    """The texts of the public page; Markdown where the organizers write it."""

    headline: str
    motto: str
    lead: str
    about: str
    before_you_start: str
    is_open: bool
    is_before: bool
    opens_at: datetime
    closes_at: datetime
    days_left: int
    stages: tuple[StageView, ...]


@dataclass(frozen=True)
class CallLink:
    slug: str
    title: str
    state: CallState
    closes_at: datetime

    @property
    def state_word(self) -> str:
        return PUBLIC_WORDS[self.state]


@dataclass(frozen=True)
class ReasonView:
    """A reason for being out of scope, and the sentence the submitter reads."""

    id: int
    key: str
    label: str
    letter: str
    is_offered: bool


@dataclass(frozen=True)
class MissionView:
    """A mission that plans may name."""

    id: int
    key: str
    name: str
    around: str
    goal: str
    is_offered: bool


def call_facts(session: Session, *, slug: str) -> CallFacts | None:
    """The call at an address with its themes; one statement."""
    rows = session.execute(
        sa.select(Call, Theme, EmbeddingModel)
        .outerjoin(Theme, Theme.call_id == Call.id)
        .outerjoin(EmbeddingModel, EmbeddingModel.id == Call.model_id)
        .where(Call.slug == slug)
        .order_by(Theme.position)
    ).all()
    if not rows:
        return None
    call, model = rows[0].Call, rows[0].EmbeddingModel
    return CallFacts(
        id=call.id,
        slug=call.slug,
        state=call.state,
        title=call.title,
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        grace_minutes=call.grace_minutes,
        publishes_while_open=call.publishes_while_open,
        n_places=call.n_places,
        host_country=call.host_country,
        terms_version=call.terms_version,
        licence=call.licence,
        language=call.language,
        time_zone=call.time_zone,
        results_for=call.results_for,
        contact=call.contact,
        limits=_limits(call.text_limits),
        themes=tuple(_theme_view(row.Theme) for row in rows if row.Theme),
        model_id=call.model_id,
        model_name=model.name if model else None,
        model_width=model.width if model else None,
        model_reads=model.reads if model else (),
    )


def contact_of(session: Session, *, call_id: int) -> str:
    """The address that answers questions about a call; empty if it has none."""
    return session.scalar(sa.select(Call.contact).where(Call.id == call_id)) or ""


def only_open_call(session: Session) -> CallFacts | None:
    """The open call of an installation that has just one: its frame stands around pages of no call."""
    slugs = session.scalars(sa.select(Call.slug).where(Call.state == CallState.OPEN).limit(2)).all()
    return call_facts(session, slug=slugs[0]) if len(slugs) == 1 else None


def call_subject(session: Session, *, call: CallFacts, **_) -> Subject:
    """Facts for the policy about doors of a whole call."""
    return Subject(call_id=call.id)


def call_page(session: Session, *, call_id: int, now: datetime) -> CallPage:
    """The public page of a call; two statements."""
    call = session.get_one(Call, call_id)
    stages = session.scalars(sa.select(Stage).where(Stage.call_id == call_id).order_by(Stage.position))
    return CallPage(
        headline=call.headline,
        motto=call.motto,
        lead=call.lead,
        about=call.about,
        before_you_start=call.before_you_start,
        is_open=call.state is CallState.OPEN and call.opens_at <= now < call.closes_at,
        is_before=now < call.opens_at,
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        days_left=max((call.closes_at - now).days, 0),
        stages=tuple(
            StageView(s.title, s.text, s.starts_on, s.ends_on, is_now=s.starts_on <= now.date() <= s.ends_on)
            for s in stages
        ),
    )


def call_texts(session: Session, *, call_id: int) -> tuple[str, str]:
    """The consent text for submitters and the confidentiality statement for panelists."""
    consent, confidentiality = session.execute(
        sa.select(Call.consent, Call.confidentiality).where(Call.id == call_id)
    ).one()
    return consent, confidentiality


def public_calls(session: Session) -> tuple[CallLink, ...]:
    """Calls that are no longer drafts: open ones first, then the latest."""
    rows = session.execute(
        sa.select(Call.slug, Call.title, Call.state, Call.closes_at)
        .where(Call.state != CallState.DRAFT)
        .order_by((Call.state == CallState.OPEN).desc(), Call.closes_at.desc(), Call.id)
    )
    return tuple(CallLink(*row) for row in rows)


def reasons(session: Session, call_id: int) -> tuple[ReasonView, ...]:
    """The reasons of a call in their order, with those no longer offered; one statement."""
    listed = sa.select(OutOfScopeReason).where(OutOfScopeReason.call_id == call_id)
    listed = listed.order_by(OutOfScopeReason.position, OutOfScopeReason.id)
    return tuple(ReasonView(r.id, r.key, r.label, r.letter, r.is_offered) for r in session.scalars(listed))


def out_of_scope_reasons(session: Session, *, call_id: int) -> tuple[ReasonView, ...]:
    """The reasons that the desk may give now; one statement."""
    return tuple(reason for reason in reasons(session, call_id) if reason.is_offered)


def reason_subject(session: Session, *, call: CallFacts, reason_id: int, **_) -> Subject | None:
    """Facts for the policy: a reason belongs to its call."""
    known = sa.select(OutOfScopeReason.id).where(OutOfScopeReason.id == reason_id, OutOfScopeReason.call_id == call.id)
    return Subject(call_id=call.id) if session.scalar(known) else None


def missions(session: Session, call_id: int) -> tuple[MissionView, ...]:
    """The missions that plans of a call may name, in their order, with those no longer offered; one statement."""
    listed = sa.select(Mission).where(Mission.call_id == call_id).order_by(Mission.position, Mission.id)
    return tuple(MissionView(m.id, m.key, m.name, m.around, m.goal, m.is_offered) for m in session.scalars(listed))


def offered_missions(session: Session, call_id: int, *, kept: tuple[str, ...] = ()) -> tuple[MissionView, ...]:
    """The missions that the call offers now, and those that a plan names already, by their keys; one statement."""
    return tuple(known for known in missions(session, call_id) if known.is_offered or known.key in kept)


def mission_subject(session: Session, *, call: CallFacts, mission_id: int, **_) -> Subject | None:
    """Facts for the policy: a mission belongs to its call."""
    listed = sa.select(Mission.id).where(Mission.id == mission_id, Mission.call_id == call.id)
    return Subject(call_id=call.id) if session.scalar(listed) else None


def _theme_view(theme: Theme) -> ThemeView:
    return ThemeView(*(getattr(theme, field.name) for field in fields(ThemeView)))


def _limits(given: dict) -> TextLimits:
    return TextLimits(**given)
