"""The shape of a new wording."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from solicit.calls.states import Kind
from solicit.submissions.forms.text import TextForm


class EditForm(TextForm):
    """A new wording of a submission; its kind stays."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("Open the page again"))])

    def __init__(self, *args, kind: Kind, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kept_kind = kind

    @property
    def chosen_kind(self) -> Kind:
        return self.kept_kind

    def start_from(self, version: int) -> None:
        """Save over this version next time, whatever was sent now."""
        self.version.data, self.version.raw_data = version, None
