"""Filters of a list as links with counts; all of a list's state is in its query string."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import request, url_for


@dataclass(frozen=True)
class FacetOption:
    """One value of a filter; ``url`` chooses it, ``remove_url`` takes it away, and is empty where one always holds."""

    label: str
    count: int
    chosen: bool
    url: str
    remove_url: str


def list_url(filters: Mapping[str, str | None], **changes: object) -> str:
    """The address of the current list under ``filters`` with ``changes``; empty values are left out."""
    parts = {name: value for name, value in (request.view_args or {}).items() if name not in ("call", "lang")}
    query = {name: value for name, value in {**filters, **changes}.items() if value not in (None, "")}
    return url_for(request.endpoint, **parts, **query)


def facet_options(
    filters: Mapping[str, str | None],
    name: str,
    counted: Iterable[tuple[str, str, int]],
    *,
    without: str | None = None,
    always_one: bool = False,
) -> tuple[FacetOption, ...]:
    """Options of the filter ``name``, from (value, label, count); they start at the first page.

    ``without`` is the value that takes the filter away, where leaving it out means something else. Of a filter of
    which ``always_one`` value holds there is nothing to take away.
    """
    return tuple(
        FacetOption(
            label=label,
            count=count,
            chosen=filters.get(name) == value,
            url=list_url(filters, **{name: value}),
            remove_url="" if always_one else list_url(filters, **{name: without}),
        )
        for value, label, count in counted
    )
