"""The shape of a new selection and of rules about people."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from solicit.invitations.queries.candidate_rows import CandidateRow
from solicit.invitations.service.selecting.propose import LONGEST_NAME
from solicit.invitations.states import GIVEN_RULES, RULE_WORDS, Rule
from solicit.web.forms import BaseForm, CodePoints, Line

LONGEST_REASON = 300
RULES = (Rule.NONE, *GIVEN_RULES)


class NewSelectionForm(BaseForm):
    """What a selection is called, and which limits it must keep; made by ``new_selection_form``."""

    name = Line(
        _l("Name of the scenario"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_NAME,
                too_short=_l("Give the selection a name, such as “First proposal”"),
                too_long=_l("Use at most 100 characters for a name"),
            )
        ],
    )
    limits = SelectField(_l("Limits"), coerce=int)


def new_selection_form(limit_sets: Sequence[tuple[int, str]]) -> NewSelectionForm:
    """A form that offers these sets of limits, the first one chosen."""
    form = NewSelectionForm()
    form.limits.choices = list(limit_sets)
    return form


class RulesForm(BaseForm):
    """A rule for each of the people shown, and one reason for the rules that changed; made by ``rules_form``."""

    reason = Line(
        _l("Reason for the rules you changed"),
        validators=[
            CodePoints(maximum=LONGEST_REASON, too_short="", too_long=_l("Use at most 300 characters for a reason"))
        ],
    )
    before: Mapping[int, Rule] = {}

    def rule_field(self, person_id: int) -> SelectField | None:
        return self[_field_name(person_id)] if person_id in self.before else None

    @property
    def changes(self) -> dict[int, Rule]:
        """The people whose rule is another one now."""
        given = {person_id: Rule(self.rule_field(person_id).data) for person_id in self.before}
        return {person_id: rule for person_id, rule in given.items() if rule is not self.before[person_id]}

    def validate(self, extra_validators=None) -> bool:
        if not super().validate(extra_validators):
            return False
        if any(rule in GIVEN_RULES for rule in self.changes.values()) and not self.reason.data:
            self.reason.errors = [*self.reason.errors, _("Give a reason for the rules you changed")]
            return False
        return True


def rules_form(rows: Sequence[CandidateRow]) -> RulesForm:
    """A form over those rows about whom an organizer may still decide."""
    shown = [row for row in rows if row.may_be_ruled]
    choices = [(rule.value, _l(RULE_WORDS[rule])) for rule in RULES]
    fields = {
        _field_name(row.person_id): SelectField(
            _l("Rule for %(name)s", name=row.name), choices=choices, default=row.rule.value
        )
        for row in shown
    }
    before = {row.person_id: row.rule for row in shown}
    return type("FilledRulesForm", (RulesForm,), {**fields, "before": before})()


def _field_name(person_id: int) -> str:
    return f"rule_{person_id}"
