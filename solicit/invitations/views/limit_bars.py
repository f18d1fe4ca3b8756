"""The limits of a selection as bars, and their prices as sentences."""

from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from solicit.invitations.queries.selection_page import SelectionPage
from solicit.invitations.queries.words import BUDGET, SEATS
from solicit.invitations.queries.worth import LimitLine, LimitPrice
from solicit.invitations.views.wording import money_text, name_text
from solicit.web.charts import BarRow, DrawnBar, bar_list

WHOLE = (SEATS, BUDGET)


def limit_bars(view: SelectionPage) -> dict[str, list[DrawnBar]]:
    """Bars of seats and budget, and of the quotas: full is the maximum, the mark is the minimum."""
    seats = view.limits[0].maximum
    lines = {
        "whole": [line for line in view.limits if line.key in WHOLE],
        "quotas": [line for line in view.limits if line.key not in WHOLE],
    }
    return {name: bar_list([_bar(line, seats) for line in of_kind]) for name, of_kind in lines.items()}


def prices_in_words(view: SelectionPage) -> list[str]:
    """What one more seat, more money, and every limit that costs something would bring."""
    shown = [price for price in view.worth.prices if _is_always_told(price) or price.gained or price.saved]
    # What a limit costs is its price dropped; a wider one is told only where that is less.
    dropped = {price.key: price.gained for price in shown if price.widened_by is None}
    told = [
        price
        for price in shown
        if _is_always_told(price) or (price.key not in WHOLE and _is_news(price, dropped.get(price.key)))
    ]
    return [_in_words(price, view.money.currency) for price in told]


def _is_always_told(price: LimitPrice) -> bool:
    return price.key in WHOLE and price.widened_by is not None


def _is_news(price: LimitPrice, when_dropped: int | None) -> bool:
    return price.widened_by is None or price.gained != when_dropped


def _in_words(price: LimitPrice, currency: str) -> str:
    change = _change(price, currency)
    if price.saved:
        return _("%(change)s: a limit with a price would be missed by less.", change=change)
    if not price.gained:
        return _("%(change)s: no change.", change=change)
    gain = format_decimal(price.gained)
    if price.comes:
        return _("%(change)s: +%(gain)s (%(names)s).", change=change, gain=gain, names=price.comes)
    return _("%(change)s: +%(gain)s.", change=change, gain=gain)


def _change(price: LimitPrice, currency: str) -> str:
    if price.key == SEATS:
        return _("One more seat")
    if price.key == BUDGET:
        return _("%(amount)s more", amount=money_text(price.widened_by or 0, currency))
    limit = name_text(price.name)
    return (
        _("Without the limit “%(limit)s”", limit=limit)
        if price.widened_by is None
        else _("The limit “%(limit)s” wider by one", limit=limit)
    )


def used_of(line: LimitLine, currency: str, *, seats: int) -> str:
    """How far a limit is used, and of how much."""
    if line.is_money:
        return _("%(used)s of %(high)s", used=money_text(line.used, currency), high=money_text(line.maximum, currency))
    used, low, high = (format_decimal(number) for number in (line.used, line.minimum, line.maximum))
    if line.minimum and line.maximum >= seats:
        return _("%(used)s (at least %(low)s)", used=used, low=low)
    if line.minimum:
        return _("%(used)s (%(low)s to %(high)s)", used=used, low=low, high=high)
    return _("%(used)s of %(high)s", used=used, high=high)


def _bar(line: LimitLine, seats: int) -> BarRow:
    is_quota = line.key not in WHOLE
    share = line.used / line.maximum if line.maximum else 0
    return BarRow(
        label=name_text(line.name),
        value=line.used,
        text=format_decimal(line.used) if is_quota else format_percent(share),
        note=_limit_note(line, seats),
        whole=max(line.maximum, line.used, 1),
        mark=line.minimum or None,
        behind=line.is_missed,
    )


def _limit_note(line: LimitLine, seats: int) -> str:
    """What a limit asks for, in words."""
    unit = 100 if line.is_money else 1
    low, high = format_decimal(line.minimum // unit), format_decimal(line.maximum // unit)
    if line.key in WHOLE:
        return _("%(used)s of %(high)s", used=format_decimal(line.used // unit), high=high)
    if line.minimum and line.maximum < seats:
        return _("at least %(low)s, at most %(high)s", low=low, high=high)
    return _("at least %(low)s", low=low) if line.minimum else _("at most %(high)s", high=high)
