"""The matrix of questions and missions for one organizer, and what of it the public reads."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from solicit.calls.models import Mission
from solicit.calls.queries import CallFacts, MissionView, ThemeView
from solicit.questions.models import MissionLink, Question
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import MissionVerdict, QuestionState, question_label
from solicit.web.csv import Cell
from solicit.web.pagination import Window

# Questions that still wait for a verdict, or that have a confirmed mission.
WAITING, CONFIRMED = "waiting", "confirmed"
BATCH = 200


@dataclass(frozen=True)
class MatrixFilter:
    """Which rows: of a theme, with anything said or suggested of a mission, waiting or confirmed."""

    theme_id: int | None = None
    mission_id: int | None = None
    standing: str | None = None


@dataclass(frozen=True)
class MatrixCell:
    """What is known of one question and one mission; ``similarity`` is None where only a person named it."""

    mission: MissionView
    similarity: float | None = None
    verdict: MissionVerdict | None = None

    @property
    def is_suggested(self) -> bool:
        return self.similarity is not None


@dataclass(frozen=True)
class MatrixRow:
    id: int
    label: str
    title: str
    language: str
    theme: ThemeView | None
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True)
class MatrixCounts:
    """Rows per theme, per standing and in all, each under the other filters; questions with a link per mission."""

    per_theme: Mapping[int, int]
    per_standing: Mapping[str, int]
    per_mission: Mapping[int, int]
    total: int


@dataclass(frozen=True)
class _Tally:
    per_theme: Counter = field(default_factory=Counter)
    per_standing: Counter = field(default_factory=Counter)


def matrix_rows(
    session: Session,
    *,
    call: CallFacts,
    missions: tuple[MissionView, ...],
    viewer_id: int,
    wanted: MatrixFilter,
    window: Window,
) -> tuple[MatrixRow, ...]:
    """One page of the questions in scope in which the viewer has no part; two statements."""
    page = _questions(call, viewer_id, wanted).order_by(Question.kind, Question.number)
    questions = session.scalars(page.limit(window.size).offset(window.offset)).all()
    known: dict[int, dict[int, MissionLink]] = defaultdict(dict)
    for link in session.scalars(_links([question.id for question in questions])):
        known[link.question_id][link.mission_id] = link
    return tuple(_row(call, question, missions, known[question.id]) for question in questions)


def matrix_counts(session: Session, *, call: CallFacts, viewer_id: int, wanted: MatrixFilter) -> MatrixCounts:
    """The numbers beside the filters; two statements."""
    standings = {WAITING: _has_link(WAITING, wanted.mission_id), CONFIRMED: _has_link(CONFIRMED, wanted.mission_id)}
    seen = _questions(call, viewer_id, MatrixFilter(mission_id=wanted.mission_id)).with_only_columns(
        Question.theme_id, *(is_so.label(name) for name, is_so in standings.items())
    )
    grouped = seen.subquery()
    rows = session.execute(sa.select(*grouped.c, sa.func.count().label("n")).group_by(*grouped.c)).all()
    tally = _Tally()
    for row in rows:
        is_wanted = wanted.standing is None or row._mapping[wanted.standing]
        tally.per_theme[row.theme_id] += row.n if is_wanted else 0
        for name in standings:
            is_theme = wanted.theme_id in (None, row.theme_id)
            tally.per_standing[name] += row.n if is_theme and row._mapping[name] else 0
    total = tally.per_theme.total() if wanted.theme_id is None else tally.per_theme[wanted.theme_id]
    return MatrixCounts(tally.per_theme, tally.per_standing, _per_mission(session, call, viewer_id), total)


def link_cells(
    session: Session, *, call: CallFacts, viewer_id: int, wanted: MatrixFilter
) -> Iterator[tuple[Cell, ...]]:
    """Every link of the matrix under the filter, for a file, read in batches; one statement."""
    ids = _questions(call, viewer_id, wanted).with_only_columns(Question.id)
    rows = session.execute(
        sa.select(MissionLink, Question, Mission)
        .join(Question, Question.id == MissionLink.question_id)
        .join(Mission, Mission.id == MissionLink.mission_id)
        .where(Question.id.in_(ids), _is_of(wanted.mission_id))
        .order_by(Question.kind, Question.number, Mission.position, Mission.id),
        execution_options={"yield_per": BATCH},
    )
    for link, question, mission in rows:
        theme, verdict = call.theme_by_id(question.theme_id), link.verdict and link.verdict.value
        yield (
            question_label(question.kind, question.number),
            theme and theme.key,
            question.title,
            mission.key,
            mission.name,
            link.similarity,
            verdict or "waiting",
        )


@cache
def confirmed_names() -> sa.ScalarSelect[list[str]]:
    """The names of the missions that people confirmed for the question in the statement around it."""
    names = sa.select(sa.func.array_agg(aggregate_order_by(Mission.name, Mission.position, Mission.id)))
    names = names.join(MissionLink, MissionLink.mission_id == Mission.id)
    confirmed = names.where(MissionLink.question_id == Question.id, MissionLink.verdict == MissionVerdict.CONFIRMED)
    return confirmed.correlate(Question).scalar_subquery()


def _questions(call: CallFacts, viewer_id: int, wanted: MatrixFilter) -> sa.Select:
    seen = (Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE, ~is_involved(viewer_id, Question.id))
    questions = sa.select(Question).where(*seen)
    if wanted.theme_id is not None:
        questions = questions.where(Question.theme_id == wanted.theme_id)
    if wanted.standing or wanted.mission_id is not None:
        questions = questions.where(_has_link(wanted.standing, wanted.mission_id))
    return questions


def _has_link(standing: str | None, mission_id: int | None) -> sa.ColumnElement[bool]:
    is_so = {
        WAITING: MissionLink.verdict.is_(None),
        CONFIRMED: MissionLink.verdict == MissionVerdict.CONFIRMED,
        None: sa.true(),
    }
    # A set found once: looked for row by row, ten thousand questions cost seconds.
    return Question.id.in_(sa.select(MissionLink.question_id).where(is_so[standing], _is_of(mission_id)))


def _is_of(mission_id: int | None) -> sa.ColumnElement[bool]:
    return sa.true() if mission_id is None else MissionLink.mission_id == mission_id


def _per_mission(session: Session, call: CallFacts, viewer_id: int) -> Mapping[int, int]:
    seen = _questions(call, viewer_id, MatrixFilter()).with_only_columns(Question.id)
    linked = sa.select(MissionLink.mission_id, sa.func.count()).where(MissionLink.question_id.in_(seen))
    return {mission_id: n for mission_id, n in session.execute(linked.group_by(MissionLink.mission_id))}


def _links(question_ids: list[int]) -> sa.Select:
    return (
        sa.select(MissionLink)
        .where(MissionLink.question_id.in_(question_ids))
        .execution_options(populate_existing=True)
    )


def _row(
    call: CallFacts, question: Question, missions: tuple[MissionView, ...], links: Mapping[int, MissionLink]
) -> MatrixRow:
    return MatrixRow(
        id=question.id,
        label=question_label(question.kind, question.number),
        title=question.title,
        language=question.language,
        theme=call.theme_by_id(question.theme_id),
        cells=tuple(_cell(mission, links.get(mission.id)) for mission in missions),
    )


def _cell(mission: MissionView, link: MissionLink | None) -> MatrixCell:
    return MatrixCell(mission, link.similarity, link.verdict) if link else MatrixCell(mission)
