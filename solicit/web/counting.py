"""Numbers in sentences, written as the language of the page writes them: 1,547 questions."""

from flask import Flask
from flask_babel import format_decimal
from flask_babel import ngettext as _ngettext
from jinja2 import pass_context


class Count(int):
    """A number that a sentence shows with its separators."""

    def __str__(self) -> str:
        return format_decimal(int(self))


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """The sentence for a number of things."""
    return _ngettext(one, many, Count(n), **values)


def count_in_templates(app: Flask) -> None:
    """Let templates write numbers in the same way."""
    translated = app.jinja_env.globals["ngettext"]

    @pass_context
    def counted(context, one: str, many: str, n: int, **values: object) -> str:
        return translated(context, one, many, Count(n), **values)

    app.jinja_env.globals["ngettext"] = counted
