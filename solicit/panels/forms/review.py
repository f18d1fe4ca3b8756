"""The shape of what panelists send."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from solicit.panels.queries.review import ReviewPage
from solicit.panels.queries.rounds import CriterionView
from solicit.panels.service.review import GivenReview, answers_enough
from solicit.panels.states import CONFIDENCE_WORDS, Confidence
from solicit.web.forms import BaseForm, Line, Text

COMMENT_LONGEST = 5_000
REASON_LONGEST = 500
LARGEST_VERSION = 2**31
NEXT, DRAFT, SKIP = "next", "draft", "skip"


class StatementForm(BaseForm):
    accepts = BooleanField(
        _l("I have read this and keep to it"), validators=[InputRequired(_l("Tick the box if you accept this"))]
    )


class AbstainForm(BaseForm):
    abstain_reason = Line(
        _l("Why do you abstain?"),
        validators=[DataRequired(_l("Say why you abstain")), Length(max=REASON_LONGEST, message=_l("Shorten this"))],
    )


class ConflictForm(BaseForm):
    conflict_reason = Line(
        _l("What is the conflict?"),
        validators=[
            DataRequired(_l("Say what the conflict is")),
            Length(max=REASON_LONGEST, message=_l("Shorten this")),
        ],
    )


class ReviewForm(BaseForm):
    """A review; ``review_form`` adds one field per criterion of the round."""

    version = IntegerField(widget=HiddenInput(), default=0, validators=[NumberRange(0, LARGEST_VERSION)])
    action = RadioField(choices=[NEXT, DRAFT, SKIP], default=NEXT)
    confidence = RadioField(
        _l("How well do you know this field?"),
        choices=[(confidence.value, _l(word)) for confidence, word in CONFIDENCE_WORDS.items()],
        validators=[Optional()],
    )
    comment_to_panel = Text(
        _l("Comment to the panel"),
        validators=[Optional(), Length(max=COMMENT_LONGEST, message=_l("Shorten this comment"))],
    )
    comment_to_authors = Text(
        _l("Comment to the authors"),
        validators=[Optional(), Length(max=COMMENT_LONGEST, message=_l("Shorten this comment"))],
    )
    criteria: tuple[CriterionView, ...] = ()

    @property
    def score_fields(self) -> list:
        return [self[_score_name(criterion)] for criterion in self.criteria]

    def validate(self, extra_validators=None) -> bool:
        is_valid = super().validate(extra_validators)
        if self.action.data != NEXT:
            return is_valid
        if not self.confidence.data:
            self.confidence.errors = [_l("Say how well you know the field")]
        elif self.confidence.data != Confidence.OUTSIDE.value and not self._answers_enough():
            for criterion, field in zip(self.criteria, self.score_fields, strict=True):
                if field.data is None and not field.errors:
                    field.errors = [_l("Give a score: %(criterion)s", criterion=criterion.name)]
        return not self.errors

    def _answers_enough(self) -> bool:
        return answers_enough({criterion.id: criterion.weight for criterion in self.criteria}, self._scores())

    def _scores(self) -> dict[int, int]:
        pairs = zip(self.criteria, self.score_fields, strict=True)
        return {criterion.id: field.data for criterion, field in pairs if field.data is not None}

    def given(self) -> GivenReview:
        return GivenReview(
            confidence=Confidence(self.confidence.data) if self.confidence.data else None,
            scores=self._scores(),
            comment_to_panel=self.comment_to_panel.data or "",
            comment_to_authors=self.comment_to_authors.data or "",
            version=self.version.data or 0,
        )


def review_form(page: ReviewPage, *, is_sent: bool = True) -> ReviewForm:
    """The form of one question, with what its panelist sent now, unless another form was sent, or has saved.

    Scoring again begins with what they had said before.
    """
    begins = page.earlier if page.earlier and page.is_open and not page.is_done else page
    scores = [(value, str(value)) for value in range(1, 6)]
    fields = {
        _score_name(criterion): RadioField(criterion.name, choices=scores, coerce=int, validators=[Optional()])
        for criterion in page.criteria
    }
    saved = {_score_name(criterion): value for criterion, value in zip(page.criteria, begins.scores, strict=True)}
    sent = {} if is_sent else {"formdata": None}
    return type("ReviewFormOfRound", (ReviewForm,), fields | {"criteria": page.criteria})(
        **sent,
        data=saved
        | {
            "confidence": begins.confidence.value if begins.confidence else None,
            "comment_to_panel": page.comment_to_panel,
            "comment_to_authors": page.comment_to_authors,
            "version": page.version,
        },
    )


def _score_name(criterion: CriterionView) -> str:
    return f"score_{criterion.id}"
