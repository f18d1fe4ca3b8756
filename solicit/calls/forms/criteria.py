"""Rows of criteria in a form: those that new rounds begin with, and those of a round itself."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import Length, NumberRange, Optional

from solicit.calls.forms.seen import SeenForm
from solicit.calls.states import USUAL_CRITERIA, CriterionText
from solicit.web.forms import BaseForm, Line, WholeNumber

MOST_CRITERIA = 6
LONGEST_NAME = 120
LONGEST_SENTENCE = 300
CRITERION_PARTS = ("name", "question", "low", "high", "weight")


class CriteriaFields(BaseForm):
    """Room for several criteria; one without a name is left out."""

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

    def criteria(self) -> tuple[CriterionText, ...]:
        values = ({part: field.data for part, field in zip(CRITERION_PARTS, row, strict=True)} for row in self._named())
        return tuple(CriterionText(**each) for each in values)

    def _named(self) -> list[list]:
        return [fields for fields in self.criterion_rows if fields[0].data]

    def _is_given(self, field) -> bool:
        if field.data in (None, "") and not field.errors:
            field.errors = [_l("Fill this in, or remove the name of the criterion")]
        return not field.errors


def _criterion_fields(number: int) -> dict:
    limit = Length(max=LONGEST_SENTENCE, message=_l("This is too long"))
    weight = NumberRange(1, 100, _l("Enter a number from 1 to 100"))
    return {
        f"criterion_{number}_name": Line(_l("Criterion"), validators=[Length(max=LONGEST_NAME)]),
        f"criterion_{number}_question": Line(_l("The question it asks"), validators=[Optional(), limit]),
        f"criterion_{number}_low": Line(_l("What 1 means"), validators=[Optional(), limit]),
        f"criterion_{number}_high": Line(_l("What 5 means"), validators=[Optional(), limit]),
        f"criterion_{number}_weight": WholeNumber(_l("Weight"), validators=[Optional(), weight]),
    }


for _number in range(1, MOST_CRITERIA + 1):
    for _name, _field in _criterion_fields(_number).items():
        setattr(CriteriaFields, _name, _field)


class CriteriaForm(SeenForm, CriteriaFields):
    """The criteria that new rounds of a call begin with."""

    def part(self) -> dict:
        return {"criteria": [vars(criterion) for criterion in self.criteria()]}


def criteria_data(criteria) -> dict:
    """Criteria, as objects or as they are stored, by the names of their fields."""
    rows = [each if isinstance(each, dict) else vars(each) for each in criteria]
    return {
        f"criterion_{number}_{part}": row[part]
        for number, row in enumerate(rows[:MOST_CRITERIA], 1)
        for part in CRITERION_PARTS
    }


def usual_criteria() -> list[dict]:
    """The criteria of solicit, in the reader's language."""
    return [
        {part: gettext(v) if isinstance(v, str) else v for part, v in vars(each).items()} for each in USUAL_CRITERIA
    ]
