"""The shape of the texts of a call, in its own language and in others."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from solicit.calls.forms.seen import SeenForm
from solicit.calls.queries.translations import SourceText
from solicit.calls.queries.words import Speaker, Words
from solicit.calls.states import MARKDOWN_TEXTS, TEXTS
from solicit.web.forms import CodePoints, Line, Text

LONGEST_LINE = 250
LONGEST_LEAD = 600
LONGEST_MARKDOWN = 10_000


def _line(label, most: int, missing: str = "") -> Line:
    too_long = _l("Use at most %(most)s characters", most=most)
    return Line(
        label, validators=[CodePoints(minimum=1 if missing else 0, maximum=most, too_short=missing, too_long=too_long)]
    )


def _markdown(label) -> Text:
    too_long = _l("Use at most %(most)s characters", most=LONGEST_MARKDOWN)
    return Text(label, validators=[CodePoints(maximum=LONGEST_MARKDOWN, too_short="", too_long=too_long)])


class TextsForm(SeenForm):
    """What the public page and the pages of sending say."""

    title = _line(_l(TEXTS["title"]), LONGEST_LINE, _l("Enter the title of the call"))
    headline = _line(_l(TEXTS["headline"]), LONGEST_LINE, _l("Enter a headline for the public page"))
    motto = _line(_l(TEXTS["motto"]), LONGEST_LINE)
    lead = _line(_l(TEXTS["lead"]), LONGEST_LEAD)
    about = _markdown(_l(TEXTS["about"]))
    before_you_start = _markdown(_l(TEXTS["before_you_start"]))
    consent = _markdown(_l(TEXTS["consent"]))
    confidentiality = _markdown(_l(TEXTS["confidentiality"]))
    language = SelectField(_l("Language of these texts"))

    def offer(self, languages: Iterable[tuple[str, str]]) -> "TextsForm":
        self.language.choices = list(languages)
        return self

    def part(self) -> dict:
        return {name: self[name].data for name in (*TEXTS, "language")}

    def typed(self) -> dict[str, Words]:
        """The texts as they stand in the form, for a preview."""
        return {name: Words(self[name].data, self.language.data) for name in TEXTS}


class TranslationForm(SeenForm):
    """The texts of a call in one language; ``translation_form`` adds a field for each."""

    sources: tuple[SourceText, ...] = ()

    @property
    def rows(self) -> list[tuple[SourceText, Line | Text]]:
        return [(source, self[source.name]) for source in self.sources]

    def texts(self) -> dict[str, str]:
        return {source.name: self[source.name].data for source in self.sources}

    def fits(self, source: SourceText) -> BooleanField | None:
        """Whether a translation still fits, where its original changed."""
        return self[_fits(source)] if source.was is not None else None

    def confirmed(self) -> list[str]:
        return [source.name for source in self.sources if source.was is not None and self.fits(source).data]

    def typed(self, language: str, own: str) -> dict[str, Words]:
        """The texts of the public page as they stand in the form, the rest in the call's own language."""
        speaker = Speaker(own=own, language=language, spoken=self.texts())
        written = {source.name: source.text for source in self.sources}
        return {name: speaker.say(name, written.get(name, "")) for name in TEXTS}


def translation_form(sources: tuple[SourceText, ...], *, seen: str, **options) -> TranslationForm:
    """A form with what is translated so far."""
    fields = {source.name: _field(source) for source in sources}
    fields |= {_fits(each): BooleanField(_l("The translation still fits")) for each in sources if each.was is not None}
    made = type("TranslationFormOfCall", (TranslationForm,), fields | {"sources": sources})
    kept = {source.name: source.translated for source in sources}
    return made(data=kept | {"seen": seen}, **options)


def _fits(source: SourceText) -> str:
    return f"fits.{source.name}"


def _field(source: SourceText) -> Line | Text:
    label = _l(source.label)
    if source.name in MARKDOWN_TEXTS:
        return _markdown(label)
    most = LONGEST_LEAD if source.name == "lead" else LONGEST_MARKDOWN if source.is_long else LONGEST_LINE
    too_long = _l("Use at most %(most)s characters", most=most)
    kind = Text if source.is_long else Line
    return kind(label, validators=[CodePoints(maximum=most, too_short="", too_long=too_long)])
