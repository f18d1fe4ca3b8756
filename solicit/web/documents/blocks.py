"""What a document is made of, before it is a page, a PDF or a word processor's file.

Words are in the language of the document; a run with a ``lang`` is the text of a person, which keeps its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Run:
    """A stretch of text in one language and one look."""

    text: str
    lang: str = ""
    is_own: bool = False
    is_strong: bool = False


Words = tuple[Run, ...]


@dataclass(frozen=True)
class Picture:
    """A drawing without words in it; ``alt`` says what one sees. Sizes are in points."""

    svg: str
    alt: str
    width: float
    height: float


Cell = Words | Picture


@dataclass(frozen=True)
class Heading:
    level: int
    words: Words
    anchor: str


@dataclass(frozen=True)
class Paragraph:
    """``look`` is plain, small, or note: something that must not be passed over."""

    words: Words
    look: str = "plain"


@dataclass(frozen=True)
class Points:
    points: tuple[Words, ...]


@dataclass(frozen=True)
class Facts:
    """Terms, each with what is so called."""

    pairs: tuple[tuple[str, Words], ...]


@dataclass(frozen=True)
class Column:
    """``points`` wide, or with a ``share`` of the width that is left."""

    name: str
    points: float = 0
    share: float = 1
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """``title`` names it for those who do not see it; ``header`` is the place of the cell that names its row."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    header: int = 0


@dataclass(frozen=True)
class Chart:
    """A drawing with the words around it, and the same numbers as a table."""

    title: str
    subtitle: str
    picture: Picture
    ticks: tuple[str, ...]
    labels: tuple[str, ...]
    table: Table


@dataclass(frozen=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Points | Facts | Table | Chart | PageBreak


@dataclass(frozen=True)
class Cover:
    """The first page: whose document it is, what it is, and what must be known before reading it."""

    sender: Words
    kicker: str
    title: Words
    lines: tuple[Words, ...]
    mark: str
    facts: Facts


@dataclass(frozen=True)
class Document:
    """``dated`` stands in the file, so that equal content gives equal bytes; ``page_words`` has {page} and {pages}.

    ``table_words`` lead to the numbers of a chart.
    """

    title: str
    language: str
    dated: date
    cover: Cover
    contents_title: str
    page_words: str
    table_words: str
    blocks: tuple[Block, ...]

    def headings(self, deepest: int) -> Iterator[Heading]:
        return (block for block in self.blocks if isinstance(block, Heading) and block.level <= deepest)


def own(text: str, lang: str = "", *, is_strong: bool = False) -> Run:
    """What a person wrote."""
    return Run(text, lang, is_own=True, is_strong=is_strong)


def words(*parts: str | Run) -> Words:
    """Runs of our own words and of those of people."""
    return tuple(part if isinstance(part, Run) else Run(part) for part in parts if part)
