"""The shape of what organizers send about topics."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired, Length

from solicit.topics.states import DETAIL_WORDS, Detail
from solicit.web.forms import BaseForm, Line

NAME_LONGEST = 80


class GroupForm(BaseForm):
    """How fine the next grouping is to be."""

    detail = RadioField(
        _l("How many topics?"),
        choices=[(detail.value, _l(DETAIL_WORDS[detail])) for detail in Detail],
        default=Detail.SAME.value,
        validators=[InputRequired(_l("Choose how many"))],
    )


class RenameForm(BaseForm):
    name = Line(_l("Name of the topic"), validators=[Length(max=NAME_LONGEST, message=_l("Shorten the name"))])
