"""The queue of the screening desk: which questions a filter means, how many they are, and their rows."""

import enum
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.calls.states import KIND_WORDS, Kind
from solicit.questions.models import Question, Suspicion
from solicit.questions.queries.involvement import is_involved
from solicit.questions.queries.screening.claims import ClaimView, claim_from, is_claimed_by, live_claim
from solicit.questions.queries.screening.revisions import (
    has_changed,
    is_among_changed,
    is_answered,
    is_asked_about,
    revision_state,
)
from solicit.questions.queries.screening.suspicions import SuspicionView, open_suspicions, suspicions_from
from solicit.questions.states import STAFF_WORDS, QuestionState, SuspicionKind, parse_label, question_label
from solicit.web.folding import search_query
from solicit.web.pagination import Window, page_of
from solicit.words import N_

NO_THEME = "none"
# Filters that are on or off, by the names in the address.
CHANGED, ASKED, ANSWERED, MINE = "changed", "asked", "answered", "mine"
MARK_WORDS = {
    CHANGED: N_("Text changed since screening"),
    ASKED: N_("Revision asked for"),
    ANSWERED: N_("Revision answered"),
    MINE: N_("Taken by me"),
}


class Sort(enum.Enum):
    OLDEST = "oldest"
    NEWEST = "newest"
    SUSPICION = "suspicion"
    SUGGESTED = "suggested"


SORT_WORDS = {
    Sort.OLDEST: N_("Oldest first"),
    Sort.NEWEST: N_("Newest first"),
    Sort.SUSPICION: N_("Most suspicious first"),
    Sort.SUGGESTED: N_("By suggested theme"),
}


@dataclass(frozen=True)
class DeskFilter:
    """Which part of the queue; a theme is a theme's key or “none”, ``mark`` one of the filters above."""

    state: QuestionState | None = QuestionState.NEW
    theme: str | None = None
    language: str | None = None
    kind: Kind | None = None
    suspicion: SuspicionKind | None = None
    mark: str | None = None
    words: str = ""
    sort: Sort = Sort.OLDEST


@dataclass(frozen=True)
class DeskRow:
    """One question of the queue; ``suggested`` where another theme than its own seems right."""

    id: int
    label: str | None
    title: str
    language: str
    kind: Kind
    kind_word: str
    theme: ThemeView | None
    suggested: ThemeView | None
    state: str
    state_word: str
    created_at: datetime
    is_incomplete: bool
    can_be_accepted: bool
    suspicions: tuple[SuspicionView, ...] = ()
    claim: ClaimView | None = None
    has_changed: bool = False
    revision: str | None = None


@dataclass(frozen=True)
class DeskCounts:
    """How many questions each value of each filter has, under the other filters; ``total`` under all of them."""

    total: int
    n_new: int
    per: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Viewing:
    """Who looks at a call's queue, and when."""

    call: CallFacts
    viewer_id: int
    now: datetime


def desk_counts(session: Session, *, viewing: Viewing, chosen: DeskFilter) -> DeskCounts:
    """The numbers beside the filters; one statement."""
    rows = session.execute(_tallies(viewing, chosen)).all()
    per: dict[str, Counter] = defaultdict(Counter)
    total = n_new = 0
    for row in rows:
        values = row._asdict()
        values["theme"] = theme_key(viewing.call, row.theme)
        misses = [name for name in FACETS if not _fits(chosen, name, values)]
        total += 0 if misses else row.n
        n_new += row.n if row.state is QuestionState.NEW else 0
        for name in FACETS:
            if not set(misses) - {name}:
                for value in _values(name, values):
                    per[name][value] += row.n
    return DeskCounts(total, n_new, {name: dict(counter) for name, counter in per.items()})


def desk_rows(session: Session, *, viewing: Viewing, chosen: DeskFilter, window: Window) -> tuple[DeskRow, ...]:
    """One page of the queue; one statement."""
    wanted = _rows(viewing).where(*_conditions(viewing, chosen))
    found = session.execute(page_of(wanted, window, key=Question.id, order=_order(chosen.sort)))
    return tuple(_row(viewing, row) for row in found)


def every_desk_row(session: Session, *, viewing: Viewing, chosen: DeskFilter) -> Iterator[DeskRow]:
    """All rows that match, for a file; one statement."""
    wanted = _rows(viewing).where(*_conditions(viewing, chosen)).order_by(*_order(chosen.sort))
    return (_row(viewing, row) for row in session.execute(wanted).all())


def chosen_rows(session: Session, *, viewing: Viewing, question_ids: Sequence[int]) -> tuple[DeskRow, ...]:
    """The chosen questions that this organizer may decide on, oldest first; one statement."""
    wanted = _rows(viewing).where(*_visible(viewing), Question.id.in_(question_ids))
    return tuple(_row(viewing, row) for row in session.execute(wanted.order_by(*_order(Sort.OLDEST))))


def matching_ids(session: Session, *, viewing: Viewing, chosen: DeskFilter) -> list[int]:
    """The numbers of all questions that match, in order; one statement."""
    return list(session.scalars(waiting(viewing, chosen, state=chosen.state)))


def waiting(viewing: Viewing, chosen: DeskFilter, *, state: QuestionState | None = QuestionState.NEW) -> sa.Select:
    """The numbers of what matches a filter in a state, in order."""
    wanted = replace(chosen, state=state)
    return sa.select(Question.id).where(*_conditions(viewing, wanted)).order_by(*_order(chosen.sort))


def theme_key(call: CallFacts, theme_id: int | None) -> str:
    """The key by which a filter knows a theme, or its absence."""
    theme = call.theme_by_id(theme_id)
    return theme.key if theme else NO_THEME


def row_values(call: CallFacts, question: Question) -> dict[str, object]:
    """What a row of the queue and the page of one question say alike."""
    theme = call.theme_by_id(question.theme_id)
    suggested = call.theme_by_id(question.suggested_theme_id)
    return dict(
        id=question.id,
        label=question_label(question.kind, question.number),
        title=question.title,
        language=question.language,
        kind=question.kind,
        kind_word=KIND_WORDS[question.kind],
        theme=theme,
        suggested=None if suggested == theme else suggested,
        state=question.state.value,
        state_word=STAFF_WORDS[question.state],
        created_at=question.created_at,
        is_incomplete=theme is None or not (question.goal_overview and question.significance),
        can_be_accepted=question.state is QuestionState.NEW and theme is not None,
    )


# The filters in the order in which the page shows them.
FACETS = ("state", "theme", "suspicion", "mark", "language", "kind")


def _tallies(viewing: Viewing, chosen: DeskFilter) -> sa.Select:
    """How many questions agree in all that filters ask about: far fewer rows than questions."""
    columns = [
        Question.state.label("state"),
        Question.theme_id.label("theme"),
        Question.language.label("language"),
        Question.kind.label("kind"),
        *(_is_suspected(kind).label(kind.value) for kind in SuspicionKind),
        *(condition.label(name) for name, condition in _marks(viewing).items()),
    ]
    seen = sa.select(*columns).where(*_visible(viewing), *_matching(chosen.words)).subquery()
    return sa.select(*seen.c, sa.func.count().label("n")).group_by(*seen.c)


def _fits(chosen: DeskFilter, name: str, values: dict) -> bool:
    wanted = getattr(chosen, name)
    if wanted is None:
        return True
    if name == "suspicion":
        return values[wanted.value]
    return values[wanted] if name == "mark" else values[name] == wanted


def _values(name: str, values: dict) -> list[str]:
    """The values of a filter that a tally counts for."""
    if name == "suspicion":
        return [kind.value for kind in SuspicionKind if values[kind.value]]
    if name == "mark":
        return [mark for mark in MARK_WORDS if values[mark]]
    return [values[name].value if isinstance(values[name], enum.Enum) else values[name]]


def _conditions(viewing: Viewing, chosen: DeskFilter) -> list[sa.ColumnElement[bool]]:
    conditions = [*_visible(viewing), *_matching(chosen.words)]
    if chosen.state:
        conditions.append(Question.state == chosen.state)
    if chosen.theme:
        theme = viewing.call.theme(chosen.theme)
        conditions.append(Question.theme_id.is_(None) if theme is None else Question.theme_id == theme.id)
    if chosen.language:
        conditions.append(Question.language == chosen.language)
    if chosen.kind:
        conditions.append(Question.kind == chosen.kind)
    if chosen.suspicion:
        conditions.append(_is_suspected(chosen.suspicion))
    if chosen.mark:
        conditions.append(_marks(viewing)[chosen.mark])
    return conditions


def _marks(viewing: Viewing) -> dict[str, sa.ColumnElement[bool]]:
    return {
        CHANGED: is_among_changed(),
        ASKED: is_asked_about(),
        ANSWERED: is_answered(),
        MINE: is_claimed_by(viewing.viewer_id, viewing.now),
    }


def _is_suspected(kind: SuspicionKind) -> sa.ColumnElement[bool]:
    suspected = sa.select(Suspicion.question_id).where(Suspicion.kind == kind, Suspicion.dismissed_at.is_(None))
    return Question.id.in_(suspected)


def _visible(viewing: Viewing) -> tuple[sa.ColumnElement[bool], ...]:
    """A call's questions without those in which this organizer has a part."""
    return Question.call_id == viewing.call.id, ~is_involved(viewing.viewer_id, Question.id)


def _matching(words: str) -> tuple[sa.ColumnElement[bool], ...]:
    numbered = parse_label(words)
    if numbered:
        kind, number = numbered
        return Question.kind == kind, Question.number == number
    asked = search_query(words)
    return (Question.search_vector.op("@@")(sa.func.to_tsquery("simple", asked)),) if asked else ()


def _order(sort: Sort) -> tuple[sa.ColumnElement, ...]:
    oldest = (Question.created_at, Question.id)
    if sort is Sort.NEWEST:
        return Question.created_at.desc(), Question.id.desc()
    if sort is Sort.SUSPICION:
        strongest = sa.select(sa.func.max(Suspicion.strength)).where(Suspicion.dismissed_at.is_(None))
        strongest = strongest.where(Suspicion.question_id == Question.id).correlate(Question).scalar_subquery()
        return strongest.desc().nulls_last(), *oldest
    if sort is Sort.SUGGESTED:
        differs = Question.suggested_theme_id.is_distinct_from(Question.theme_id)
        others = sa.case((differs, Question.suggested_theme_id))
        return others.asc().nulls_last(), Question.suggested_theme_probability.desc().nulls_last(), *oldest
    return oldest


def _rows(viewing: Viewing) -> sa.Select:
    return sa.select(
        Question,
        open_suspicions().label("suspicions"),
        live_claim(viewing.now).label("claim"),
        has_changed().label("has_changed"),
        revision_state().label("revision"),
    )


def _row(viewing: Viewing, row: sa.Row) -> DeskRow:
    return DeskRow(
        **row_values(viewing.call, row.Question),
        suspicions=suspicions_from(row.suspicions),
        claim=claim_from(row.claim, viewing.viewer_id),
        has_changed=row.has_changed,
        revision=row.revision,
    )
