"""Texts of organizers on pages, in which language they are, and their Markdown; and probabilities in words."""

from flask import Flask
from flask_babel import format_percent
from flask_babel import gettext as _
from markupsafe import Markup

from solicit.web.pages import current_language, direction
from solicit.web.text import attributes, render_markdown


def install_words(app: Flask) -> None:
    app.jinja_env.filters["tongue"] = tongue
    app.jinja_env.filters["markdown"] = render_markdown
    app.jinja_env.filters["chance"] = chance


def tongue(text: str) -> Markup:
    """The attributes ``lang`` and ``dir`` of an element with this text, where it is not in the page's language."""
    lang = getattr(text, "lang", "")
    if lang in ("", current_language()):
        return attributes()
    return attributes(lang=lang, dir=direction(lang))


def chance(probability: float) -> str:
    """A probability from two thousand draws, which are too few for more than whole percents."""
    if probability > 0.99:
        return _("over %(share)s", share=format_percent(0.99))
    return _("under %(share)s", share=format_percent(0.01)) if probability < 0.01 else format_percent(probability)
