"""The shape of what organizers send: panels, seats, rounds."""

import re
from datetime import UTC

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateTimeField, RadioField, SelectField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from solicit.calls.queries import ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.panels.queries.rounds import RoundPage
from solicit.panels.service.rounds import NewCriterion, NewRound
from solicit.panels.service.seats import NewSeat
from solicit.web.forms import BaseForm, Line, WholeNumber

NAME_LONGEST = 120
SENTENCE_LONGEST = 300
MOST_CRITERIA = 6
HEAVIEST_LOAD = 1_000
TIME_FORMAT = "%Y-%m-%d %H:%M"
FIRST_YEAR, LAST_YEAR = 2020, 2100
ALL_THEMES = ""


class WithinReach:
    """A year that can be meant."""

    def __call__(self, form, field) -> None:
        if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(_l("Give a date between 2020 and 2100"))


class UTCField(DateTimeField):
    """A moment in UTC, typed as 2027-02-28 23:59."""

    # One line of text: the browser's own pickers show another zone and another order.
    widget = TextInput()

    def __init__(self, label: str, *, missing: str, **options) -> None:
        super().__init__(label, validators=[InputRequired(missing), WithinReach()], format=TIME_FORMAT, **options)

    def process_formdata(self, valuelist) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Write the time like 2027-02-28 23:59")) from None
        if self.data:
            self.data = self.data.replace(tzinfo=UTC)


def _whole(label, smallest: int, largest: int, message) -> WholeNumber:
    return WholeNumber(label, validators=[InputRequired(message), NumberRange(smallest, largest, message)])


def _line(label, missing, longest: int = NAME_LONGEST) -> Line:
    return Line(label, validators=[DataRequired(missing), Length(max=longest, message=_l("This is too long"))])


class PanelForm(BaseForm):
    name = _line(_l("Name of the panel"), _l("Enter a name"))
    theme = SelectField(_l("Home theme"), validators=[Optional()])

    def offer(self, themes: tuple[ThemeView, ...]) -> "PanelForm":
        self.theme.choices = [(ALL_THEMES, _l("All themes")), *((theme.key, theme.name) for theme in themes)]
        return self

    def theme_id(self, themes: tuple[ThemeView, ...]) -> int | None:
        return next((theme.id for theme in themes if theme.key == self.theme.data), None)


class SeatForm(BaseForm):
    email = _line(_l("E-mail address of their account"), _l("Enter an address"), 254)
    is_chair = BooleanField(_l("They chair this panel"))
    keywords = Line(
        _l("What they know"), validators=[Optional(), Length(max=SENTENCE_LONGEST, message=_l("This is too long"))]
    )
    languages = _line(_l("Languages they read"), _l("Enter at least one language"))
    min_load = _whole(_l("Smallest load"), 0, HEAVIEST_LOAD, _l("Enter a number from 0 to 1,000"))
    max_load = _whole(_l("Highest load"), 0, HEAVIEST_LOAD, _l("Enter a number from 0 to 1,000"))

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


class AssignForm(BaseForm):
    accept_fewer = BooleanField(_l("Assign as many as there are where too few panelists are eligible"))


class RoundForm(BaseForm):
    """A round with room for several criteria; a criterion without a name is left out."""

    kind = RadioField(
        _l("What is ranked"),
        choices=[(kind.value, _l(word)) for kind, word in KIND_WORDS.items()],
        validators=[InputRequired(_l("Choose what is ranked"))],
    )
    name = _line(_l("Name of the round"), _l("Enter a name"))
    opens_at = UTCField(_l("Opens"), missing=_l("Enter when the round opens"))
    closes_at = UTCField(_l("Closes"), missing=_l("Enter when the round closes"))
    reviews_per_question = _whole(_l("Panelists per question"), 1, 20, _l("Enter a number from 1 to 20"))

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

    def new_round(self) -> NewRound:
        return NewRound(
            kind=Kind(self.kind.data),
            name=self.name.data,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            reviews_per_question=self.reviews_per_question.data,
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
        "reviews_per_question": page.reviews_per_question,
    }
    for number, criterion in enumerate(page.criteria, 1):
        values |= {f"criterion_{number}_{part}": getattr(criterion, part) for part in CRITERION_PARTS}
    return values


def _parts(text: str | None) -> tuple[str, ...]:
    """Parts between commas, each once."""
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))


def _criterion(name: str, question: str, low: str, high: str, weight: int) -> NewCriterion:
    key = re.sub(r"[\W_]+", "-", name.lower()).strip("-")
    return NewCriterion(key=key, name=name, question=question, low=low, high=high, weight=weight)
