"""The shape of what organizers send about topics."""

from collections.abc import Sequence
from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, ValidationError

from solicit.topics.queries.desk import TopicChoice
from solicit.topics.states import DETAIL_WORDS, Detail
from solicit.web.forms import BaseForm, Line
from solicit.web.routing import id_from

NAME_LONGEST = 80


class GroupForm(BaseForm):
    """How fine the next grouping is to be."""

    detail = RadioField(
        _l("How many topics?"),
        choices=[(detail.value, _l(DETAIL_WORDS[detail])) for detail in Detail],
        default=Detail.MIDDLE.value,
        validators=[InputRequired(_l("Choose how many"))],
    )
    discards = BooleanField(_l("Discard the proposal that waits"))


class VersionForm(BaseForm):
    """An act on what the organizer read: ``version`` says which."""

    version = HiddenField(validators=[InputRequired(_l("Open the page again and send it once more"))])

    def validate_version(self, field) -> None:
        if id_from(field.data) is None:
            raise ValidationError(_l("Open the page again and send it once more"))

    @property
    def seen(self) -> int:
        return int(self.version.data)


class RenameForm(VersionForm):
    name = Line(_l("Name of the topic"), validators=[Length(max=NAME_LONGEST, message=_l("Shorten the name"))])


class PinForm(VersionForm):
    """``pinned`` is sent for keeping, and left out for letting go."""

    pinned = BooleanField()


class SeatForm(BaseForm):
    """A topic that questions are put into."""

    to = SelectField(_l("Topic"), coerce=lambda text: id_from(str(text)) or 0, validate_choice=False)

    def offer(self, topics: Sequence[TopicChoice]) -> Self:
        self.to.choices = [(topic.id, topic.name) for topic in topics]
        return self


class TargetForm(SeatForm, VersionForm):
    """Another topic of the same theme."""

    def validate_to(self, field) -> None:
        if field.data not in {value for value, _label in field.choices or ()}:
            raise ValidationError(_l("Choose another topic of this theme"))


class SplitForm(VersionForm):
    name = Line(_l("Name of the new topic"), validators=[Length(max=NAME_LONGEST, message=_l("Shorten the name"))])
