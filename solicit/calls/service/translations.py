"""The texts of a call in further languages, one language saved as a whole."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.queries.translations import translations_of
from solicit.calls.queries.words import text_name
from solicit.calls.service.locking import check_not_archived, locked_call, raise_terms
from solicit.errors import Conflict, Refused
from solicit.words import N_


def translate_call(
    session: Session,
    *,
    call_id: int,
    language: str,
    texts: Mapping[str, str],
    confirmed: Collection[str] = (),
    seen: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Store the texts of a call in a language by their names; an empty one is not translated.

    Of the names ``confirmed`` the translation still fits its original, which changed afterwards.
    """
    call = locked_call(session, call_id=call_id)
    check_not_archived(call)
    if language == call.language:
        raise Refused(N_("This is the call's own language. Its texts are on their own pages."))
    (standing,) = translations_of(session, call_id=call_id, languages=[language])
    if seen != standing.seen:
        raise Conflict(N_("Someone else saved this page or changed an original in the meantime. Compare, then save."))
    old = call.translations.get(language, {})
    new = {name: text for name, text in texts.items() if text}
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    fitting = sorted({source.name for source in standing.outdated} & set(confirmed) & new.keys() - set(changed))
    if not changed and not fitting:
        return
    if old.get("consent") and old["consent"] != new.get("consent"):
        raise_terms(call)
    read = {source.name: source.text for source in standing.sources if source.name in {*changed, *fitting}}
    before = call.translated_from.get(language, {}) | read
    call.translations = _with(call.translations, language, new)
    call.translated_from = _with(call.translated_from, language, {name: before[name] for name in new if name in before})
    about = dict(subject="call", subject_id=call.id, call_id=call.id, language=language)
    record(session, act="translate", **about, actor_id=actor_id, now=now, changed=changed, confirmed=fitting)
    session.flush()


def _with(by_language: dict, language: str, texts: dict[str, str]) -> dict:
    others = {tag: kept for tag, kept in by_language.items() if tag != language}
    return others | ({language: texts} if texts else {})


def forget_texts_of(call: Call, kind: str, key: object) -> None:
    """Drop the translations of something that leaves the call."""
    prefix = text_name(kind, key, "")
    call.translations = {
        tag: {name: text for name, text in texts.items() if not name.startswith(prefix)}
        for tag, texts in call.translations.items()
    }
