"""The public list of questions: filters, counts beside them, and one page of rows."""

import enum
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.questions.models import Question
from solicit.questions.queries.public import Viewer
from solicit.questions.queries.supporters import band_of, band_rank, supporters_per_question
from solicit.questions.states import QuestionState, question_label
from solicit.web.folding import search_query
from solicit.web.pagination import Window
from solicit.words import N_


class Sort(enum.Enum):
    NEWEST = "newest"
    NUMBER = "number"
    TITLE = "title"
    SUPPORT = "support"


SORT_WORDS = {
    Sort.NEWEST: N_("Newest"),
    Sort.NUMBER: N_("Number"),
    Sort.TITLE: N_("Title"),
    Sort.SUPPORT: N_("Most supported"),
}


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a reader looks for."""

    theme: ThemeView | None = None
    kind: Kind | None = None
    words: str = ""
    sort: Sort = Sort.NEWEST


@dataclass(frozen=True)
class QuestionRow:
    """One question in the list; ``band`` is None when nobody supports it or the viewer may not know."""

    label: str
    title: str
    language: str
    kind_word: str
    theme: ThemeView | None
    sent_at: datetime
    band: tuple[int, int | None] | None


@dataclass(frozen=True)
class Listing:
    """One page of the list; the counts beside a filter are those of the other filters."""

    rows: tuple[QuestionRow, ...]
    total: int
    per_theme: dict[str, int]
    per_kind: dict[Kind, int]


def public_listing(
    session: Session, *, call: CallFacts, search: Search, window: Window, viewer: Viewer
) -> Listing | None:
    """The questions that match; two statements. None while the call shows no questions."""
    if not call.shows_questions:
        return None
    counts = session.execute(
        sa.select(Question.theme_id, Question.kind, sa.func.count().label("n"))
        .where(*_found(call, search))
        .group_by(Question.theme_id, Question.kind)
    ).all()
    rows = session.execute(_rows(call, search, viewer).limit(window.size).offset(window.offset))
    chosen_id = search.theme.id if search.theme else None
    of_kind = [row for row in counts if search.kind in (None, row.kind)]
    of_theme = [row for row in counts if chosen_id in (None, row.theme_id)]
    return Listing(
        rows=tuple(_row(row, call, viewer) for row in rows),
        total=sum(row.n for row in of_kind if row in of_theme),
        per_theme={theme.key: sum(row.n for row in of_kind if row.theme_id == theme.id) for theme in call.themes},
        per_kind={kind: sum(row.n for row in of_theme if row.kind is kind) for kind in Kind},
    )


def _found(call: CallFacts, search: Search) -> list[sa.ColumnElement[bool]]:
    found = [Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE]
    if search.words:
        # Words without a letter or digit find nothing rather than everything.
        found.append(Question.search_vector.bool_op("@@")(sa.func.to_tsquery("simple", search_query(search.words))))
    return found


def _rows(call: CallFacts, search: Search, viewer: Viewer) -> sa.Select:
    columns = (
        Question.kind,
        Question.number,
        Question.title,
        Question.language,
        Question.theme_id,
        Question.created_at,
    )
    rows = sa.select(*columns).where(*_found(call, search))
    if search.theme:
        rows = rows.where(Question.theme_id == search.theme.id)
    if search.kind:
        rows = rows.where(Question.kind == search.kind)
    if not viewer.sees_support:
        return rows.add_columns(sa.literal(0).label("n")).order_by(*_order(search.sort))
    given = supporters_per_question(call.id)
    n = sa.func.coalesce(given.c.n, 0)
    rows = rows.outerjoin(given, given.c.question_id == Question.id).add_columns(n.label("n"))
    first = (band_rank(n).desc(),) if search.sort is Sort.SUPPORT else ()
    return rows.order_by(*first, *_order(search.sort))


def _order(sort: Sort) -> tuple[sa.ColumnElement, ...]:
    number = (Question.number, Question.kind)
    if sort is Sort.NUMBER:
        return number
    if sort is Sort.TITLE:
        # The folded text begins with the title, so that É stands beside E in every database.
        return (Question.search_text.collate("C"), *number)
    return (sa.cast(Question.created_at, sa.Date).desc(), Question.number.desc(), Question.kind)


def _row(row: sa.Row, call: CallFacts, viewer: Viewer) -> QuestionRow:
    return QuestionRow(
        label=question_label(row.kind, row.number),
        title=row.title,
        language=row.language,
        kind_word=KIND_WORDS[row.kind],
        theme=call.theme_by_id(row.theme_id),
        sent_at=row.created_at,
        band=band_of(row.n) if viewer.sees_support else None,
    )
