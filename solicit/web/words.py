"""Texts of organizers on pages: in which language they are, and their Markdown."""

from flask import Flask
from markupsafe import Markup

from solicit.web.pages import current_language, direction
from solicit.web.text import attributes, render_markdown


def install_words(app: Flask) -> None:
    app.jinja_env.filters["tongue"] = tongue
    app.jinja_env.filters["markdown"] = render_markdown


def tongue(text: str) -> Markup:
    """The attributes ``lang`` and ``dir`` of an element with this text, where it is not in the page's language."""
    lang = getattr(text, "lang", "")
    if lang in ("", current_language()):
        return attributes()
    return attributes(lang=lang, dir=direction(lang))
