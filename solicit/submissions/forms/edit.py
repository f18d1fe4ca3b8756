"""The shape of a new wording of something that was sent."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from solicit.submissions.forms.plan import PlanForm
from solicit.submissions.forms.text import TextForm
from solicit.submissions.states import TextValues


class Versioned:
    """A form that says which version it was opened with, so that no window overwrites another unseen."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(_l("Open the page again"))])

    def start_from(self, version: int) -> None:
        """Save over this version next time, whatever was sent now."""
        self.version.data, self.version.raw_data = version, None


class EditForm(Versioned, TextForm):
    """A new wording of a question; its kind stays."""


class EditPlanForm(Versioned, PlanForm):
    """A new wording of an exploration plan."""

    def values(self) -> TextValues:
        text = super().values()
        return replace(text, plan=replace(text.plan, answers=self.numbers()))
