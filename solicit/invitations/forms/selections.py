"""The shape of limits and of rules about people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Optional

from solicit.invitations.forms.numbers import between
from solicit.invitations.queries.candidates import CandidatePool
from solicit.invitations.queries.limits import Limits, Pin, QuotaLimit
from solicit.invitations.service.limits import MOST_MONEY_CENTS, MOST_SEATS
from solicit.invitations.states import RULE_WORDS, QuotaField, Rule
from solicit.web.forms import BaseForm, CodePoints, Line, WholeNumber

QUOTA_ROWS = 6
PIN_ROWS = 3
MOST_UNITS = MOST_MONEY_CENTS // 100
LONGEST_REASON = 300

Choices = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class QuotaRow:
    """The four fields of one quota."""

    who: SelectField
    minimum: WholeNumber
    maximum: WholeNumber
    price: WholeNumber


@dataclass(frozen=True)
class PinRow:
    """The three fields of one rule about a candidate."""

    person: SelectField
    rule: SelectField
    reason: Line


class SelectionForm(BaseForm):
    """Seats, money, quotas and rules; made by ``selection_form`` with as many rows as are needed."""

    seats = WholeNumber(
        _l("Seats"), validators=[between(1, MOST_SEATS, _l("Enter how many people may be invited, at least 1"))]
    )
    budget = WholeNumber(_l("Budget"), validators=[between(0, MOST_UNITS, _l("Enter the budget as a whole number"))])
    n_quotas = 0
    n_pins = 0

    @property
    def quota_rows(self) -> tuple[QuotaRow, ...]:
        parts = ("who", "minimum", "maximum", "price")
        return tuple(QuotaRow(*(self[f"quota_{n}_{part}"] for part in parts)) for n in range(1, self.n_quotas + 1))

    @property
    def pin_rows(self) -> tuple[PinRow, ...]:
        parts = ("person", "rule", "reason")
        return tuple(PinRow(*(self[f"pin_{n}_{part}"] for part in parts)) for n in range(1, self.n_pins + 1))

    def validate(self, extra_validators=None) -> bool:
        is_valid = super().validate(extra_validators)
        rows_are_whole = [_is_whole_quota(row) for row in self.quota_rows] + [
            _is_whole_pin(row) for row in self.pin_rows
        ]
        return is_valid and all(rows_are_whole)

    def limits(self) -> Limits:
        """The limits of a form that was accepted; an empty maximum is the number of seats."""
        return Limits(
            seats=self.seats.data,
            budget_cents=self.budget.data * 100,
            quotas=tuple(_quota(row, self.seats.data) for row in self.quota_rows if row.who.data),
            pins=tuple(
                Pin(int(row.person.data), Rule(row.rule.data), row.reason.data)
                for row in self.pin_rows
                if row.person.data
            ),
        )


def selection_form(
    groups: Choices, people: Sequence[tuple[str, str]], *, start: Limits | None, pin: str = ""
) -> SelectionForm:
    """A form with rows for the limits it starts from and a few empty ones; ``pin`` opens a row for a candidate."""
    values = _values(start) if start else {}
    n_quotas = max(QUOTA_ROWS, len(start.quotas) + 2) if start else QUOTA_ROWS
    n_pins = (len(start.pins) if start else 0) + PIN_ROWS
    if pin and pin not in [values.get(f"pin_{n}_person") for n in range(1, n_pins + 1)]:
        values[f"pin_{n_pins - PIN_ROWS + 1}_person"] = pin
    fields = {"n_quotas": n_quotas, "n_pins": n_pins}
    for n in range(1, n_quotas + 1):
        fields |= _quota_fields(n, groups)
    for n in range(1, n_pins + 1):
        fields |= _pin_fields(n, people)
    return type("FilledSelectionForm", (SelectionForm,), fields)(data=values)


def _quota_fields(n: int, groups: Choices) -> dict:
    people = between(0, MOST_SEATS, _l("Enter a number of people, or leave it empty"))
    price = between(0, MOST_UNITS, _l("Enter a price as a whole number, or leave it empty"))
    return {
        f"quota_{n}_who": SelectField(
            _l("Group %(n)s", n=n), choices={"–": [("", _l("No quota"))], **groups}, default=""
        ),
        f"quota_{n}_minimum": WholeNumber(_l("At least, group %(n)s", n=n), validators=[Optional(), people]),
        f"quota_{n}_maximum": WholeNumber(_l("At most, group %(n)s", n=n), validators=[Optional(), people]),
        f"quota_{n}_price": WholeNumber(_l("Price, group %(n)s", n=n), validators=[Optional(), price]),
    }


def _pin_fields(n: int, people: Sequence[tuple[str, str]]) -> dict:
    rules = [("", _l("No rule"))] + [(rule.value, _l(RULE_WORDS[rule])) for rule in (Rule.ALWAYS, Rule.NEVER)]
    too_long = _l("Use at most 300 characters for a reason")
    return {
        f"pin_{n}_person": SelectField(_l("Candidate %(n)s", n=n), choices=[("", _l("Nobody")), *people], default=""),
        f"pin_{n}_rule": SelectField(_l("Rule %(n)s", n=n), choices=rules, default=""),
        f"pin_{n}_reason": Line(
            _l("Reason %(n)s", n=n), validators=[CodePoints(maximum=LONGEST_REASON, too_short="", too_long=too_long)]
        ),
    }


def _values(limits: Limits) -> dict:
    """What a form shows of limits that were used before."""
    values = {
        "seats": limits.seats,
        "budget": limits.budget_cents // 100,
    }
    for n, quota in enumerate(limits.quotas, 1):
        values |= {
            f"quota_{n}_who": quota.name,
            f"quota_{n}_minimum": quota.minimum,
            f"quota_{n}_maximum": quota.maximum,
            f"quota_{n}_price": quota.price,
        }
    for n, pin in enumerate(limits.pins, 1):
        values |= {
            f"pin_{n}_person": str(pin.person_id),
            f"pin_{n}_rule": pin.rule.value,
            f"pin_{n}_reason": pin.reason,
        }
    return values


def _quota(row: QuotaRow, seats: int) -> QuotaLimit:
    field, _, value = row.who.data.partition(":")
    maximum = seats if row.maximum.data is None else row.maximum.data
    return QuotaLimit(QuotaField(field), value, row.minimum.data or 0, maximum, row.price.data)


def _is_whole_quota(row: QuotaRow) -> bool:
    numbers = [field.data for field in (row.minimum, row.maximum, row.price)]
    if not row.who.data and any(number is not None for number in numbers):
        return _wrong(row.who, _l("Choose the group that these numbers are for"))
    low, high = row.minimum.data, row.maximum.data
    if low is not None and high is not None and low > high:
        return _wrong(row.minimum, _l("The least must not be above the most"))
    return True


def _is_whole_pin(row: PinRow) -> bool:
    if not row.person.data and (row.rule.data or row.reason.data):
        return _wrong(row.person, _l("Choose the candidate that this rule is for"))
    if row.person.data and not row.rule.data:
        return _wrong(row.rule, _l("Choose a rule for this candidate"))
    if row.person.data and not row.reason.data:
        return _wrong(row.reason, _l("Give a reason for this rule"))
    return True


def _wrong(field, message) -> bool:
    field.errors = [*field.errors, message]
    return False


def people_choices(pool: CandidatePool, hidden: frozenset[int]) -> list[tuple[str, str]]:
    """The candidates a rule can be about, by name."""
    shown = [candidate for candidate in pool.candidates if candidate.person_id not in hidden]
    return [(str(candidate.person_id), candidate.name) for candidate in sorted(shown, key=lambda c: c.name.casefold())]
