"""The shape of what people say about letters."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField

from solicit.web.forms import BaseForm


class StopForm(BaseForm):
    """The button below a letter; ``again`` undoes it."""

    again = BooleanField()


class LettersForm(BaseForm):
    """Which letters that nobody must get a person wants."""

    kinds = SelectMultipleField(_l("Letters you want"))
