"""The shape of rounds that follow another, of their questions, and of later dates."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from solicit.panels.forms.fields import SENTENCE_LONGEST, UTCField, line, whole
from solicit.panels.queries.round_rows import LATER_WORDS
from solicit.panels.queries.rounds import RoundPage
from solicit.panels.service.rounds import NewLaterRound
from solicit.panels.states import Activity, Pick
from solicit.web.forms import BaseForm, Line
from solicit.words import N_

USUAL = {"per_theme": 35, "pairs_per_panelist": 60, "pick": Pick.SHORTLIST.value}

PICK_WORDS = {
    Pick.SHORTLIST: N_("The shortlist: those that most likely belong to the first of their theme"),
    Pick.CONTESTED: N_("The contested ones: undecided, or rated far apart"),
    Pick.CHOSEN: N_("None yet: I choose them by hand"),
}


class LaterRoundForm(BaseForm):
    """A round to follow a closed one; what is compared is asked for where pairs are compared."""

    activity = RadioField(
        _l("What panelists do"),
        choices=[(activity.value, _l(word)) for activity, word in LATER_WORDS.items()],
        validators=[InputRequired(_l("Choose what panelists do"))],
    )
    name = line(_l("Name of the round"), _l("Enter a name"))
    instruction = Line(
        _l("What is asked, as one question"),
        validators=[Optional(), Length(max=SENTENCE_LONGEST, message=_l("This is too long"))],
    )
    opens_at = UTCField(_l("Opens"), missing=_l("Enter when the round opens"))
    closes_at = UTCField(_l("Closes"), missing=_l("Enter when the round closes"))
    pick = RadioField(
        _l("Which questions"),
        choices=[(pick.value, _l(word)) for pick, word in PICK_WORDS.items()],
        validators=[InputRequired(_l("Choose which questions"))],
    )
    per_theme = whole(_l("Questions per theme on a shortlist"), 5, 200, _l("Enter a number from 5 to 200"))
    pairs_per_panelist = whole(_l("Pairs for each panelist"), 1, 1_000, _l("Enter a number from 1 to 1,000"))

    def for_change(self) -> "LaterRoundForm":
        """What a round does and which questions it began with are fixed once it is made."""
        del self.activity, self.pick, self.per_theme
        return self

    def validate_closes_at(self, field) -> None:
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_l("The round must close after it opens"))

    def new_round(self, *, activity: Activity | None = None) -> NewLaterRound:
        """What was typed; ``activity`` is that of the round that is changed."""
        picked = {} if activity else {"pick": Pick(self.pick.data), "per_theme": self.per_theme.data}
        return NewLaterRound(
            activity=activity or Activity(self.activity.data),
            name=self.name.data,
            instruction=self.instruction.data,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            pairs_per_panelist=self.pairs_per_panelist.data,
            **picked,
        )


class QuestionNumberForm(BaseForm):
    label = line(_l("Number of the question"), _l("Enter a number, for example Q-1203"), 24)


class ClosingDateForm(BaseForm):
    closes_at = UTCField(_l("New closing date"), missing=_l("Enter when the round closes"))


def values_of_later(page: RoundPage) -> dict:
    """A stored later round as the initial values of its form."""
    names = ("name", "instruction", "opens_at", "closes_at", "pairs_per_panelist")
    return {name: getattr(page, name) for name in names}
