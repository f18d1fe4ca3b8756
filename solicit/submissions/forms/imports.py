"""The shape of what organizers say about a file to import."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, ValidationError

from solicit.submissions.queries.columns import IMPORT_COLUMNS
from solicit.web.forms import BaseForm

NOT_IN_FILE = ""


class UploadForm(BaseForm):
    file = FileField(_l("File"))

    def validate_file(self, field) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(_l("Choose a file"))


class _MappingForm(BaseForm):
    """Which column of the file is which of ours: a select for each of ours, by its name."""

    @property
    def columns(self) -> list[SelectField]:
        return [self[column.name] for column in IMPORT_COLUMNS]

    def validate_title(self, field) -> None:
        if field.data == NOT_IN_FILE:
            raise ValidationError(_l("Choose the column that holds the title"))

    def mapping(self) -> dict[str, int]:
        return {field.name: int(field.data) for field in self.columns if field.data != NOT_IN_FILE}


def mapping_form(columns: Sequence[str], chosen: Mapping[str, int]) -> _MappingForm:
    """The form for a file with these columns."""
    names = [(str(place), name or _("Column %(n)s", n=place + 1)) for place, name in enumerate(columns)]
    choices = [(NOT_IN_FILE, _("Not in the file")), *names]
    fields = {
        column.name: SelectField(_l(column.label), choices=choices, default=str(chosen.get(column.name, NOT_IN_FILE)))
        for column in IMPORT_COLUMNS
    }
    return type("MappingForm", (_MappingForm,), fields)()


class ConfirmForm(BaseForm):
    leave_out = BooleanField(_l("Leave the refused rows out"))
