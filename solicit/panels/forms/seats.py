"""The shape of what people send about seats: offers, answers, and what panelists say of themselves."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, ValidationError
from wtforms.validators import Length, Optional

from solicit.panels.forms.desk import SeatForm
from solicit.panels.forms.fields import NAME_LONGEST, LanguagesLine, keyword_line, line, parts_of, whole
from solicit.panels.forms.titles import LARGEST_FILE, MOST_TITLES, TooManyTitles, UnreadableTitles, titles_in
from solicit.panels.queries.expertise import Profile
from solicit.panels.service.seats import NewProfile
from solicit.panels.states import EXPERTISE_WORDS, Expertise
from solicit.people.forms import EmailLine
from solicit.web.forms import BaseForm, Line, Text

REASON_LONGEST = 500
EXPERTISE_LONGEST = 2_000
TITLES_LONGEST = 20_000
WORDS_LONGEST = 2_000
CHECK, INVITE = "check", "invite"


def _at_most(longest: int) -> Length:
    return Length(max=longest, message=_l("Shorten this"))


class OfferForm(SeatForm):
    """Whom to invite to a panel; ``of_chair`` for a chair, who names none.

    A chair does not check an address either: numbers of conflicts would say who wrote something.
    """

    email = EmailLine(_l("Their e-mail address"))
    full_name = Line(_l("Their name"), validators=[Optional(), _at_most(NAME_LONGEST)])
    action = RadioField(choices=[CHECK, INVITE], default=INVITE)

    def of_chair(self) -> "OfferForm":
        del self.is_chair
        self.action.choices = [INVITE]
        return self


class AcceptForm(BaseForm):
    """The name of somebody who opens an account by accepting."""

    full_name = line(_l("Your name"), _l("Enter your name"))


class DeclineForm(BaseForm):
    reason = Text(_l("Why do you decline?"), validators=[Optional(), _at_most(REASON_LONGEST)])


class OwnConflictsForm(BaseForm):
    words = Text(_l("People and institutions"), validators=[Optional(), _at_most(WORDS_LONGEST)])


class ProfileForm(BaseForm):
    """What a panelist knows; ``profile_form`` adds a field per theme and per seat."""

    keywords = keyword_line(_l("Words for what you know"))
    expertise = Text(_l("What you know, in your own words"), validators=[Optional(), _at_most(EXPERTISE_LONGEST)])
    own_titles = Text(_l("Titles of what you wrote"), validators=[Optional(), _at_most(TITLES_LONGEST)])
    titles_file = FileField(_l("Or a file with titles"))
    languages = LanguagesLine(_l("Languages you read"))
    theme_ids: tuple[int, ...] = ()
    panel_ids: tuple[int, ...] = ()
    read_titles: tuple[str, ...] = ()

    def validate_own_titles(self, field) -> None:
        self.read_titles = _titles(field.data, "titles.txt")

    def validate_titles_file(self, field) -> None:
        if not field.data or not field.data.filename:
            return
        content = field.data.stream.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise ValidationError(_l("This file is too large: at most 200 kB"))
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(_l("This is no text in UTF-8. Save the file as text, CSV or BibTeX")) from None
        every = dict.fromkeys((*self.read_titles, *_titles(text, field.data.filename)))
        if len(every) > MOST_TITLES:
            raise ValidationError(_l("At most 200 titles are kept. Leave some out"))
        self.read_titles = tuple(every)

    @property
    def theme_fields(self) -> list[RadioField]:
        return [self[f"theme_{theme_id}"] for theme_id in self.theme_ids]

    @property
    def load_fields(self) -> list:
        return [self[f"max_load_{panel_id}"] for panel_id in self.panel_ids]

    def profile(self) -> NewProfile:
        return NewProfile(
            keywords=parts_of(self.keywords.data),
            expertise=self.expertise.data or "",
            own_titles=self.read_titles,
            languages=self.languages.codes,
            themes={
                theme_id: Expertise(field.data)
                for theme_id, field in zip(self.theme_ids, self.theme_fields, strict=True)
                if field.data
            },
            max_loads={panel_id: field.data for panel_id, field in zip(self.panel_ids, self.load_fields, strict=True)},
        )


def profile_form(page: Profile) -> ProfileForm:
    """The form of a panelist's page, with what they said before."""
    levels = [(level.value, _l(word)) for level, word in EXPERTISE_WORDS.items()]
    themes = {
        f"theme_{row.theme.id}": RadioField(row.theme.name, choices=levels, validators=[Optional()])
        for row in page.themes
    }
    loads = {f"max_load_{seat.panel_id}": _load_field(seat) for seat in page.seats}
    ids = dict(
        theme_ids=tuple(row.theme.id for row in page.themes), panel_ids=tuple(seat.panel_id for seat in page.seats)
    )
    return type("ProfileFormOfPerson", (ProfileForm,), themes | loads | ids)(data=_said(page))


def _load_field(seat):
    label = _l("Most questions on the panel “%(panel)s”", panel=seat.panel)
    message = _l("Enter a number from %(smallest)s to %(largest)s", smallest=seat.smallest, largest=seat.largest)
    return whole(label, seat.smallest, seat.largest, message)


def _said(page: Profile) -> Mapping[str, object]:
    return (
        dict(
            keywords=", ".join(page.keywords),
            expertise=page.expertise,
            own_titles="\n".join(page.own_titles),
            languages=", ".join(page.languages),
        )
        | {f"theme_{row.theme.id}": row.level.value for row in page.themes if row.level}
        | {f"max_load_{seat.panel_id}": seat.max_load for seat in page.seats}
    )


def _titles(text: str, name: str) -> tuple[str, ...]:
    try:
        return titles_in(text or "", name)
    except TooManyTitles:
        raise ValidationError(_l("At most 200 titles are kept. Leave some out")) from None
    except UnreadableTitles:
        raise ValidationError(_l("Remove the control characters from this text")) from None
