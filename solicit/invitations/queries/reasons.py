"""Why somebody is chosen or not, in sentences; nobody is named whom the reader may not see."""

from collections.abc import Callable, Collection, Mapping

from solicit.invitations.models import SelectionCandidate
from solicit.invitations.queries.limits import CAP
from solicit.invitations.queries.words import BUDGET, SEATS, Cents, LimitName, Sentence
from solicit.invitations.states import QuotaField
from solicit.words import N_

MOST_NAMES = 4
# A name is written in its own direction, whatever stands around it.
ISOLATED = "\u2068{}\u2069"
# What people say of themselves never stands beside their name.
UNTOLD = (QuotaField.GENDER.value, QuotaField.YOUTH.value, SEATS)

Named = Callable[[str], LimitName]


def why_in_words(
    row: SelectionCandidate, names: Mapping[int, str], named: Named, *, sees_budget: bool
) -> tuple[Sentence, ...]:
    """The exact reason, from solving the selection once more with the opposite decision on this person.

    By how much a cost would have to fall is told to those who may know what everybody costs.
    """
    if not row.why or "is_asked" in row.why:
        return ()
    if "is_unknown" in row.why:
        return (Sentence(N_("The solver stopped before it found the reason.")),)
    if not names.keys() >= {*row.why["enters"], *row.why["leaves"]}:
        # What somebody hidden is worth or costs could be calculated from it.
        return (Sentence(N_("The reason is about somebody who is not shown to you.")),)
    first = _price_in_words(row)
    return (first, *_others(row, names), *_limits(row, named), *_changes(row, sees_budget), *_substitute(row, names))


def named_all(person_ids: Collection[int], names: Mapping[int, str]) -> str:
    """The names of a few people; nothing if the reader may not see one of them, or they are too many to read."""
    known = [ISOLATED.format(names[person_id]) for person_id in person_ids if person_id in names]
    return ", ".join(known) if len(person_ids) == len(known) <= MOST_NAMES else ""


def _price_in_words(row: SelectionCandidate) -> Sentence:
    price, extra = row.why["price"], row.why["extra_breach"]
    if price is None:
        text = N_("Without this person no selection keeps the limits.")
        return Sentence(text if row.is_chosen else N_("With this person no selection keeps the limits."))
    if extra:
        text = N_("Without this person a limit with a price would be missed by more.")
        return Sentence(text if row.is_chosen else N_("With this person a limit with a price would be missed by more."))
    if row.why.get("kept_lost"):
        text = N_("Without this person fewer of those who were selected before would stay.")
        other = N_("With this person fewer of those who were selected before would stay.")
        return Sentence(text if row.is_chosen else other)
    if price == 0:
        return Sentence(N_("Worth the same with or without this person; the order of ties, fixed beforehand, decided."))
    return Sentence(_price_text(row.is_chosen, is_loss=price > 0), {"points": abs(price)})


def _price_text(is_chosen: bool, *, is_loss: bool) -> str:
    """Only a rule about the person can keep a result that would gain."""
    if is_loss:
        text = N_("Without this person the result would lose %(points)s points.")
        return text if is_chosen else N_("With this person the result would lose %(points)s points.")
    text = N_("Only the rule brings this person in; without it the result would gain %(points)s points.")
    return (
        text
        if is_chosen
        else N_("Only the rule keeps this person out; without it the result would gain %(points)s points.")
    )


def _others(row: SelectionCandidate, names: Mapping[int, str]) -> tuple[Sentence, ...]:
    """Who would come or go instead."""
    known = named_all(row.why["enters"] if row.is_chosen else row.why["leaves"], names)
    text = N_("%(names)s would come instead.") if row.is_chosen else N_("%(names)s would have to leave.")
    return (Sentence(text, {"names": known}),) if known else ()


def _limits(row: SelectionCandidate, named: Named) -> tuple[Sentence, ...]:
    """The limits that hold this person in or out."""
    told = [name for name in row.why.get("limits", ()) if name.removeprefix(CAP).partition(":")[0] not in UNTOLD]
    return tuple(_limit(name, named, is_chosen=row.is_chosen) for name in told)


def _limit(name: str, named: Named, *, is_chosen: bool) -> Sentence:
    if name == BUDGET:
        return Sentence(
            N_("Others who are worth more cost too much.") if is_chosen else N_("The budget does not reach.")
        )
    text = N_("Needed for the limit “%(limit)s”.") if is_chosen else N_("No room within the limit “%(limit)s”.")
    return Sentence(text, {"limit": named(name)})


def _changes(row: SelectionCandidate, sees_budget: bool) -> tuple[Sentence, ...]:
    """What would bring in somebody who is out."""
    gain, cut = row.why.get("merit_gain"), row.why.get("cost_cut_cents")
    cut = cut if sees_budget and BUDGET in row.why.get("limits", ()) else None
    if gain and cut:
        text = N_("Chosen with %(points)s points more merit, or at a cost lower by %(amount)s.")
        return (Sentence(text, {"points": gain, "amount": Cents(cut)}),)
    if gain:
        return (Sentence(N_("Chosen with %(points)s points more merit."), {"points": gain}),)
    return (Sentence(N_("Chosen at a cost lower by %(amount)s."), {"amount": Cents(cut)}),) if cut else ()


def _substitute(row: SelectionCandidate, names: Mapping[int, str]) -> tuple[Sentence, ...]:
    """Who would be asked if this person declined."""
    known = named_all(row.why.get("substitutes", ()), names)
    return (Sentence(N_("If this person declines, %(names)s would come next."), {"names": known}),) if known else ()
