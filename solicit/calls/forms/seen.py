"""A form that says what it was opened with, so that nobody overwrites what somebody else saved meanwhile."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField
from wtforms.validators import InputRequired

from solicit.web.forms import BaseForm


@dataclass(frozen=True)
class TwoVersions:
    """A field that says one thing as it is stored, and another as it was typed."""

    label: str
    stored: str
    typed: str


class SeenForm(BaseForm):
    """The base of every page that saves a part of a call as a whole."""

    seen = HiddenField(validators=[InputRequired(_l("Open the page again"))])

    def start_from(self, seen: str) -> None:
        """Save over this version next time, whatever was sent now."""
        self.seen.data, self.seen.raw_data = seen, None

    def beside(self, stored: "SeenForm") -> tuple[TwoVersions, ...]:
        """Every field that says something else than the same form as it is stored."""
        pairs = [(stored[field.name], field) for field in self if field.name in stored and _is_shown(field)]
        return tuple(
            TwoVersions(str(typed.label.text), shown(kept), shown(typed))
            for kept, typed in pairs
            if shown(kept) != shown(typed)
        )


def shown(field: Field) -> str:
    """What a field says, in words: of a choice its label."""
    values = field.data if isinstance(field.data, list) else [field.data]
    if getattr(field, "choices", None):
        words = {str(value): str(label) for value, label, *_ in field.choices}
        return ", ".join(words.get(str(value), str(value)) for value in values if value not in (None, ""))
    return "" if field.data is None else str(field.data)


def _is_shown(field: Field) -> bool:
    return getattr(field.widget, "input_type", "") != "hidden"
