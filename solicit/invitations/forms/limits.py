"""The shape of limits: seats, money, caps, and one row for each quota."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.validators import DataRequired, Optional

from solicit.invitations.forms.numbers import between
from solicit.invitations.queries.limits import Limits, QuotaLimit
from solicit.invitations.service.limits import MOST_MONEY_CENTS, MOST_SEATS
from solicit.invitations.states import QuotaField
from solicit.submissions.forms.plan import ManyOf
from solicit.web.forms import BaseForm, CodePoints, Line, Text, WholeNumber

ROWS = 6
MORE_ROWS = 4
MOST_ROWS = 60
MOST_UNITS = MOST_MONEY_CENTS // 100
LONGEST_REASON = 1_000
REASON = CodePoints(
    minimum=10,
    maximum=LONGEST_REASON,
    too_short=_l("Give the reason in at least 10 characters"),
    too_long=_l("Use at most 1,000 characters for the reason"),
)

Choices = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class QuotaRow:
    """The four fields of one quota."""

    group: SelectField
    minimum: WholeNumber
    maximum: WholeNumber
    price: WholeNumber

    @property
    def numbers(self) -> tuple[WholeNumber, ...]:
        return self.minimum, self.maximum, self.price


def _cap(label: str, least: int) -> WholeNumber:
    message = _l("Enter a number of people, or leave it empty for no cap")
    return WholeNumber(label, validators=[Optional(), between(least, MOST_SEATS, message)])


class LimitsForm(BaseForm):
    """Limits as they are typed; made by ``limits_form`` with as many rows as are needed.

    ``seen`` is what the page showed: the version of the draft, or the number of the limits in force. ``do`` is the
    button: "more" rows and "check" only show the page again.
    """

    do = Line()
    seen = HiddenField()
    rows = HiddenField()
    runs = ManyOf(
        _l("Candidates come from these rankings"), validators=[DataRequired(_l("Choose at least one ranking"))]
    )
    seats = WholeNumber(
        _l("Seats in the room"),
        validators=[between(1, MOST_SEATS, _l("Enter how many people may come, from 1 to 1,000"))],
    )
    online_places = WholeNumber(
        _l("Places online"),
        validators=[between(0, MOST_SEATS, _l("Enter how many may take part online, from 0 to 1,000"))],
        default=0,
    )
    budget = WholeNumber(_l("Budget"), validators=[between(0, MOST_UNITS, _l("Enter the budget as a whole number"))])
    country_cap = _cap(_l("At most from any one country"), 1)
    host_cap = _cap(_l("At most from the host country"), 0)
    institution_cap = _cap(_l("At most from any one institution"), 1)
    n_quotas = 0
    # The groups that have people, or that the limits named before.
    offered: frozenset[str] = frozenset()

    @property
    def quota_rows(self) -> tuple[QuotaRow, ...]:
        parts = ("group", "minimum", "maximum", "price")
        return tuple(QuotaRow(*(self[f"quota_{n}_{part}"] for part in parts)) for n in range(1, self.n_quotas + 1))

    def validate(self, extra_validators=None) -> bool:
        is_valid = super().validate(extra_validators)
        seen: set[str] = set()
        for row in self.quota_rows:
            is_valid = self._check(row, seen) and is_valid
            seen.add(row.group.data)
        return is_valid

    def run_ids(self) -> tuple[int, ...]:
        return tuple(sorted(map(int, self.runs.data)))

    def limits(self) -> Limits:
        """The limits of a form that was accepted; an empty maximum is the number of places."""
        places = self.seats.data + self.online_places.data
        return Limits(
            seats=self.seats.data,
            budget_cents=self.budget.data * 100,
            online_places=self.online_places.data,
            country_cap=self.country_cap.data,
            institution_cap=self.institution_cap.data,
            host_cap=self.host_cap.data,
            quotas=tuple(_quota(row, places) for row in self.quota_rows if row.group.data),
        )

    def _check(self, row: QuotaRow, seen: set[str]) -> bool:
        """Whether a row is empty or whole; says on it what is wrong."""
        group, low, high = row.group.data, row.minimum.data, row.maximum.data
        if not group:
            is_empty = not any(field.raw_data and field.raw_data[0].strip() for field in row.numbers)
            return is_empty or _wrong(row.group, _l("Choose the group that these numbers are for"))
        if group not in self.offered:
            return _wrong(row.group, _l("Nobody in the chosen rankings belongs to this group. Choose another one"))
        if group in seen:
            return _wrong(row.group, _l("This group has a quota already. Give it one row"))
        if any(field.errors for field in row.numbers):
            return False
        if low is None and high is None:
            return _wrong(row.minimum, _l("Enter how many at least, how many at most, or both"))
        is_upside_down = low is not None and high is not None and low > high
        return not is_upside_down or _wrong(row.minimum, _l("The least must not be above the most"))


class ChangeForm(LimitsForm):
    """Other limits in the place of those in force."""

    reason = Text(_l("Reason for the change"))

    def validate_reason(self, field) -> None:
        if self.do.data != "check":
            REASON(self, field)


class RefusalForm(BaseForm):
    """Why a change is refused."""

    reason = Text(_l("Reason for the refusal"), validators=[REASON])


class SeenForm(BaseForm):
    """A button about the draft that the page showed."""

    seen = HiddenField()


def limits_form(
    form: type[LimitsForm], *, groups: Choices, runs: Choices, offered: frozenset[str], values: dict, n_rows: int
) -> LimitsForm:
    """A form with ``n_rows`` rows for quotas; ``groups`` are the choices of each, by kind."""
    fields: dict = {"n_quotas": n_rows, "offered": offered}
    for n in range(1, n_rows + 1):
        fields |= _quota_fields(n, groups)
    made = type("FilledLimitsForm", (form,), fields)(data=values)
    made.runs.choices = list(runs)
    made.rows.data = str(n_rows)
    return made


def values_of(limits: Limits) -> dict:
    """What a form shows of limits; a maximum that is the number of places stays empty."""
    names = ("seats", "online_places", "country_cap", "host_cap", "institution_cap")
    values = {name: getattr(limits, name) for name in names} | {"budget": limits.budget_cents // 100}
    for n, quota in enumerate(limits.quotas, 1):
        values |= {
            f"quota_{n}_group": quota.name,
            f"quota_{n}_minimum": quota.minimum or None,
            f"quota_{n}_maximum": quota.maximum if quota.maximum < limits.places else None,
            f"quota_{n}_price": quota.price,
        }
    return values


def _quota_fields(n: int, groups: Choices) -> dict:
    people = between(0, 2 * MOST_SEATS, _l("Enter a number of people, or leave it empty"))
    price = between(0, MOST_UNITS, _l("Enter a price as a whole number, or leave it empty"))
    return {
        f"quota_{n}_group": SelectField(
            _l("Group"), choices={"–": [("", _l("No quota"))], **groups}, default="", validate_choice=False
        ),
        f"quota_{n}_minimum": WholeNumber(_l("At least"), validators=[Optional(), people]),
        f"quota_{n}_maximum": WholeNumber(_l("At most"), validators=[Optional(), people]),
        f"quota_{n}_price": WholeNumber(_l("Price"), validators=[Optional(), price]),
    }


def _quota(row: QuotaRow, places: int) -> QuotaLimit:
    field, _, value = row.group.data.partition(":")
    maximum = places if row.maximum.data is None else row.maximum.data
    return QuotaLimit(QuotaField(field), value, row.minimum.data or 0, maximum, row.price.data)


def _wrong(field, message) -> bool:
    field.errors = [*field.errors, message]
    return False
