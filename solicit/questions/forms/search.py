"""The shape of what readers look for in the list."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, ValidationError

from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.questions.queries.listing import Search, Sort, usual_sort
from solicit.submissions.states import LANGUAGES
from solicit.web.forms import BaseForm, CodePoints, Line
from solicit.web.routing import id_from

LONGEST_SEARCH = 200


class SearchForm(BaseForm):
    """What a reader looks for in the list; it comes with the address and changes nothing."""

    class Meta:
        csrf = False

    theme = SelectField(default="")
    kind = SelectField(choices=["", *(kind.value for kind in Kind)], default="")
    topic = StringField()
    language = SelectField(choices=["", *LANGUAGES], default="")
    sort = SelectField(choices=["", *(sort.value for sort in Sort)], default="")
    q = Line(validators=[CodePoints(maximum=LONGEST_SEARCH, too_short="", too_long=_l("Search for fewer words"))])

    def __init__(self, *args, call: CallFacts, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.theme.choices = ["", *(theme.key for theme in call.themes)]

    def validate_topic(self, field: StringField) -> None:
        if field.data and id_from(field.data) is None:
            raise ValidationError(_l("Choose one of the topics"))

    def search(self, *, may_sort_by_support: bool) -> Search:
        """What to look for; what its words lead to is found later."""
        words = self.q.data or ""
        usual = usual_sort(words)
        sort = Sort(self.sort.data) if self.sort.data else usual
        is_offered = (may_sort_by_support or sort is not Sort.SUPPORT) and (words or sort is not Sort.BEST)
        return Search(
            theme=self.call.theme(self.theme.data),
            kind=Kind(self.kind.data) if self.kind.data else None,
            topic_id=id_from(self.topic.data),
            language=self.language.data or None,
            words=words,
            sort=sort if is_offered else usual,
        )
