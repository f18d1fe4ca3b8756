"""The shape of what is written in a discussion."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField
from wtforms.validators import DataRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from solicit.web.forms import BaseForm, Text

POST_LONGEST = 4_000
SUMMARY_LONGEST = 2_000
LARGEST_VERSION = 2**31
HIDE, SHOW = "hide", "show"


class PostForm(BaseForm):
    text = Text(
        _l("What do you want to say to the panel?"),
        validators=[
            DataRequired(_l("Write something first")),
            Length(max=POST_LONGEST, message=_l("Shorten this post")),
        ],
    )


class SummaryForm(BaseForm):
    summary = Text(
        _l("What the panel takes from this discussion"),
        validators=[
            DataRequired(_l("Write the summary first")),
            Length(max=SUMMARY_LONGEST, message=_l("Shorten this summary")),
        ],
    )
    version = IntegerField(widget=HiddenInput(), default=0, validators=[NumberRange(0, LARGEST_VERSION)])


class ModerateForm(BaseForm):
    """Which panelist's comment, by the label of this question, and whether it is kept out or shown."""

    who = HiddenField(validators=[DataRequired(), Length(max=8)])
    wish = RadioField(choices=[HIDE, SHOW])
