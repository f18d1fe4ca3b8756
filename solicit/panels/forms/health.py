"""The shape of a decision on a panelist whose ratings stand out."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import DataRequired, InputRequired, Length

from solicit.panels.states import CASE_WORDS, CaseState
from solicit.web.forms import BaseForm, Text

LONGEST_NOTE = 1_000


class CaseForm(BaseForm):
    verdict = RadioField(
        _l("What became of it"),
        choices=[(state.value, _l(CASE_WORDS[state])) for state in (CaseState.EXPLAINED, CaseState.UPHELD)],
        validators=[InputRequired(_l("Choose what became of the case"))],
    )
    note = Text(
        _l("Note"),
        validators=[
            DataRequired(_l("Say why")),
            Length(max=LONGEST_NOTE, message=_l("This is too long")),
        ],
    )
