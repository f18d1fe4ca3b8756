"""The shape of the confirmation that results become public."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import Length

from solicit.web.forms import BaseForm, Text
from solicit.web.routing import id_from

LONGEST_NOTE = 2_000


class PublishForm(BaseForm):
    """What the organizer saw, what a correction changes, and whether the submitters are written to."""

    number = HiddenField()
    runs = HiddenField()
    note = Text(
        _l("What this publication changes"),
        validators=[Length(max=LONGEST_NOTE, message=_l("Use at most 2,000 characters for what it changes"))],
    )
    tells = BooleanField(_l("Write to everybody who sent something"))

    @property
    def seen_number(self) -> int:
        """The number that the page showed; 0 if the field was tampered with."""
        return id_from(self.number.data) or 0

    @property
    def seen_runs(self) -> tuple[int, ...]:
        return tuple(id_from(part) or 0 for part in (self.runs.data or "").split(",") if part)
