"""The shape of what is recorded of the meeting."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from solicit.invitations.queries.programme.outcomes import ContributionView, OutcomeView
from solicit.invitations.queries.programme.speakers import Speaker
from solicit.invitations.service.programme.outcomes import ContributionValues, OutcomeValues
from solicit.invitations.states import OUTCOME_KIND_WORDS, OutcomeKind
from solicit.submissions.forms.edit import Versioned
from solicit.web.forms import BaseForm, CodePoints, Line, Text

LONGEST_TITLE, LONGEST_TEXT = 200, 5_000


class ContributionForm(BaseForm):
    person = SelectField(_l("Who"), validators=[InputRequired(_l("Choose who said it"))])
    title = Line(
        _l("Title"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_TITLE,
                too_short=_l("Enter a title"),
                too_long=_l("Use at most 200 characters for a title"),
            )
        ],
    )
    text = Text(
        _l("What was said"),
        validators=[
            CodePoints(maximum=LONGEST_TEXT, too_short="", too_long=_l("Use at most 5,000 characters for a text"))
        ],
    )

    def offer(self, people: Sequence[Speaker], kept: ContributionView | None = None) -> "ContributionForm":
        """``kept`` made the contribution, and stays in the list when they take part no longer."""
        known = [(str(each.person_id), each.name) for each in people]
        if kept and kept.person_id not in [each.person_id for each in people]:
            known.append((str(kept.person_id), kept.person))
        self.person.choices = [("", _l("Choose")), *known]
        return self

    def values(self) -> ContributionValues:
        return ContributionValues(int(self.person.data), self.title.data, self.text.data)


class ChangeContributionForm(Versioned, ContributionForm):
    pass


class OutcomeForm(BaseForm):
    kind = RadioField(
        _l("Outcome"),
        choices=[(kind.value, _l(word)) for kind, word in OUTCOME_KIND_WORDS.items()],
        validators=[InputRequired(_l("Choose what the meeting found"))],
    )
    found = Text(
        _l("What the meeting found"),
        validators=[
            CodePoints(
                minimum=1,
                maximum=LONGEST_TEXT,
                too_short=_l("Enter what the meeting found"),
                too_long=_l("Use at most 5,000 characters for a text"),
            )
        ],
    )

    def values(self) -> OutcomeValues:
        return OutcomeValues(OutcomeKind(self.kind.data), self.found.data)


class ChangeOutcomeForm(Versioned, OutcomeForm):
    pass


class VersionForm(Versioned, BaseForm):
    """A button that acts on what its page showed."""


def contribution_values(view: ContributionView) -> dict:
    """What a form shows of a contribution."""
    return {"person": str(view.person_id), "title": view.title, "text": view.text, "version": view.version}


def outcome_values(view: OutcomeView) -> dict:
    """What a form shows of an outcome."""
    return {"kind": view.kind.value, "found": view.text, "version": view.version}
