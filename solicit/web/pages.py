"""What every page is given, and what no page may be given."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from enum import Enum

from flask import Flask, before_render_template, g, request
from flask_babel import get_locale
from flask_login.utils import _user_context_processor

from solicit.db import Base

PLAIN = (str, int, float, bytes, date, Enum, type(None))
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")


class OrmObjectInTemplate(TypeError):
    """A template was handed a database object; give it a frozen view model instead."""


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool = False
    lang: str = ""


@dataclass(frozen=True)
class Account:
    name: str
    url: str
    sign_out_url: str


@dataclass(frozen=True)
class Page:
    """The frame around every page."""

    lang: str
    dir: str
    scheme: str | None
    brand: str
    home_url: str
    nav: tuple[Link, ...]
    more: tuple[Link, ...]  # what the bar has no room for, in a menu at its end
    account: Account | None
    sign_in_url: str
    roles: tuple[Link, ...]
    footer: tuple[Link, ...]
    languages: tuple[Link, ...]
    demo_notice: bool


def direction(language: str | None) -> str:
    """The writing direction of a language tag."""
    return "rtl" if (language or "").split("-")[0] in RIGHT_TO_LEFT else "ltr"


def current_language() -> str:
    return str(get_locale() or "en").replace("_", "-")


def is_above(url: str) -> bool:
    """Whether the current page is at this address or below it; an address with a final slash stands for itself."""
    return request.path == url or (not url.endswith("/") and request.path.startswith(url + "/"))


def current_scheme() -> str | None:
    identity = getattr(g, "identity", None)
    return identity.scheme if identity else None


def guard_templates(app: Flask) -> None:
    """Refuse database objects in any template, and Flask-Login's ORM person in all of them."""
    processors = app.template_context_processors[None]
    if _user_context_processor in processors:
        processors.remove(_user_context_processor)
    before_render_template.connect(_refuse_orm_objects, app)


def _refuse_orm_objects(sender: Flask, template, context: dict, **extra) -> None:
    for name, value in context.items():
        if _holds_orm_object(value):
            raise OrmObjectInTemplate(f"{template.name} was given an ORM object in {name!r}.")


def _holds_orm_object(value: object) -> bool:
    if isinstance(value, PLAIN):  # first, because nearly everything is
        return False
    if isinstance(value, Base):
        return True
    if isinstance(value, list | tuple | set | frozenset):
        return any(_holds_orm_object(part) for part in value)
    if isinstance(value, dict):
        return any(_holds_orm_object(part) for part in value.values())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return any(_holds_orm_object(getattr(value, part.name)) for part in dataclasses.fields(value))
    return False
