"""The shape of a theme."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from solicit.calls.forms.seen import SeenForm
from solicit.calls.service.themes import ThemeWords
from solicit.calls.states import COLOUR_WORDS, SHAPE_WORDS
from solicit.web.forms import CodePoints, Line, Text

LONGEST_NAME = 100
LONGEST_SHORT = 40
LONGEST_DESCRIPTION = 600


class ThemeForm(SeenForm):
    """A theme with its words and its mark."""

    name = Line(
        _l("Name"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_NAME,
                too_short=_l("Enter the name of the theme"),
                too_long=_l("Use at most 100 characters for the name"),
            )
        ],
    )
    short_name = Line(
        _l("Short name"),
        validators=[
            CodePoints(maximum=LONGEST_SHORT, too_short="", too_long=_l("Use at most 40 characters for the short name"))
        ],
    )
    description = Text(
        _l("Description"),
        validators=[
            CodePoints(
                maximum=LONGEST_DESCRIPTION, too_short="", too_long=_l("Use at most 600 characters for the description")
            )
        ],
    )
    shape = RadioField(
        _l("Shape"),
        choices=[(each.value, _l(word)) for each, word in SHAPE_WORDS.items()],
        validators=[InputRequired(_l("Choose a shape"))],
    )
    colour = RadioField(
        _l("Colour"),
        choices=[(each.value, _l(word)) for each, word in COLOUR_WORDS.items()],
        validators=[InputRequired(_l("Choose a colour"))],
    )

    def words(self) -> ThemeWords:
        plain = {name: self[name].data for name in ("name", "description", "shape", "colour")}
        return ThemeWords(**plain, short_name=self.short_name.data or self.name.data[:LONGEST_SHORT])
