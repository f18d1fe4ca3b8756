"""Pages of a list, from the query string, never out of range."""

from collections.abc import Callable
from dataclasses import dataclass

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
