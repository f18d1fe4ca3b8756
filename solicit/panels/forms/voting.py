"""The shape of comparisons and ranked ballots."""

import re

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField
from wtforms.validators import AnyOf, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from solicit.panels.forms.review import LARGEST_VERSION, REASON_LONGEST
from solicit.panels.queries.voting.ballots import BallotPage, BallotRow
from solicit.panels.service.voting.ballot import DOWN, IN, OUT, TIE, TOP, UP
from solicit.panels.states import Preference
from solicit.web.forms import BaseForm, Line, WholeNumber

SAVE, SUBMIT = "save", "submit"
STEP = re.compile(rf"({UP}|{DOWN}|{TOP}|{TIE}|{OUT}|{IN})-([1-9][0-9]{{0,17}})")


class PairForm(BaseForm):
    """Which of the two matters more; who cannot decide says why."""

    preference = HiddenField(
        validators=[AnyOf([each.value for each in Preference], message=_l("Choose one of the answers"))]
    )
    reason = Line(
        _l("Why can you not decide?"),
        validators=[Optional(), Length(max=REASON_LONGEST, message=_l("Shorten this"))],
    )

    def validate(self, extra_validators=None) -> bool:
        is_valid = super().validate(extra_validators)
        if self.preference.data == Preference.UNDECIDED.value and not self.reason.data:
            self.reason.errors = [_l("Say why you cannot decide")]
            return False
        return is_valid


class BallotForm(BaseForm):
    """Places of the questions of one theme; ``ballot_form`` adds a field for each."""

    version = IntegerField(widget=HiddenInput(), default=0, validators=[NumberRange(0, LARGEST_VERSION)])
    rows: tuple[BallotRow, ...] = ()

    @property
    def act(self) -> tuple[str, int | None]:
        """What was pressed: save, submit, or a step such as up with the question that it moves."""
        pressed = request.form.get("action", SAVE)
        step = STEP.fullmatch(pressed)
        if step:
            return step[1], int(step[2])
        return (SUBMIT if pressed == SUBMIT else SAVE), None

    def places(self) -> dict[int, int]:
        given = {row.question_id: self.place_field(row).data for row in self.rows}
        return {question_id: place for question_id, place in given.items() if place is not None}

    def place_field(self, row: BallotRow) -> IntegerField:
        return self[place_name(row.question_id)]


def place_name(question_id: int) -> str:
    return f"place_{question_id}"


def ballot_form(page: BallotPage, *, is_sent: bool = True) -> BallotForm:
    """The form of one ballot, with what was sent now or is saved."""
    n = len(page.rows)
    in_range = NumberRange(1, n, message=_l("A place is a number from 1 to %(most)s", most=n))
    fields = {
        place_name(row.question_id): WholeNumber(row.label, validators=[Optional(), in_range]) for row in page.rows
    }
    saved = {place_name(row.question_id): row.place for row in page.rows}
    sent = {} if is_sent else {"formdata": None}
    return type("BallotFormOfTheme", (BallotForm,), fields | {"rows": page.rows})(
        **sent, data=saved | {"version": page.version}
    )
