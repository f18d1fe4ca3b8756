"""The shape of what organizers and chairs send of rounds."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from solicit.calls.queries import ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.panels.forms.fields import NAME_LONGEST, SENTENCE_LONGEST, UTCField, line, optional_whole, whole
from solicit.panels.queries.rounds import RoundPage
from solicit.panels.service.rounds import NewCriterion, NewRound
from solicit.web.forms import BaseForm, Line, WholeNumber

MOST_CRITERIA = 6
SIMPLE, STAGED = "simple", "staged"
# What a new round begins with.
USUAL = {"reviews_per_question": 3, "is_staged": SIMPLE, "home_percent": 50}


class RoundForm(BaseForm):
    """A scoring round with room for several criteria; a criterion without a name is left out."""

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

    def validate_criterion_1_name(self, field) -> None:
        if not any(self._named()):
            raise ValidationError(_l("Name at least one criterion"))

    def validate(self, extra_validators=None) -> bool:
        is_valid = super().validate(extra_validators)
        for fields in self._named():
            is_valid = all([self._is_given(field) for field in fields[1:]]) and is_valid
        return is_valid

    @property
    def criterion_rows(self) -> list[list]:
        """The fields of each criterion: name, question, low end, high end, weight."""
        return [
            [self[f"criterion_{number}_{part}"] for part in CRITERION_PARTS] for number in range(1, MOST_CRITERIA + 1)
        ]

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
            criteria=tuple(_criterion(*(field.data for field in fields)) for fields in self._named()),
        )

    def _named(self) -> list[list]:
        return [fields for fields in self.criterion_rows if fields[0].data]

    def _is_given(self, field) -> bool:
        if field.data in (None, "") and not field.errors:
            field.errors = [_l("Fill this in, or remove the name of the criterion")]
        return not field.errors


CRITERION_PARTS = ("name", "question", "low", "high", "weight")


def _criterion_fields(number: int) -> dict:
    limit = Length(max=SENTENCE_LONGEST, message=_l("This is too long"))
    weight = NumberRange(1, 100, _l("Enter a number from 1 to 100"))
    return {
        f"criterion_{number}_name": Line(_l("Criterion"), validators=[Length(max=NAME_LONGEST)]),
        f"criterion_{number}_question": Line(_l("The question it asks"), validators=[Optional(), limit]),
        f"criterion_{number}_low": Line(_l("What 1 means"), validators=[Optional(), limit]),
        f"criterion_{number}_high": Line(_l("What 5 means"), validators=[Optional(), limit]),
        f"criterion_{number}_weight": WholeNumber(_l("Weight"), validators=[Optional(), weight]),
    }


for _number in range(1, MOST_CRITERIA + 1):
    for _name, _field in _criterion_fields(_number).items():
        setattr(RoundForm, _name, _field)


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
    for number, criterion in enumerate(page.criteria, 1):
        values |= {f"criterion_{number}_{part}": getattr(criterion, part) for part in CRITERION_PARTS}
    return values


def _criterion(name: str, question: str, low: str, high: str, weight: int) -> NewCriterion:
    key = re.sub(r"[\W_]+", "-", name.lower()).strip("-")
    return NewCriterion(key=key, name=name, question=question, low=low, high=high, weight=weight)
