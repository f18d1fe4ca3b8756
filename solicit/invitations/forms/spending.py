"""The shape of what is recorded as spent, and of the filters of its list."""

import re
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import SelectField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from solicit.invitations.states import SPENDING_WORDS, InvitationState, SpendingKind
from solicit.web.forms import BaseForm, CodePoints, Line

AMOUNT = re.compile(r"[-−]?\d{1,7}(?:[.,]\d{1,2})?")


class SpendingForm(BaseForm):
    """An amount with its kind; below 0 it is a refund or takes back an earlier one."""

    kind = SelectField(
        _l("What for"),
        choices=[(kind.value, _l(SPENDING_WORDS[kind])) for kind in SpendingKind],
        validators=[InputRequired(_l("Choose what it was spent for"))],
    )
    amount = Line(_l("Amount"), validators=[DataRequired(_l("Enter an amount, such as 640 or 12.50"))])
    note = Line(
        _l("Note"),
        validators=[CodePoints(maximum=500, too_short="", too_long=_l("Use at most 500 characters for the note"))],
    )

    def validate_amount(self, field: Line) -> None:
        if AMOUNT.fullmatch(field.data.replace(" ", "")) is None:
            raise ValidationError(_l("Enter an amount with at most two decimals, such as 640, 12.50 or -80"))
        if self.cents() == 0:
            raise ValidationError(_l("Enter an amount that is not 0"))

    def cents(self) -> int:
        plain = self.amount.data.replace(" ", "").replace("−", "-").replace(",", ".")
        return int(Decimal(plain) * 100)


def wanted_state(args: MultiDict) -> InvitationState | None:
    """The state asked for; what is none is left out."""
    return {state.value: state for state in InvitationState}.get(args.get("state", ""))
