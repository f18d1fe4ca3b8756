"""The parts of a call that organizers set up, each saved as a whole: texts, dates, form, criteria, settings."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.calls.queries.parts import Part, digest_of, values_of
from solicit.calls.service.locking import check_not_archived, locked_call, raise_terms
from solicit.calls.service.stages import store_stages
from solicit.calls.service.windows import check_desk_is_open
from solicit.calls.states import CallState, FormChoices, TextLimits
from solicit.errors import Conflict, Refused
from solicit.words import N_

LONGEST_IN_AUDIT = 200


def change_part(
    session: Session, *, call_id: int, part: Part, values: dict, seen: str, actor_id: int | None, now: datetime
) -> bool:
    """Save one part of a call, unless somebody else did since it was ``seen``; returns whether anything changed."""
    call = locked_call(session, call_id=call_id)
    check_may_change(call, part, now=now)
    old = values_of(session, call, part)
    if seen != digest_of(old):
        raise Conflict(N_("Someone else saved this page in the meantime. Both versions are below."))
    changed = {name: value for name, value in values.items() if not _is_same(old[name], value)}
    if part in RULES:
        RULES[part](call, changed, now)
    if not changed:
        return False
    for name, value in changed.items():
        if name == "stages":
            store_stages(session, call, value)
        else:
            setattr(call, name, value)
    if "consent" in changed:
        raise_terms(call)
    note_change(session, call, part.value, old, changed, actor_id=actor_id, now=now)
    session.flush()
    return True


def check_may_change(call: Call | CallFacts, part: Part, *, now: datetime) -> None:
    """Raise Closed where a part is final: with the results what bears on submissions, in the archive everything."""
    check_not_archived(call)
    if part in (Part.DATES, Part.FORM, Part.CRITERIA):
        check_desk_is_open(call, now=now)


def note_change(
    session: Session, call: Call, part: str, old: dict, changed: dict, *, actor_id: int | None, now: datetime
) -> None:
    """Record what was changed, and from what to what as far as it is short."""
    record(
        session,
        act=f"change {part}",
        subject="call",
        subject_id=call.id,
        call_id=call.id,
        actor_id=actor_id,
        now=now,
        changed=sorted(changed),
        old={name: str(old.get(name, ""))[:LONGEST_IN_AUDIT] for name in sorted(changed)},
        new={name: str(changed[name])[:LONGEST_IN_AUDIT] for name in sorted(changed)},
    )


def _is_same(old: object, new: object) -> bool:
    """Whether nothing changed; of a moment people see and write the minute."""
    if isinstance(old, datetime):
        return new in (old, old.replace(second=0, microsecond=0))
    return old == new


def _check_texts(call: Call, changed: dict, now: datetime) -> None:
    language = changed.get("language")
    if language and language in call.translations:
        raise Refused(N_("The call is translated into this language already. Remove that translation first."))
    if call.state is not CallState.DRAFT and changed.get("consent") == "":
        raise Refused(N_("The call has opened: what submitters agree to can be changed, but not be empty."))


def _check_dates(call: Call, changed: dict, now: datetime) -> None:
    opens_at, closes_at = changed.get("opens_at", call.opens_at), changed.get("closes_at", call.closes_at)
    if closes_at <= opens_at:
        raise Refused(N_("The call must close after it opens."))
    if call.state is CallState.DRAFT:
        return
    if "opens_at" in changed and call.opens_at <= now:
        raise Refused(N_("The call has opened: when it did can no longer be changed."))
    if "closes_at" in changed and closes_at <= now:
        raise Refused(N_("This closing time is past. To close the call now, use “Close the call”."))


def _check_form(call: Call, changed: dict, now: datetime) -> None:
    """Once a call has opened its form only gets easier, so that no draft and no sent text becomes wrong by it."""
    if call.state is CallState.DRAFT:
        return
    before = FormChoices.from_json(call.form_choices)
    after = FormChoices.from_json(changed.get("form_choices", call.form_choices))
    if set(before.kinds) != set(after.kinds):
        raise Refused(N_("The call has opened: the kinds that it takes can no longer be changed."))
    if not after.fields <= before.fields:
        raise Refused(N_("The call has opened: fields can be left out, but not be added."))
    if _is_tighter(TextLimits(**call.text_limits), TextLimits(**changed.get("text_limits", call.text_limits))):
        raise Refused(N_("The call has opened: texts may be allowed to be shorter or longer, but not be cut."))


def _is_tighter(before: TextLimits, after: TextLimits) -> bool:
    pairs = [(name, old, getattr(after, name)) for name, old in vars(before).items()]
    return any(new > old if name.endswith("_min") else new < old for name, old, new in pairs)


RULES: dict[Part, Callable[[Call, dict, datetime], None]] = {
    Part.TEXTS: _check_texts,
    Part.DATES: _check_dates,
    Part.FORM: _check_form,
}
