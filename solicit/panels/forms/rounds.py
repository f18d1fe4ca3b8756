"""The shape of what organizers and chairs send of rounds."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired

from solicit.calls.forms.criteria import CriteriaFields, criteria_data, usual_criteria
from solicit.calls.queries import ThemeView
from solicit.calls.states import KIND_WORDS, CriterionText, Kind
from solicit.panels.forms.fields import UTCField, line, optional_whole, whole
from solicit.panels.queries.rounds import RoundPage
from solicit.panels.service.rounds import NewCriterion, NewRound

SIMPLE, STAGED = "simple", "staged"
# What a new round begins with.
USUAL = {"reviews_per_question": 3, "is_staged": SIMPLE, "home_percent": 50}


class RoundForm(CriteriaFields):
    """A scoring round with its criteria."""

    kind = RadioField(
        _l("What is ranked"),
        choices=[(kind.value, _l(word)) for kind, word in KIND_WORDS.items()],
        validators=[InputRequired(_l("Choose what is ranked"))],
    )
    name = line(_l("Name of the round"), _l("Enter a name"))
    opens_at = UTCField(_l("Opens"), missing=_l("Enter when the round opens"))
    closes_at = UTCField(_l("Closes"), missing=_l("Enter when the round closes"))
    themes = SelectMultipleField(_l("Themes"))
    reviews_per_question = whole(_l("Panelists per question"), 1, 20, _l("Enter a number from 1 to 20"))
    is_staged = RadioField(
        _l("How ratings are spread"),
        choices=[
            (SIMPLE, _l("Every question gets the same number of panelists")),
            (STAGED, _l("In stages: one rating for each question, then more where the first places are undecided")),
        ],
        validators=[InputRequired(_l("Choose how ratings are spread"))],
    )
    home_percent = whole(
        _l("Share of raters from the home theme, in percent"), 0, 100, _l("Enter a number from 0 to 100")
    )
    most_per_region = optional_whole(_l("Most raters of a question from one region"), 1, 20)
    most_per_institution = optional_whole(_l("Most raters of a question from one institution"), 1, 20)
    publishes_ratings = BooleanField(_l("Publish single ratings with the ranking"))

    def offer(self, themes: tuple[ThemeView, ...]) -> "RoundForm":
        """Offer these themes; with none, what is ranked follows from the panel."""
        if not themes:
            del self.themes
            return self
        self.themes.choices = [(str(theme.id), theme.name) for theme in themes]
        return self

    def validate_closes_at(self, field) -> None:
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_l("The round must close after it opens"))

    def new_round(self, *, panel_id: int | None) -> NewRound:
        return NewRound(
            panel_id=panel_id,
            kind=Kind(self.kind.data),
            name=self.name.data,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            theme_ids=tuple(int(theme_id) for theme_id in self.themes.data or ()) if "themes" in self else (),
            reviews_per_question=self.reviews_per_question.data,
            is_staged=self.is_staged.data == STAGED,
            home_share=self.home_percent.data / 100,
            most_per_region=self.most_per_region.data,
            most_per_institution=self.most_per_institution.data,
            publishes_ratings=self.publishes_ratings.data,
            criteria=tuple(_criterion(criterion) for criterion in self.criteria()),
        )


def values_of_round(page: RoundPage) -> dict:
    """A stored round as the initial values of its form."""
    values = {
        "kind": page.kind.value,
        "name": page.name,
        "opens_at": page.opens_at,
        "closes_at": page.closes_at,
        "themes": [str(theme_id) for theme_id in page.theme_ids],
        "reviews_per_question": page.reviews_per_question,
        "is_staged": STAGED if page.is_staged else SIMPLE,
        "home_percent": round(page.home_share * 100),
        "most_per_region": page.most_per_region,
        "most_per_institution": page.most_per_institution,
        "publishes_ratings": page.publishes_ratings,
    }
    return values | criteria_data(page.criteria)


def usual_values(criteria: list[dict]) -> dict:
    """What a new round begins with: the criteria of its call, or those of solicit."""
    return USUAL | criteria_data(criteria or usual_criteria())


def _criterion(text: CriterionText) -> NewCriterion:
    key = re.sub(r"[\W_]+", "-", text.name.lower()).strip("-")
    return NewCriterion(key=key, **vars(text))
