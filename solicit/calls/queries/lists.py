"""What a call lists: reasons for being out of scope, missions, and who may arrange which line."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from solicit.access.policy import Subject
from solicit.calls.models import Call, Mission, OutOfScopeReason, Theme
from solicit.calls.queries.facts import CallFacts
from solicit.calls.queries.words import Speaker, spoken_in, text_name


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


def reasons(session: Session, call_id: int, language: str | None = None) -> tuple[ReasonView, ...]:
    """The reasons of a call in their order, with those no longer offered; one statement."""
    listed = _spoken(session, _listed(OutOfScopeReason, call_id, language), language)
    return tuple(_reason_view(row, speaker) for row, speaker in listed)


def out_of_scope_reasons(session: Session, *, call_id: int, language: str | None = None) -> tuple[ReasonView, ...]:
    """The reasons that the desk may give now; one statement."""
    return tuple(reason for reason in reasons(session, call_id, language) if reason.is_offered)


def letters_of_reason(session: Session, *, reason_id: int) -> dict[str, str]:
    """What a submitter reads of a reason, by language; what it says in the call's own is under the empty one."""
    row = session.execute(
        sa.select(OutOfScopeReason, Call.translations)
        .join(Call, Call.id == OutOfScopeReason.call_id)
        .where(OutOfScopeReason.id == reason_id)
    ).one()
    reason = row.OutOfScopeReason
    name = f"reason.{reason.key}.letter"
    translated = {language: texts[name] for language, texts in row.translations.items() if texts.get(name)}
    return {"": reason.letter or reason.label, **translated}


def reason_letter(language: str | None) -> ColumnElement[str]:
    """What a submitter reads of a reason, as a column of a statement that knows the call, too."""
    if language is None:
        return OutOfScopeReason.letter
    name = sa.func.concat("reason.", OutOfScopeReason.key, ".letter")
    return sa.func.coalesce(sa.func.jsonb_extract_path_text(spoken_in(language), name), OutOfScopeReason.letter)


def names_of_themes(session: Session, *, call_id: int) -> tuple[tuple[str, int], ...]:
    """Every name of every theme, in all languages, with its id; one statement."""
    rows = session.execute(
        sa.select(Theme, Call.translations)
        .join(Call, Call.id == Theme.call_id)
        .where(Theme.call_id == call_id)
        .order_by(Theme.position)
    ).all()
    return tuple((name, theme.id) for theme, translations in rows for name in _names_of(theme, translations))


def missions(session: Session, call_id: int, language: str | None = None) -> tuple[MissionView, ...]:
    """The missions that plans of a call may name, in their order, with those no longer offered; one statement."""
    listed = _spoken(session, _listed(Mission, call_id, language), language)
    return tuple(_mission_view(row, speaker) for row, speaker in listed)


def offered_missions(
    session: Session, call_id: int, *, kept: tuple[str, ...] = (), language: str | None = None
) -> tuple[MissionView, ...]:
    """The missions that the call offers now, and those that a plan names already, by their keys; one statement."""
    return tuple(known for known in missions(session, call_id, language) if known.is_offered or known.key in kept)


def reason_subject(session: Session, *, call: CallFacts, reason_id: int, **_) -> Subject | None:
    """Facts for the policy: a reason belongs to its call."""
    return _subject(session, OutOfScopeReason, call, reason_id)


def mission_subject(session: Session, *, call: CallFacts, mission_id: int, **_) -> Subject | None:
    """Facts for the policy: a mission belongs to its call."""
    return _subject(session, Mission, call, mission_id)


def theme_subject(session: Session, *, call: CallFacts, theme_id: int, **_) -> Subject | None:
    """Facts for the policy: a theme belongs to its call."""
    return _subject(session, Theme, call, theme_id)


def _reason_view(row: OutOfScopeReason, speaker: Speaker) -> ReasonView:
    words = speaker.say_of("reason", row.key, label=row.label, letter=row.letter)
    return ReasonView(row.id, row.key, **words, is_offered=row.is_offered)


def _mission_view(row: Mission, speaker: Speaker) -> MissionView:
    words = speaker.say_of("mission", row.key, name=row.name, around=row.around, goal=row.goal)
    return MissionView(row.id, row.key, **words, is_offered=row.is_offered)


def _names_of(theme: Theme, translations: dict) -> list[str]:
    names = (text_name("theme", theme.key, part) for part in ("name", "short_name"))
    translated = [texts.get(name, "") for name in names for texts in translations.values()]
    return [name for name in (theme.key, theme.name, theme.short_name, *translated) if name]


def _listed(model: type, call_id: int, language: str | None) -> sa.Select:
    spoken = spoken_in(language)
    listed = sa.select(model, Call.language, spoken).join(Call, Call.id == model.call_id)
    return listed.where(model.call_id == call_id).order_by(model.position, model.id)


def _spoken(session: Session, listed: sa.Select, language: str | None) -> list[tuple]:
    """Each line with who says it."""
    rows = session.execute(listed)
    return [(row, Speaker(own=own, language=language, spoken=spoken)) for row, own, spoken in rows]


def _subject(session: Session, model: type, call: CallFacts, row_id: int) -> Subject | None:
    known = sa.select(model.id).where(model.id == row_id, model.call_id == call.id)
    return Subject(call_id=call.id) if session.scalar(known) else None
