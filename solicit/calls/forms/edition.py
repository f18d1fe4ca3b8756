"""The shape of what a new call must have of its own."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, ValidationError
from wtforms.validators import InputRequired

from solicit.calls.forms.dates import WhenForm
from solicit.calls.forms.texts import LONGEST_LINE
from solicit.calls.service.copy import Edition
from solicit.web.forms import CodePoints, Line

SLUG = re.compile("[a-z][a-z0-9-]{2,60}")
COPY, NOTHING = "copy", "nothing"


class EditionForm(WhenForm):
    """A new edition of a call, or a new call with nothing in it."""

    start = RadioField(
        _l("Begin with"),
        choices=[(COPY, _l("A copy of this call")), (NOTHING, _l("Nothing"))],
        validators=[InputRequired(_l("Choose what to begin with"))],
    )
    title = Line(
        _l("Title"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_LINE,
                too_short=_l("Enter the title of the call"),
                too_long=_l("Use at most %(most)s characters", most=LONGEST_LINE),
            )
        ],
    )
    slug = Line(_l("Word in its address"))

    def validate_slug(self, field) -> None:
        if not SLUG.fullmatch(field.data):
            raise ValidationError(
                _l("Use small letters a to z, digits and hyphens, at least three and at most 61, a letter first")
            )

    def edition(self) -> Edition:
        return Edition(
            slug=self.slug.data,
            title=self.title.data,
            opens_at=self.opens.moment,
            closes_at=self.closes.moment,
            time_zone=self.time_zone.data,
        )
