"""The questions that a search finds: how many in all and by theme, state, kind and topic, and one page of rows."""

import enum
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import copied_title, panel_text
from solicit.questions.queries.topic_names import TOPIC_NAME, topic, with_topic
from solicit.questions.states import PUBLIC_WORDS, STAFF_WORDS, question_label
from solicit.reports.queries.search import columns, judged
from solicit.reports.queries.search.conditions import NONE
from solicit.reports.queries.search.filter import QuestionFilter
from solicit.reports.queries.search.sight import Searcher, is_asked
from solicit.reports.queries.search.words import IS_COPIED, searched_text
from solicit.web.pagination import Window, page_of
from solicit.words import N_


class Sort(enum.Enum):
    BEST = "best"
    NEWEST = "newest"
    NUMBER = "number"
    TITLE = "title"
    SCORE = "score"
    REVIEWS = "reviews"


SORT_WORDS = {
    Sort.BEST: N_("Best match"),
    Sort.NEWEST: N_("Newest"),
    Sort.NUMBER: N_("Number"),
    Sort.TITLE: N_("Title"),
    Sort.SCORE: N_("Highest score"),
    Sort.REVIEWS: N_("Fewest reviews"),
}


@dataclass(frozen=True)
class Score:
    """A value with its interval in a frozen ranking; a plain mean has none."""

    mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class OnDesk:
    """What organizers read of a question beside its text."""

    n_reviews: int
    score: Score | None
    duplicates: tuple[str, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True)
class FoundQuestion:
    """``is_asked``: the searcher is asked to judge it; ``on_desk`` is not there for panelists."""

    id: int
    label: str | None
    title: str
    language: str
    kind_word: str
    theme: ThemeView | None
    state_word: str
    topic: str | None
    is_asked: bool
    on_desk: OnDesk | None


@dataclass(frozen=True)
class Tallies:
    """How many questions a search finds, in all and by the values of keywords; topics by (number, name)."""

    total: int
    per: Mapping[str, Mapping[str, int]]
    topics: tuple[tuple[str, str], ...]


def offered_sorts(found: QuestionFilter, searcher: Searcher) -> tuple[Sort, ...]:
    """The orders of what was found, the usual one first."""
    best = (Sort.BEST,) if any(not term.is_not for term in found.query.words) else ()
    on_desk = (Sort.SCORE, Sort.REVIEWS) if searcher.is_organizer else ()
    return (*best, Sort.NEWEST, Sort.NUMBER, Sort.TITLE, *on_desk)


def tallies(session: Session, *, call: CallFacts, found: QuestionFilter) -> Tallies:
    """One statement: far fewer groups than questions."""
    grouped = (Question.state, Question.kind, Question.theme_id, topic.c.id, TOPIC_NAME)
    counted = sa.select(*grouped, sa.func.count()).select_from(Question).where(found.condition).group_by(*grouped)
    per = {name: Counter() for name in ("state", "kind", "theme", "topic")}
    names = {}
    for state, kind, theme_id, topic_id, name, n in session.execute(with_topic(counted)):
        theme, key = call.theme_by_id(theme_id), f"T-{topic_id}" if topic_id else NONE
        names[key] = name
        values = (state.value, kind.value, theme.key if theme else NONE, key)
        for counter, value in zip(per.values(), values, strict=True):
            counter[value] += n
    named = tuple((key, names[key]) for key, _n in per["topic"].most_common() if key != NONE)
    return Tallies(per["state"].total(), per, named)


def found_questions(
    session: Session, *, call: CallFacts, searcher: Searcher, found: QuestionFilter, sort: Sort, window: Window
) -> tuple[FoundQuestion, ...]:
    """One page of what was found; one statement."""
    wanted, order = _ordered(sa.select(Question.id).where(found.condition), call, searcher, found, sort)
    page = page_of(wanted, window, key=Question.id, order=order).subquery()
    placed = sa.select(page.c.id, sa.func.row_number().over().label("place")).cte("page")
    named = TOPIC_NAME.label("topic")
    known = (Question.id, Question.kind, Question.number, Question.language, Question.theme_id, Question.state, named)
    rows = with_topic(sa.select(*known).join(placed, placed.c.id == Question.id)).order_by(placed.c.place)
    if searcher.is_organizer:
        valued = judged.values(call, among=sa.select(placed.c.id))
        rows = rows.outerjoin(valued, valued.c.question_id == Question.id)
        rows = rows.add_columns(Question.title, valued.c.mean, valued.c.low, valued.c.high)
        rows = rows.add_columns(*columns.of_desk(call, searcher))
    else:
        rows = rows.add_columns(panel_text("title"), is_asked(searcher).label("is_asked"))
    return tuple(_row(call, searcher, row) for row in session.execute(rows))


def found_ids(session: Session, *, found: QuestionFilter) -> list[int]:
    """The numbers of all that was found, oldest first; one statement."""
    return list(session.scalars(sa.select(Question.id).where(found.condition).order_by(Question.id)))


def _ordered(
    wanted: sa.Select, call: CallFacts, searcher: Searcher, found: QuestionFilter, sort: Sort
) -> tuple[sa.Select, tuple]:
    newest = (Question.created_at.desc(), Question.id.desc())
    if sort is Sort.SCORE:
        values = judged.values(call)
        wanted = wanted.outerjoin(values, values.c.question_id == Question.id)
        return wanted, (values.c.mean.desc().nulls_last(), *newest)
    if sort is Sort.REVIEWS:
        counted = judged.review_counts(call)
        wanted = wanted.outerjoin(counted, counted.c.question_id == Question.id)
        return wanted, (sa.func.coalesce(counted.c.n, 0), *newest)
    orders = {
        Sort.NEWEST: newest,
        Sort.NUMBER: (Question.kind, Question.number.nulls_last(), Question.id),
        Sort.TITLE: (_folded_title(searcher).collate("C"), Question.id),
    }
    return wanted, orders.get(sort) or (_rank(found, searcher).desc(), *newest)


def _folded_title(searcher: Searcher) -> sa.ColumnElement[str]:
    """The folded text, which begins with the title; where panels read a copy, the title of that."""
    if searcher.is_organizer:
        return Question.search_text
    return sa.case((IS_COPIED, sa.func.lower(copied_title(Question.id))), else_=Question.search_text)


def _rank(found: QuestionFilter, searcher: Searcher) -> sa.ColumnElement:
    """How well the words fit; the index holds the original, so that for panels no copy fits better than another."""
    rank = sa.func.ts_rank(Question.search_vector, searched_text(found.query))
    return rank if searcher.is_organizer else sa.case((IS_COPIED, 0.0), else_=rank)


def _row(call: CallFacts, searcher: Searcher, row: sa.Row) -> FoundQuestion:
    words = STAFF_WORDS if searcher.is_organizer else PUBLIC_WORDS
    return FoundQuestion(
        id=row.id,
        label=question_label(row.kind, row.number),
        title=row.title,
        language=row.language,
        kind_word=KIND_WORDS[row.kind],
        theme=call.theme_by_id(row.theme_id),
        state_word=words[row.state],
        topic=row.topic if searcher.is_organizer or call.shows_questions else None,
        is_asked=not searcher.is_organizer and row.is_asked,
        on_desk=_on_desk(row) if searcher.is_organizer else None,
    )


def _on_desk(row: sa.Row) -> OnDesk:
    score = None if row.mean is None else Score(row.mean, row.low, row.high)
    return OnDesk(row.n_reviews, score, _words(row.duplicates), _words(row.countries))


def _words(kept: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(kept or ())
