"""The shape of what organizers and chairs send of rounds."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from solicit.calls.states import KIND_WORDS, Kind
from solicit.panels.forms.fields import NAME_LONGEST, SENTENCE_LONGEST, UTCField, line, whole
from solicit.panels.queries.rounds import RoundPage
from solicit.panels.service.rounds import NewCriterion, NewRound
from solicit.web.forms import BaseForm, Line, WholeNumber

MOST_CRITERIA = 6


class AssignForm(BaseForm):
    accept_fewer = BooleanField(_l("Assign as many as there are where too few panelists are eligible"))


class RoundForm(BaseForm):
    """A round with room for several criteria; a criterion without a name is left out."""

    kind = RadioField(
        _l("What is ranked"),
        choices=[(kind.value, _l(word)) for kind, word in KIND_WORDS.items()],
        validators=[InputRequired(_l("Choose what is ranked"))],
    )
    name = line(_l("Name of the round"), _l("Enter a name"))
    opens_at = UTCField(_l("Opens"), missing=_l("Enter when the round opens"))
    closes_at = UTCField(_l("Closes"), missing=_l("Enter when the round closes"))
    reviews_per_question = whole(_l("Panelists per question"), 1, 20, _l("Enter a number from 1 to 20"))

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


def _criterion(name: str, question: str, low: str, high: str, weight: int) -> NewCriterion:
    key = re.sub(r"[\W_]+", "-", name.lower()).strip("-")
    return NewCriterion(key=key, name=name, question=question, low=low, high=high, weight=weight)
