"""The texts of a call in further languages, one language saved as a whole."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.queries.parts import digest_of
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
    seen: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Store the texts of a call in a language by their names; an empty one is not translated."""
    call = locked_call(session, call_id=call_id)
    check_not_archived(call)
    if language == call.language:
        raise Refused(N_("This is the call's own language. Its texts are on their own pages."))
    old = call.translations.get(language, {})
    if seen != digest_of(old):
        raise Conflict(N_("Someone else saved this page in the meantime. Both versions are below."))
    new = {name: text for name, text in texts.items() if text}
    if new == old:
        return
    if old.get("consent") and old["consent"] != new.get("consent"):
        raise_terms(call)
    others = {tag: kept for tag, kept in call.translations.items() if tag != language}
    call.translations = others | ({language: new} if new else {})
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    about = dict(subject="call", subject_id=call.id, call_id=call.id)
    record(session, act="translate", **about, actor_id=actor_id, now=now, language=language, changed=changed)
    session.flush()


def forget_texts_of(call: Call, kind: str, key: object) -> None:
    """Drop the translations of something that leaves the call."""
    prefix = text_name(kind, key, "")
    call.translations = {
        tag: {name: text for name, text in texts.items() if not name.startswith(prefix)}
        for tag, texts in call.translations.items()
    }
