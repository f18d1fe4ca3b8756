"""Showing on its form what the domain refused."""

from flask_babel import gettext as _

from solicit.errors import Conflict, DomainError
from solicit.web.forms import BaseForm


def refuse(form: BaseForm, error: DomainError) -> int:
    """Say on the form what is wrong, and return the status of the page: 409 if somebody was faster."""
    form.refuse(_(error.message, **error.params))
    return 409 if isinstance(error, Conflict) else 422
