"""The shape of what is typed about proposed people, by others and by themselves."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from solicit.calls.queries import ThemeView
from solicit.invitations.forms.numbers import between
from solicit.people.forms import NAME_LENGTH, EmailLine
from solicit.web.forms import BaseForm, CodePoints, Line, Text, WholeNumber

SHORTEST_STATEMENT = 40
LONGEST_STATEMENT = 3_000


class StatementForm(BaseForm):
    """A statement of fit under a theme."""

    theme = SelectField(_l("Theme"), validators=[InputRequired(_l("Choose a theme"))])
    statement = Text(
        _l("Statement of fit"),
        validators=[
            CodePoints(
                minimum=SHORTEST_STATEMENT,
                maximum=LONGEST_STATEMENT,
                too_short=_l("Say in at least 40 characters what this person can contribute"),
                too_long=_l("Use at most 3,000 characters for the statement"),
            )
        ],
    )

    def offer(self, themes: Iterable[ThemeView]):
        self.theme.choices = [("", _l("Choose a theme")), *((theme.key, theme.name) for theme in themes)]
        return self


class NominationForm(StatementForm):
    """A person proposed without a ranked question."""

    email = EmailLine(_l("E-mail address"))
    full_name = Line(_l("Full name, as they publish it"), validators=[NAME_LENGTH])


class PanelProposalForm(NominationForm):
    """A person proposed in the name of a panel."""

    panel = SelectField(_l("In the name of the panel"), validators=[InputRequired(_l("Choose a panel"))])

    def offer_panels(self, panels: Iterable[tuple[int, str]]) -> "PanelProposalForm":
        self.panel.choices = [(str(number), name) for number, name in panels]
        return self


class ScoreForm(BaseForm):
    """How well a statement fits, from 0 to 100."""

    value = WholeNumber(_l("Your score, 0 to 100"), validators=[between(0, 100, _l("Enter a number from 0 to 100"))])
