"""The shape of what people keep of their searches, and write to those they find."""

import re
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, ValidationError

from solicit.reports.service.write_to_authors import PLACEHOLDERS, Message
from solicit.web.forms import BaseForm, CodePoints, Line, Text
from solicit.web.routing import id_from

NAME_LONGEST, SUBJECT_LONGEST, BODY_LONGEST = 80, 100, 5_000
BRACED = re.compile(r"\{([^{}\s]{1,30})\}")
AGAIN = _l("Open the page again and send it once more")


class KeepForm(BaseForm):
    """A search under a name of one's own."""

    q = Line()
    name = Line(
        _l("Name of the search"),
        validators=[
            CodePoints(
                minimum=1, maximum=NAME_LONGEST, too_short=_l("Enter a name"), too_long=_l("Choose a shorter name")
            )
        ],
    )


class MessageForm(BaseForm):
    """A letter to the authors of questions; ``key`` names it, so that it is sent once."""

    key = HiddenField(default=lambda: uuid4().hex)
    expected = HiddenField()
    subject = Line(
        _l("Subject"),
        validators=[
            CodePoints(
                minimum=3, maximum=SUBJECT_LONGEST, too_short=_l("Enter a subject"), too_long=_l("Shorten the subject")
            )
        ],
    )
    body = Text(
        _l("Text"),
        validators=[
            CodePoints(minimum=10, maximum=BODY_LONGEST, too_short=_l("Enter a text"), too_long=_l("Shorten the text"))
        ],
    )

    def validate_key(self, field: HiddenField) -> None:
        if not re.fullmatch("[0-9a-f]{32}", field.data or ""):
            raise ValidationError(AGAIN)

    def validate_subject(self, field: Line) -> None:
        _check_placeholders(field.data or "")

    def validate_body(self, field: Text) -> None:
        _check_placeholders(field.data or "")

    @property
    def n_expected(self) -> int:
        """To how many people the organizer was told that it goes; 0 if nobody was told anything."""
        return id_from(self.expected.data) or 0

    @property
    def message(self) -> Message:
        return Message(self.subject.data or "", self.body.data or "")


def _check_placeholders(text: str) -> None:
    unknown = [name for name in BRACED.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        raise ValidationError(
            _l(
                "There is no placeholder {%(name)s}. Use {name} for the person and {title} for the title",
                name=unknown[0],
            )
        )
