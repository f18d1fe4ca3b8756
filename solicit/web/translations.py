"""The words of templates in the language of the reader."""

from babel import Locale
from babel.support import Translations
from flask import Flask
from flask_babel import get_locale, get_translations


def translate_in_templates(app: Flask) -> None:
    """Keep the catalogue of each language at hand; Flask-Babel looks for it at every word, a fifth of a long page."""
    catalogues: dict[Locale | None, Translations] = {}

    def catalogue() -> Translations:
        locale = get_locale()
        if locale not in catalogues:
            catalogues[locale] = get_translations()
        return catalogues[locale]

    app.jinja_env.install_gettext_callables(
        lambda text: catalogue().ugettext(text),
        lambda one, many, n: catalogue().ungettext(one, many, n),
        pgettext=lambda context, text: catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, n: catalogue().unpgettext(context, one, many, n),
        newstyle=True,
    )
