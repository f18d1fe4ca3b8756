"""The shape of what organizers send of panels: panels and seats."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, ValidationError
from wtforms.validators import Length, Optional

from solicit.calls.queries import ThemeView
from solicit.panels.forms.fields import SENTENCE_LONGEST, line, whole
from solicit.panels.service.seats import NewSeat
from solicit.web.forms import BaseForm, Line

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
    keywords = Line(
        _l("What they know"), validators=[Optional(), Length(max=SENTENCE_LONGEST, message=_l("This is too long"))]
    )
    languages = line(_l("Languages they read"), _l("Enter at least one language"))
    min_load = whole(_l("Smallest load"), 0, HEAVIEST_LOAD, _l("Enter a number from 0 to 1,000"))
    max_load = whole(_l("Highest load"), 0, HEAVIEST_LOAD, _l("Enter a number from 0 to 1,000"))

    def validate_languages(self, field) -> None:
        if not all(re.fullmatch("[a-z]{2,3}", code) for code in _parts(field.data)):
            raise ValidationError(_l("Write codes of two or three letters, for example en, fr"))

    def validate_max_load(self, field) -> None:
        if field.data is not None and self.min_load.data is not None and field.data < self.min_load.data:
            raise ValidationError(_l("The highest load is below the smallest"))

    def seat(self) -> NewSeat:
        return NewSeat(
            email=self.email.data,
            is_chair=self.is_chair.data,
            keywords=_parts(self.keywords.data),
            languages=_parts(self.languages.data),
            min_load=self.min_load.data,
            max_load=self.max_load.data,
        )


def _parts(text: str | None) -> tuple[str, ...]:
    """Parts between commas, each once."""
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
