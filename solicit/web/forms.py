"""The base of every form: intake of text, CSRF, one way to be accepted."""

from collections.abc import Callable

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField, ValidationError

from solicit.web.text import BadText, clean_text, one_line


class _CleanField:
    """Cleans what was sent; text that cannot be cleaned is kept readable and refused."""

    clean: Callable[[str], str]

    def process_data(self, value: str | None) -> None:
        # Never None, even for a request that sends no field at all.
        super().process_data("" if value is None else value)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if not valuelist:
            return
        try:
            self.data = type(self).clean(valuelist[0])
        except BadText:
            self.data = "".join(c for c in valuelist[0] if c in "\n\t" or c.isprintable())
            raise ValueError(_l("Remove the control characters from this text")) from None


class Line(_CleanField, StringField):
    """One line of text."""

    clean = staticmethod(one_line)


class Text(_CleanField, TextAreaField):
    """A text of several lines."""

    clean = staticmethod(clean_text)


class WholeNumber(IntegerField):
    """A whole number; what is none is empty, so that the words of its range say what is wrong."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None


class CodePoints:
    """Length limits counted in code points; a CJK character counts as three towards the minimum."""

    def __init__(self, *, minimum: int = 0, maximum: int, too_short: str, too_long: str) -> None:
        self.minimum, self.maximum = minimum, maximum
        self.too_short, self.too_long = too_short, too_long

    def __call__(self, form, field) -> None:
        text = field.data or ""
        if weighted_length(text) < self.minimum:
            raise ValidationError(self.too_short)
        if len(text) > self.maximum:
            raise ValidationError(self.too_long)


def weighted_length(text: str) -> int:
    """Code points, with CJK ideographs, kana and hangul counted as three."""
    return sum(3 if "\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" or c >= "\U00020000" else 1 for c in text)


class BaseForm(FlaskForm):
    """A form with a CSRF token; ``accepted`` is true for a valid POST and nothing else."""

    @property
    def first_error(self) -> str:
        """What is wrong first, for an answer that is one sentence."""
        return str(next(message for messages in self.errors.values() for message in messages))

    def accepted(self) -> bool:
        return request.method == "POST" and self.validate()

    @property
    def status(self) -> int:
        """422 for a page that shows errors, otherwise 200."""
        return 422 if self.errors else 200

    def refuse(self, message: str) -> None:
        """Show a refusal of the domain at the top of the form."""
        self.form_errors.append(message)


class ActionForm(BaseForm):
    """A button without fields: only the CSRF token is checked."""
