"""What of a call is translated into a language, and what is not yet."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

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
LONG = frozenset({"description", "text", "letter", "goal", "lead"})


@dataclass(frozen=True)
class SourceText:
    """One text of a call in its own language, and its translation so far; ``thing`` is the line of a list it is of."""

    name: str
    group: str
    thing: str
    label: str
    text: str
    translated: str
    is_long: bool


@dataclass(frozen=True)
class Translation:
    """A call in one language."""

    language: str
    sources: tuple[SourceText, ...]
    seen: str

    @property
    def missing(self) -> tuple[SourceText, ...]:
        return tuple(source for source in self.sources if not source.translated)


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


def _lines(session: Session, model: type, call_id: int) -> list:
    order = (model.starts_on, model.position) if model is Stage else (model.position, model.id)
    return list(session.scalars(sa.select(model).where(model.call_id == call_id).order_by(*order)))


def _translation(call: Call, listed: dict[str, list], language: str) -> Translation:
    kept = call.translations.get(language, {})
    of_call = [(name, "call", "", label, getattr(call, name)) for name, label in TEXTS.items()]
    of_lists = [
        (text_name(kind, getattr(row, key), part), kind, _thing(row), label, getattr(row, part))
        for kind, _model, key, parts in LISTED
        for row in listed[kind]
        for part, label in parts.items()
    ]
    sources = tuple(
        SourceText(name, group, thing, label, text, kept.get(name, ""), _is_long(name))
        for name, group, thing, label, text in (*of_call, *of_lists)
        if text
    )
    return Translation(language, sources, digest_of(kept))


def _thing(row: Theme | Stage | OutOfScopeReason | Mission) -> str:
    return getattr(row, "name", "") or getattr(row, "title", "") or getattr(row, "label", "")


def _is_long(name: str) -> bool:
    return name in MARKDOWN_TEXTS or name.rpartition(".")[2] in LONG
