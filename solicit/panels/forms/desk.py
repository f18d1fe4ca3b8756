"""The shape of what organizers send of panels: panels and seats."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, ValidationError
from wtforms.validators import Optional

from solicit.calls.queries import ThemeView
from solicit.panels.forms.fields import LanguagesLine, keyword_line, line, parts_of, whole
from solicit.panels.service.seats import NewSeat
from solicit.web.forms import BaseForm

HEAVIEST_LOAD = 1_000
ALL_THEMES = ""


class PanelForm(BaseForm):
    name = line(_l("Name of the panel"), _l("Enter a name"))
    theme = SelectField(_l("Home theme"), validators=[Optional()])

    def offer(self, themes: tuple[ThemeView, ...]) -> "PanelForm":
        self.theme.choices = [(ALL_THEMES, _l("All themes")), *((theme.key, theme.name) for theme in themes)]
        return self

    def theme_id(self, themes: tuple[ThemeView, ...]) -> int | None:
        return next((theme.id for theme in themes if theme.key == self.theme.data), None)


class SeatForm(BaseForm):
    email = line(_l("E-mail address of their account"), _l("Enter an address"), 254)
    is_chair = BooleanField(_l("They chair this panel"))
    keywords = keyword_line(_l("What they know"))
    languages = LanguagesLine(_l("Languages they read"))
    min_load = whole(_l("Smallest load"), 0, HEAVIEST_LOAD, _l("Enter a number from 0 to 1,000"))
    max_load = whole(_l("Highest load"), 0, HEAVIEST_LOAD, _l("Enter a number from 0 to 1,000"))

    def validate_max_load(self, field) -> None:
        if field.data is not None and self.min_load.data is not None and field.data < self.min_load.data:
            raise ValidationError(_l("The highest load is below the smallest"))

    def seat(self) -> NewSeat:
        return NewSeat(
            email=self.email.data if self.email else "",
            is_chair=bool(self.is_chair and self.is_chair.data),
            keywords=parts_of(self.keywords.data),
            languages=self.languages.codes,
            min_load=self.min_load.data,
            max_load=self.max_load.data,
        )


class SeatedForm(SeatForm):
    """What organizers may change of somebody who sits on a panel already."""

    email = None
