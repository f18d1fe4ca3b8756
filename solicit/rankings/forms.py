"""The shape of what is sent about rankings: filters, remarks, reasons."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from solicit.rankings.queries.rows import SORTS, USUAL_SORT, Wanted
from solicit.rankings.states import Evidence
from solicit.web.forms import BaseForm, Line, Text
from solicit.web.text import BadText, one_line

LONGEST_SEARCH = 200
LONGEST_LABEL = 24
LONGEST_REMARK = 2_000
LONGEST_REASON = 500


class RemarkForm(BaseForm):
    """A remark that a panel writes beside a ranking, with its reason."""

    panel = SelectField(_l("In the name of the panel"), validators=[InputRequired(_l("Choose a panel"))])
    label = Line(
        _l("Number of the question, such as Q-12"),
        validators=[Optional(), Length(max=LONGEST_LABEL, message=_l("This is no number of a question"))],
    )
    text = Text(
        _l("Remark and reason"),
        validators=[
            DataRequired(_l("Write the remark and its reason")),
            Length(max=LONGEST_REMARK, message=_l("This is too long")),
        ],
    )

    def offer(self, panels: Sequence[tuple[int, str]]) -> "RemarkForm":
        self.panel.choices = [(str(id_), name) for id_, name in panels]
        return self


class ReasonForm(BaseForm):
    """Why there is to be another ranking of a round."""

    reason = Text(
        _l("Reason"),
        validators=[
            DataRequired(_l("Say why there is to be another ranking")),
            Length(max=LONGEST_REASON, message=_l("This is too long")),
        ],
    )


class WithoutForm(ReasonForm):
    cases = SelectMultipleField(
        _l("Without the panelists of these upheld cases"), validators=[InputRequired(_l("Choose at least one case"))]
    )

    def offer(self, cases: Sequence[tuple[int, str]]) -> "WithoutForm":
        self.cases.choices = [(str(id_), words) for id_, words in cases]
        return self


def wanted_from(sent: MultiDict, *, theme_id: int) -> Wanted:
    """Which rows a query string asks for; what means nothing is left out."""
    known = {evidence.value: evidence for evidence in Evidence}
    sort = sent.get("sort", "")
    return Wanted(
        theme_id=theme_id,
        evidence=known.get(sent.get("evidence", "")),
        words=words_from(sent),
        sort=sort if sort in SORTS else USUAL_SORT,
    )


def words_from(sent: MultiDict) -> str:
    """What is searched for, cut at its longest; nothing for a text that is none."""
    try:
        return one_line(sent.get("q", "")[:LONGEST_SEARCH])
    except BadText:
        return ""
