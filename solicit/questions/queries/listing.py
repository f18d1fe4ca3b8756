"""The public list of questions: filters, counts beside them, and one page of rows."""

import enum
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.questions.models import Question
from solicit.questions.queries.marking import Part, marked, snippet
from solicit.questions.queries.public import Viewer
from solicit.questions.queries.search import Found
from solicit.questions.queries.supporters import band_of, band_rank, supporters_of, supporters_per_question
from solicit.questions.queries.topic_names import TOPIC_NAME, topic, with_topic
from solicit.questions.states import QuestionState, parse_label, question_label
from solicit.web.pagination import Window, page_of
from solicit.words import N_

TOPICS_SHOWN = 12
# So much of a text is looked through for the searched words.
READ_FOR_SNIPPET = 1_500

# What a list can be filtered by, by the names in its address.
FILTERED = dict(theme=Question.theme_id, kind=Question.kind, language=Question.language, topic=topic.c.id)
SENT_ON = sa.cast(sa.func.timezone("UTC", Question.created_at), sa.Date)


class Sort(enum.Enum):
    BEST = "best"
    NEWEST = "newest"
    NUMBER = "number"
    TITLE = "title"
    SUPPORT = "support"


SORT_WORDS = {
    Sort.BEST: N_("Best match"),
    Sort.NEWEST: N_("Newest"),
    Sort.NUMBER: N_("Number"),
    Sort.TITLE: N_("Title"),
    Sort.SUPPORT: N_("Most supported"),
}


def usual_sort(words: str) -> Sort:
    """The order that goes without saying."""
    return Sort.BEST if words else Sort.NEWEST


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a reader looks for; ``found`` are the questions that its words lead to, None without words."""

    theme: ThemeView | None = None
    kind: Kind | None = None
    topic_id: int | None = None
    language: str | None = None
    words: str = ""
    sort: Sort = Sort.NEWEST
    found: Found | None = None

    @property
    def marks(self) -> str:
        """The words to mark in what is shown; the number of a question is none."""
        return "" if parse_label(self.words) else self.words


@dataclass(frozen=True)
class QuestionRow:
    """One question in the list; ``band`` is None when nobody supports it or the viewer may not know."""

    id: int
    label: str
    kind: Kind
    title: tuple[Part, ...]
    snippet: tuple[Part, ...]
    language: str
    kind_word: str
    theme: ThemeView | None
    sent_on: date
    band: tuple[int, int | None] | None


@dataclass(frozen=True)
class TopicCount:
    id: int
    name: str
    n: int


@dataclass(frozen=True)
class Listing:
    """One page of the list; the counts beside a filter are those of the other filters."""

    rows: tuple[QuestionRow, ...]
    total: int
    per_theme: Mapping[str, int]
    per_kind: Mapping[Kind, int]
    per_language: Mapping[str, int]
    topics: tuple[TopicCount, ...]


@dataclass(frozen=True)
class QuestionText:
    """One question as a line of the table that everybody may take along."""

    label: str
    kind: Kind
    theme: ThemeView | None
    topic: str | None
    language: str
    title: str
    goal_overview: str
    significance: str
    approach: str
    sent_on: date


def public_listing(session: Session, *, call: CallFacts, search: Search, window: Window, viewer: Viewer) -> Listing:
    """The questions that match; two statements. For calls that show their questions."""
    theme_counts, kinds, languages, topics = _counts(session, call, search)
    rows = session.execute(_page(call, search, window, viewer))
    total = theme_counts[str(search.theme.id)] if search.theme else theme_counts.total()
    return Listing(
        rows=tuple(_row(row, call, search, viewer) for row in rows),
        total=total,
        per_theme={theme.key: theme_counts[str(theme.id)] for theme in call.themes},
        per_kind={kind: kinds[kind.value] for kind in Kind},
        per_language=dict(languages.most_common()),
        topics=topics,
    )


def question_texts(session: Session, *, call: CallFacts, search: Search, viewer: Viewer) -> Iterator[QuestionText]:
    """Every question that matches, with its whole text; one statement, read as it is sent."""
    texts = (Question.goal_overview, Question.significance, Question.approach)
    topics = (topic.c.id.label("topic_id"), TOPIC_NAME.label("topic_name"))
    rows, order = _rows(call, search, viewer, *texts, *topics, names_topic=True)
    for row in session.execute(rows.order_by(*order), execution_options={"yield_per": 500}):
        yield QuestionText(
            label=question_label(row.kind, row.number),
            kind=row.kind,
            theme=call.theme_by_id(row.theme_id),
            topic=row.topic_name if row.topic_id else None,
            language=row.language,
            title=row.title,
            goal_overview=row.goal_overview,
            significance=row.significance,
            approach=row.approach,
            sent_on=row.sent_on,
        )


def _counts(session: Session, call: CallFacts, search: Search) -> tuple[Counter, Counter, Counter, tuple]:
    """Questions per theme, kind, language and topic, each under the other filters; one statement."""
    counted = sa.select(*(column.label(name) for name, column in FILTERED.items()), sa.func.count().label("n"))
    found = counted.select_from(Question).where(*_found(call, search)).group_by(*FILTERED.values())
    grouped = with_topic(found).cte("grouped")
    fits = _fits(search, grouped.c)
    facets = sa.union_all(*(_facet(grouped, name, fits) for name in FILTERED)).subquery()
    rows = session.execute(
        sa.select(facets, TOPIC_NAME.label("topic_name"))
        .outerjoin(topic, sa.and_(facets.c.facet == "topic", sa.cast(topic.c.id, sa.Text) == facets.c.value))
        .order_by(facets.c.n.desc(), facets.c.value)
    ).all()
    counts = {name: Counter({row.value: int(row.n) for row in rows if row.facet == name}) for name in FILTERED}
    topics = [
        TopicCount(int(row.value), row.topic_name, int(row.n)) for row in rows if row.facet == "topic" and row.value
    ]
    shown = tuple(each for place, each in enumerate(topics) if place < TOPICS_SHOWN or each.id == search.topic_id)
    return counts["theme"], counts["kind"], counts["language"], shown


def _facet(grouped: sa.CTE, name: str, fits: Mapping[str, sa.ColumnElement[bool]]) -> sa.Select:
    value = sa.cast(grouped.c[name], sa.Text)
    return (
        sa.select(sa.literal(name).label("facet"), value.label("value"), sa.func.sum(grouped.c.n).label("n"))
        .where(*(condition for other, condition in fits.items() if other != name))
        .group_by(value)
    )


def _fits(search: Search, columns: Mapping[str, sa.ColumnElement]) -> dict[str, sa.ColumnElement[bool]]:
    """The filters that are chosen, by name."""
    chosen = dict(
        theme=search.theme.id if search.theme else None,
        kind=search.kind,
        language=search.language,
        topic=search.topic_id,
    )
    return {name: columns[name] == value for name, value in chosen.items() if value is not None}


def _found(call: CallFacts, search: Search) -> list[sa.ColumnElement[bool]]:
    found = [Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE]
    if search.found is not None:
        found.append(Question.id == sa.any_(_ids(search)))
    return found


def _page(call: CallFacts, search: Search, window: Window, viewer: Viewer) -> sa.Select:
    texts = [Question.goal_overview, Question.significance] if search.words else []
    read = [sa.func.left(text, READ_FOR_SNIPPET).label(f"text_{place}") for place, text in enumerate(texts)]
    rows, order = _rows(call, search, viewer, *read)
    window_of_rows = page_of(rows, window, key=Question.id, order=order).subquery()
    page = sa.select(window_of_rows, sa.func.row_number().over().label("place")).cte("page")
    if not viewer.sees_support:
        return sa.select(page, sa.literal(0).label("n")).order_by(page.c.place)
    given = supporters_of(page)
    n = sa.func.coalesce(given.c.n, 0)
    return sa.select(page, n.label("n")).outerjoin(given, given.c.question_id == page.c.id).order_by(page.c.place)


def filtered(call: CallFacts, search: Search, *columns: sa.ColumnElement, names_topic: bool = False) -> sa.Select:
    """Columns of the public questions that match; of their topics, too, if they are asked for."""
    rows = sa.select(*columns).select_from(Question)
    rows = rows.where(*_found(call, search), *_fits(search, FILTERED).values())
    return with_topic(rows) if names_topic or search.topic_id else rows


def _rows(
    call: CallFacts, search: Search, viewer: Viewer, *columns: sa.ColumnElement, names_topic: bool = False
) -> sa.Select:
    always = (Question.id, Question.kind, Question.number, Question.title, Question.language, Question.theme_id)
    rows = filtered(call, search, *always, SENT_ON.label("sent_on"), *columns, names_topic=names_topic)
    order = _order(search)
    if search.sort is Sort.SUPPORT and viewer.sees_support:
        given = supporters_per_question(call.id)
        rows = rows.outerjoin(given, given.c.question_id == Question.id)
        order = (band_rank(sa.func.coalesce(given.c.n, 0)).desc(), *order)
    return rows, order


def _order(search: Search) -> tuple[sa.ColumnElement, ...]:
    number = (Question.number, Question.kind)
    if search.sort is Sort.BEST and search.found is not None:
        return (sa.func.array_position(_ids(search), Question.id),)
    if search.sort is Sort.NUMBER:
        return number
    if search.sort is Sort.TITLE:
        # The folded text begins with the title, so that É stands beside E in every database.
        return (Question.search_text.collate("C"), *number)
    return (SENT_ON.desc(), Question.number.desc(), Question.kind)


def _ids(search: Search) -> sa.Cast:
    return sa.cast(list(search.found.ids), sa.ARRAY(sa.BigInteger))


def _row(row: sa.Row, call: CallFacts, search: Search, viewer: Viewer) -> QuestionRow:
    return QuestionRow(
        id=row.id,
        label=question_label(row.kind, row.number),
        kind=row.kind,
        title=marked(row.title, search.marks),
        snippet=snippet((row.text_0, row.text_1), search.marks) if search.words else (),
        language=row.language,
        kind_word=KIND_WORDS[row.kind],
        theme=call.theme_by_id(row.theme_id),
        sent_on=row.sent_on,
        band=band_of(row.n) if viewer.sees_support else None,
    )
