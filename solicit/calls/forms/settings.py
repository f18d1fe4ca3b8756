"""The shape of what else is set of a call, and of what its form of a submission asks for."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired

from solicit.calls.forms.fields import number
from solicit.calls.forms.seen import SeenForm
from solicit.calls.states import (
    KIND_WORDS,
    OPTIONAL_OF_AUTHOR,
    OPTIONAL_OF_PLAN,
    OPTIONAL_OF_QUESTION,
    RESULTS_FOR_WORDS,
    FormChoices,
    Kind,
    ResultsFor,
    TextLimits,
)
from solicit.people.forms import email_address
from solicit.people.queries import country_choices
from solicit.web.forms import CodePoints, Line

LONGEST = 100
LICENCES = ("CC BY 4.0", "CC BY-SA 4.0", "CC0 1.0", "CC BY-NC 4.0")


class SettingsForm(SeenForm):
    """Places, host, licence, contact, and what the public sees."""

    n_places = number(_l("Places announced per theme and kind"), 1, 1_000)
    host_country = SelectField(_l("Host country"), validators=[InputRequired(_l("Choose a country or region"))])
    licence = Line(
        _l("Licence of what is published"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST,
                too_short=_l("Name a licence"),
                too_long=_l("Shorten the name of the licence"),
            )
        ],
    )
    contact = Line(_l("E-mail address for questions"))
    publishes_while_open = BooleanField(_l("Show screened questions while the call is open"))
    results_for = RadioField(
        _l("Who reads the results once they are published"),
        choices=[(each.value, _l(word)) for each, word in RESULTS_FOR_WORDS.items()],
        validators=[InputRequired(_l("Choose who reads the results"))],
    )
    keep_drafts_days = number(_l("Days that drafts are kept after the close"), 1, 3_650)

    def __init__(self, *args, locale: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.host_country.choices = list(country_choices(locale))

    def validate_contact(self, field) -> None:
        try:
            field.data = email_address(field.data) if field.data else ""
        except ValueError:
            raise ValidationError(_l("Enter an e-mail address like name@example.org")) from None

    def part(self) -> dict:
        plain = ("n_places", "host_country", "licence", "contact", "publishes_while_open", "keep_drafts_days")
        return {name: self[name].data for name in plain} | {"results_for": ResultsFor(self.results_for.data)}


def settings_data(kept: dict) -> dict:
    return kept | {"results_for": kept["results_for"].value}


# Shortest and longest value of each limit: between nothing and what a page can bear.
BOUNDS = {
    "title_min": (1, 100),
    "title_max": (50, 500),
    "overview_min": (1, 1_000),
    "overview_max": (200, 10_000),
    "significance_min": (1, 1_000),
    "significance_max": (200, 10_000),
    "approach_max": (500, 20_000),
}
LIMIT_WORDS = {
    "title_min": _l("Title: at least"),
    "title_max": _l("Title: at most"),
    "overview_min": _l("Goal overview: at least"),
    "overview_max": _l("Goal overview: at most"),
    "significance_min": _l("Scientific significance: at least"),
    "significance_max": _l("Scientific significance: at most"),
    "approach_max": _l("How it could be explored: at most"),
}


class ChoicesForm(SeenForm):
    """The kinds that a call takes, the optional fields that it asks for, and how long texts may be."""

    kinds = SelectMultipleField(
        _l("What may be sent"), choices=[(each.value, _l(word)) for each, word in KIND_WORDS.items()]
    )
    of_question = SelectMultipleField(
        _l("Of a question"), choices=[(k, _l(w)) for k, w in OPTIONAL_OF_QUESTION.items()]
    )
    of_plan = SelectMultipleField(
        _l("Of an exploration plan"), choices=[(k, _l(w)) for k, w in OPTIONAL_OF_PLAN.items()]
    )
    of_author = SelectMultipleField(_l("Of the author"), choices=[(k, _l(w)) for k, w in OPTIONAL_OF_AUTHOR.items()])

    @property
    def limit_fields(self) -> list:
        return [self[name] for name in BOUNDS]

    def validate_kinds(self, field) -> None:
        if not field.data:
            raise ValidationError(_l("Choose at least one kind"))

    def validate(self, extra_validators=None) -> bool:
        is_valid = super().validate(extra_validators)
        for part in ("title", "overview", "significance"):
            least, most = self[f"{part}_min"], self[f"{part}_max"]
            if least.data is not None and most.data is not None and least.data >= most.data:
                most.errors = [*most.errors, gettext("The longest text must be longer than the shortest")]
                is_valid = False
        return is_valid

    def part(self) -> dict:
        fields = frozenset([*self.of_question.data, *self.of_plan.data, *self.of_author.data])
        kinds = tuple(kind for kind in Kind if kind.value in self.kinds.data)
        limits = TextLimits(**{name: self[name].data for name in BOUNDS})
        return {"form_choices": FormChoices(fields, kinds).to_json(), "text_limits": vars(limits)}


for _name, (_least, _most) in BOUNDS.items():
    setattr(ChoicesForm, _name, number(LIMIT_WORDS[_name], _least, _most))


def choices_data(kept: dict) -> dict:
    """What is stored of the form of a submission, by the names of the fields here."""
    asked = set(kept["form_choices"]["fields"])
    groups = {"of_question": OPTIONAL_OF_QUESTION, "of_plan": OPTIONAL_OF_PLAN, "of_author": OPTIONAL_OF_AUTHOR}
    ticked = {name: [field for field in fields if field in asked] for name, fields in groups.items()}
    return {"kinds": kept["form_choices"]["kinds"], **ticked, **kept["text_limits"]}
