"""Limits in the words of the reader's language."""

from dataclasses import dataclass

from flask_babel import format_currency, format_decimal
from flask_babel import gettext as _

from solicit.invitations.queries.limits import Limits, QuotaLimit
from solicit.invitations.queries.selections import RunLine
from solicit.invitations.queries.words import Cents, LimitName, LimitWords, Sentence
from solicit.invitations.states import QUOTA_FIELD_WORDS
from solicit.web.dates import utc_day


@dataclass(frozen=True)
class Term:
    """One limit: what it is about, what it asks for, and how much a miss costs, if it may be missed."""

    key: str
    label: str
    value: str
    price: str = ""
    is_hard: bool = True


@dataclass(frozen=True)
class Difference:
    """One limit that is not the same in two sets; empty where a set has no such limit."""

    label: str
    old: str
    new: str


def money_text(cents: int, currency: str) -> str:
    return format_currency(cents // 100, currency, "¤¤ #,##0", currency_digits=False)


def name_text(name: LimitName) -> str:
    return _(name.text, **name.params) if name.is_word else name.text


def run_text(run: RunLine) -> str:
    """A frozen ranking; a round may have several."""
    return _("%(name)s (%(kind)s, frozen %(day)s)", name=run.name, kind=_(run.kind_word), day=utc_day(run.frozen_at))


def say(sentence: Sentence, *, currency: str) -> str:
    """A sentence with what stands in it, as the language of the page writes it."""
    return _(sentence.text, **{name: _value(value, currency) for name, value in sentence.params.items()})


def _value(value: object, currency: str) -> str:
    if isinstance(value, Cents):
        return money_text(value.amount, currency)
    if isinstance(value, LimitName):
        return name_text(value)
    return format_decimal(value) if isinstance(value, int) else str(value)


def terms(limits: Limits, *, run_names: tuple[str, ...], words: LimitWords, currency: str) -> tuple[Term, ...]:
    """All that a set of limits says, the rankings first; a cap that is not set says nothing."""
    caps = (
        ("country cap", _("At most from any one country"), limits.country_cap),
        ("host cap", _("At most from the host country"), limits.host_cap),
        ("institution cap", _("At most from any one institution"), limits.institution_cap),
    )
    return (
        Term("runs", _("Rankings"), " · ".join(run_names), is_hard=False),
        Term("seats", _("Seats in the room"), format_decimal(limits.seats)),
        Term("online", _("Places online"), format_decimal(limits.online_places)),
        Term("budget", _("Budget"), money_text(limits.budget_cents, currency)),
        *(Term(key, label, format_decimal(cap)) for key, label, cap in caps if cap is not None),
        *(_quota(quota, limits, words) for quota in limits.quotas),
    )


def differences(old: tuple[Term, ...], new: tuple[Term, ...]) -> tuple[Difference, ...]:
    """The limits that changed, came or went, in the order of the new ones."""
    before, after = {term.key: term for term in old}, {term.key: term for term in new}
    return tuple(
        Difference((after.get(key) or before[key]).label, _whole(before.get(key)), _whole(after.get(key)))
        for key in after | before
        if _whole(before.get(key)) != _whole(after.get(key))
    )


def _whole(term: Term | None) -> str:
    if term is None:
        return ""
    return _("%(value)s (price %(price)s)", value=term.value, price=term.price) if term.price else term.value


def _quota(quota: QuotaLimit, limits: Limits, words: LimitWords) -> Term:
    kind, group = _(QUOTA_FIELD_WORDS[quota.field]), name_text(words.group(quota.field, quota.value))
    return Term(
        key=quota.name,
        label=_("%(kind)s: %(group)s", kind=kind, group=group),
        value=_range(quota, limits),
        price="" if quota.price is None else format_decimal(quota.price),
        is_hard=quota.price is None,
    )


def _range(quota: QuotaLimit, limits: Limits) -> str:
    low, high = format_decimal(quota.minimum), format_decimal(quota.maximum)
    if quota.minimum == quota.maximum:
        return _("exactly %(n)s", n=low)
    if not quota.minimum:
        return _("at most %(high)s", high=high)
    if quota.maximum >= limits.places:
        return _("at least %(low)s", low=low)
    return _("at least %(low)s, at most %(high)s", low=low, high=high)
