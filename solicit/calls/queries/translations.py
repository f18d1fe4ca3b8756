"""What of a call is translated into a language, what is not yet, and whose original changed afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.models import AuditEvent
from solicit.calls.models import Call, Mission, OutOfScopeReason, Stage, Theme
from solicit.calls.queries.parts import digest_of
from solicit.calls.queries.words import text_name
from solicit.calls.states import MARKDOWN_TEXTS, TEXTS
from solicit.words import N_

LISTED = (
    ("theme", Theme, "key", {"name": N_("Name"), "short_name": N_("Short name"), "description": N_("Description")}),
    ("stage", Stage, "position", {"title": N_("Title"), "text": N_("What happens")}),
    ("reason", OutOfScopeReason, "key", {"label": N_("Reason"), "letter": N_("What the submitter reads")}),
    ("mission", Mission, "key", {"name": N_("Name"), "around": N_("When, about"), "goal": N_("Goal")}),
)
GROUPS = {
    "call": N_("The call"),
    "theme": N_("Themes"),
    "stage": N_("Stages"),
    "reason": N_("Reasons for being out of scope"),
    "mission": N_("Missions"),
}
# The acts by which the originals change, beside those that name no text.
CHANGING = ("change", "change texts", "change dates")
LONG = frozenset({"description", "text", "letter", "goal", "lead"})


@dataclass(frozen=True)
class SourceText:
    """One text of a call in its own language, and its translation so far; ``thing`` is the line of a list it is of.

    ``was`` is the original that was translated, where it is another one now; ``changed_at`` when that was, if known.
    """

    name: str
    group: str
    thing_id: int | None
    thing: str
    label: str
    text: str
    translated: str
    is_long: bool
    was: str | None
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Translation:
    """A call in one language."""

    language: str
    sources: tuple[SourceText, ...]
    seen: str

    @property
    def missing(self) -> tuple[SourceText, ...]:
        return tuple(source for source in self.sources if not source.translated)

    @property
    def outdated(self) -> tuple[SourceText, ...]:
        return tuple(source for source in self.sources if source.was is not None)


def translations_of(
    session: Session, *, call_id: int, languages: Iterable[str] | None = None
) -> tuple[Translation, ...]:
    """A call in each of its languages but its own, or in the given ones; five statements."""
    wanted = sa.select(Call).where(Call.id == call_id).execution_options(populate_existing=True)
    call = session.scalars(wanted).one()
    listed = {kind: _lines(session, model, call_id) for kind, model, _key, _parts in LISTED}
    return tuple(
        _translation(call, listed, language)
        for language in (sorted(call.translations) if languages is None else languages)
    )


def dated(session: Session, translation: Translation, *, call_id: int) -> Translation:
    """With the times at which originals changed last, as the audit has them; at most one statement."""
    if not translation.outdated:
        return translation
    what = AuditEvent.subject, AuditEvent.subject_id, AuditEvent.details["changed"].label("changed")
    events = sa.select(*what, AuditEvent.at).where(AuditEvent.call_id == call_id, AuditEvent.act.in_(CHANGING))
    last = {}
    for subject, subject_id, changed, at in session.execute(events.order_by(AuditEvent.id)):
        for part in changed or ("",):
            last[subject, subject_id if subject != "call" else None, part] = at
    sources = (
        source if source.was is None else replace(source, changed_at=last.get(_audited(source)))
        for source in translation.sources
    )
    return replace(translation, sources=tuple(sources))


def _audited(source: SourceText) -> tuple[str, int | None, str]:
    """How the audit names a change of a text."""
    if source.group == "stage":
        return "call", None, "stages"
    return source.group, source.thing_id, source.name if source.group == "call" else ""


def _lines(session: Session, model: type, call_id: int) -> list:
    order = (model.starts_on, model.position) if model is Stage else (model.position, model.id)
    return list(session.scalars(sa.select(model).where(model.call_id == call_id).order_by(*order)))


def _translation(call: Call, listed: dict[str, list], language: str) -> Translation:
    kept, before = call.translations.get(language, {}), call.translated_from.get(language, {})
    of_call = [(name, "call", None, "", label, getattr(call, name)) for name, label in TEXTS.items()]
    of_lists = [
        (text_name(kind, getattr(row, key), part), kind, row.id, _thing(row), label, getattr(row, part))
        for kind, _model, key, parts in LISTED
        for row in listed[kind]
        for part, label in parts.items()
    ]
    sources = tuple(
        SourceText(*about, text, kept.get(about[0], ""), _is_long(about[0]), _was(about[0], text, kept, before))
        for *about, text in (*of_call, *of_lists)
        if text
    )
    return Translation(language, sources, digest_of([kept, [(source.name, source.text) for source in sources]]))


def _was(name: str, text: str, kept: dict, before: dict) -> str | None:
    was = before.get(name, text) if kept.get(name) else text
    return was if was != text else None


def _thing(row: Theme | Stage | OutOfScopeReason | Mission) -> str:
    return getattr(row, "name", "") or getattr(row, "title", "") or getattr(row, "label", "")


def _is_long(name: str) -> bool:
    return name in MARKDOWN_TEXTS or name.rpartition(".")[2] in LONG
