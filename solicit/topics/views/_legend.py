"""Themes as links above a map or a table: each shows its theme alone, or all themes again."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, request

from solicit.calls.queries import CallFacts, ThemeView
from solicit.web.facets import list_url


@dataclass(frozen=True)
class ThemeLink:
    """One theme of the legend, with its number of questions and plans."""

    theme: ThemeView
    n: int
    chosen: bool
    url: str


def chosen_theme(call: CallFacts) -> ThemeView | None:
    """The theme in the query string; 400 for one that the call does not have."""
    key = request.args.get("theme")
    return (call.theme(key) or abort(400)) if key else None


def legend(
    call: CallFacts, filters: Mapping[str, str | None], counts: Mapping[ThemeView, int]
) -> tuple[ThemeLink, ...]:
    """A link for every theme; the other ``filters`` stay."""
    chosen = filters["theme"]
    return tuple(
        ThemeLink(
            theme,
            counts[theme],
            chosen=chosen == theme.key,
            url=list_url(filters, theme=None if chosen == theme.key else theme.key),
        )
        for theme in call.themes
    )
