"""Why somebody is chosen or not, in sentences; nobody is named whom the reader may not see."""

from collections.abc import Collection, Mapping, Sequence

from solicit.invitations.models import SelectionCandidate
from solicit.invitations.queries.words import Cents, LimitName, Sentence
from solicit.invitations.queries.worth import LimitLine
from solicit.words import N_

MOST_NAMES = 4


def why_in_words(row: SelectionCandidate, names: Mapping[int, str]) -> tuple[Sentence, ...]:
    """The exact reason, from solving the selection once more with the opposite decision on this person."""
    if not row.why:
        return ()
    price, extra = row.why["price"], row.why["extra_breach"]
    if price is None:
        text = N_("Without this person no selection keeps the limits.")
        return (Sentence(text if row.is_chosen else N_("With this person no selection keeps the limits.")),)
    if extra:
        text = N_("Without this person a limit with a price would be missed by more.")
        first = text if row.is_chosen else N_("With this person a limit with a price would be missed by more.")
        return (Sentence(first), *_others(row, names))
    if price == 0:
        text = N_("Worth the same with or without this person; the order of ties, fixed beforehand, decided.")
        return (Sentence(text), *_others(row, names))
    return (Sentence(_price_text(row.is_chosen, is_loss=price > 0), {"points": abs(price)}), *_others(row, names))


def limits_in_words(row: SelectionCandidate, lines: Sequence[LimitLine], *, left_cents: int, currency: str):
    """The limits that speak for or against somebody: a group at its least or its most, or money that is not there.

    What a person says of their age or gender never stands beside their name.
    """
    told = [line for line in lines if line.quota and not line.is_self_declared and line.quota.counts(row)]
    if row.is_chosen:
        needed = [line for line in told if 0 < line.used <= line.minimum]
        return tuple(_of(N_("Needed: %(group)s must have at least %(limit)s."), line, line.minimum) for line in needed)
    full = [line for line in told if line.used >= line.maximum]
    found = [_of(N_("%(group)s has its most already: %(limit)s."), line, line.maximum) for line in full]
    if row.cost_cents > left_cents:
        over = Cents(row.cost_cents - left_cents, currency)
        found.append(Sentence(N_("This journey costs %(over)s more than is left."), {"over": over}))
    return tuple(found)


def substitute_in_words(row: SelectionCandidate, names: Mapping[int, str]) -> tuple[Sentence, ...]:
    """Who would be asked if this person declined."""
    found = row.why.get("substitute") if row.is_chosen else None
    if found not in names:
        return ()
    return (Sentence(N_("If this person declines: %(name)s."), {"name": names[found]}),)


def named_all(person_ids: Collection[int], names: Mapping[int, str]) -> str:
    """The names of a few people; nothing if the reader may not see one of them, or they are too many to read."""
    known = [names[person_id] for person_id in person_ids if person_id in names]
    return ", ".join(known) if len(person_ids) == len(known) <= MOST_NAMES else ""


def _of(text: str, line: LimitLine, limit: int) -> Sentence:
    return Sentence(text, {"group": line.name, "limit": limit})


def _price_text(is_chosen: bool, *, is_loss: bool) -> str:
    """Only a rule about the person can keep a result that would gain."""
    if is_loss:
        text = N_("Without this person the result would lose %(points)s.")
        return text if is_chosen else N_("With this person the result would lose %(points)s.")
    text = N_("Only the rule brings this person in; without it the result would gain %(points)s.")
    return (
        text if is_chosen else N_("Only the rule keeps this person out; without it the result would gain %(points)s.")
    )


def _others(row: SelectionCandidate, names: Mapping[int, str]) -> tuple[Sentence, ...]:
    """Who would come or go instead."""
    known = named_all(row.why["enters"] if row.is_chosen else row.why["leaves"], names)
    text = N_("Instead would come: %(names)s.") if row.is_chosen else N_("Would have to leave: %(names)s.")
    return (Sentence(text, {"names": known}),) if known else ()
