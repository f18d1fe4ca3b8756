"""Pages of a list, from the query string, never out of range."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

PAGE_SIZE = 50
LAST_PAGE = 1_000_000


@dataclass(frozen=True)
class Window:
    """Which rows of a list to read."""

    page: int
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


@dataclass(frozen=True, kw_only=True)
class After(Window):
    """The rows after one that was read before, wherever it stands now; after so many, if it is gone."""

    page: int = 1
    after: int | None = None
    n_before: int = 0

    @property
    def offset(self) -> int:
        return self.n_before


@dataclass(frozen=True)
class Pagination:
    """What a pager shows."""

    first: int
    last: int
    total: int
    page: int
    pages: int
    prev_url: str | None
    next_url: str | None


def window_from(text: str | None, size: int = PAGE_SIZE) -> Window:
    """The page a query string asks for; anything that is not a page number is page 1."""
    digits = text if text and text.isascii() and text.isdigit() and len(text) <= 7 else "1"
    return Window(min(max(int(digits), 1), LAST_PAGE), size)


def page_of(rows: sa.Select, window: Window, *, key: sa.ColumnElement, order: Sequence[sa.ColumnElement]) -> sa.Select:
    """The part of ordered rows that a window shows; each row has its own ``key``."""
    after = getattr(window, "after", None)
    if after is None:
        return rows.order_by(*order).limit(window.size).offset(window.offset)
    place = sa.func.row_number().over(order_by=order).label("place")
    places = rows.with_only_columns(key.label("key"), place, maintain_column_froms=True).subquery()
    last = sa.select(places.c.place).where(places.c.key == after).scalar_subquery()
    rest = rows.join(places, places.c.key == key).where(places.c.place > sa.func.coalesce(last, window.offset))
    return rest.order_by(places.c.place).limit(window.size)


def paginate(window: Window, total: int, url_of_page: Callable[[int], str]) -> Pagination:
    """A pager for ``total`` rows seen through ``window``."""
    pages = max(1, -(-total // window.size))
    return Pagination(
        first=min(window.offset + 1, total),
        last=min(window.offset + window.size, total),
        total=total,
        page=window.page,
        pages=pages,
        prev_url=url_of_page(min(window.page - 1, pages)) if window.page > 1 else None,
        next_url=url_of_page(window.page + 1) if window.page < pages else None,
    )
