"""Reading frozen rankings: for organizers with every number, for everybody what was published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS, Kind
from solicit.panels.models import Round
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.states import RoundState
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import copied_title
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import EVIDENCE_WORDS, NOTE_WORDS, STATE_WORDS, Evidence, RunState, chance_word
from solicit.web.pagination import Window


@dataclass(frozen=True)
class RunLink:
    id: int
    round_name: str
    kind: Kind
    kind_word: str
    state: str
    state_word: str
    frozen_at: datetime
    published_at: datetime | None

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


@dataclass(frozen=True)
class ClosedRound:
    """A round whose ranking can be frozen."""

    id: int
    name: str
    kind_word: str


@dataclass(frozen=True)
class Method:
    """What it takes to repeat a run."""

    seed: int
    salt: str
    input_digest: str
    result_digest: str
    versions: Mapping[str, str]
    weights: Mapping[str, int]
    k: Mapping[str, int]
    n_draws: int
    variances: Mapping[str, float]


@dataclass(frozen=True)
class RunPage:
    run: RunLink
    notes: tuple[str, ...]
    is_disconnected: bool
    method: Method


@dataclass(frozen=True)
class RankedRow:
    """One question of a run; places are None where the evidence is insufficient."""

    label: str
    title: str
    language: str
    is_ranked: bool
    evidence_word: str
    place_first: int | None
    place_last: int | None
    component: int
    mean: float
    low: float
    high: float
    p_top_k: float
    chance_word: str
    plain_mean: float | None
    n_ratings: int
    n_outside: int


@dataclass(frozen=True)
class PublicRow:
    """What is published of a ranked question."""

    label: str
    title: str
    language: str
    place_first: int
    place_last: int
    component: int
    mean: float
    low: float
    high: float
    n_ratings: int


@dataclass(frozen=True)
class ThemeCounts:
    """Rows that a reader sees per theme key, and how many a conflict hides."""

    per_theme: Mapping[str, int]
    n_hidden: int


def run_subject(session: Session, *, call: CallFacts, run_id: int, **_) -> Subject | None:
    """Facts for the policy: a run belongs to its call."""
    found = session.scalar(sa.select(RankingRun.id).where(RankingRun.id == run_id, RankingRun.call_id == call.id))
    return Subject(call_id=call.id) if found else None


def runs(session: Session, *, call_id: int, only_published: bool = False) -> tuple[RunLink, ...]:
    """The rankings of a call, latest first; one statement."""
    wanted = _links().where(RankingRun.call_id == call_id)
    if only_published:
        wanted = wanted.where(RankingRun.state == RunState.PUBLISHED)
    return tuple(_link(run, name, kind) for run, name, kind in session.execute(wanted))


def closed_rounds(session: Session, *, call_id: int) -> tuple[ClosedRound, ...]:
    """Rounds whose ranking can be frozen now."""
    found = session.execute(
        sa.select(Round.id, Round.name, Round.kind)
        .where(Round.call_id == call_id, Round.state == RoundState.CLOSED)
        .order_by(Round.id)
    )
    return tuple(ClosedRound(id_, name, KIND_WORDS[kind]) for id_, name, kind in found)


def seed_of_round(session: Session, *, round_id: int) -> int:
    """The seed that was fixed when the round was prepared; its ranking uses the same one."""
    return session.scalars(sa.select(Round.seed).where(Round.id == round_id)).one()


def run_page(session: Session, *, run_id: int) -> RunPage:
    """One run with its notes and method; one statement."""
    run, name, kind = session.execute(_links().where(RankingRun.id == run_id)).one()
    parameters = run.parameters
    return RunPage(
        run=_link(run, name, kind),
        notes=tuple(dict.fromkeys(NOTE_WORDS[key] for key in run.notes)),
        is_disconnected="disconnected_design" in run.notes,
        method=Method(
            seed=run.seed,
            salt=run.salt,
            input_digest=bytes(run.input_digest).hex(),
            result_digest=bytes(run.result_digest).hex(),
            versions=run.versions,
            weights=parameters["weights"],
            k=parameters["k"],
            n_draws=parameters["n_draws"],
            variances=run.variances,
        ),
    )


def theme_counts(session: Session, *, call: CallFacts, run_id: int, viewer_id: int) -> ThemeCounts:
    """Rows per theme without those that ``viewer_id`` is in conflict with; one statement."""
    visible = sa.func.count().filter(without_conflict(RankingRow.question_id, viewer_id))
    found = session.execute(
        sa.select(RankingRow.theme_id, visible, sa.func.count())
        .where(RankingRow.run_id == run_id)
        .group_by(RankingRow.theme_id)
    ).all()
    shown = {theme_id: n for theme_id, n, _ in found}
    return ThemeCounts(
        {theme.key: shown[theme.id] for theme in call.themes if theme.id in shown},
        sum(total - n for _, n, total in found),
    )


def public_theme_counts(session: Session, *, call: CallFacts, run_id: int) -> Mapping[str, int]:
    """Ranked rows per theme key; one statement."""
    found = session.execute(
        sa.select(RankingRow.theme_id, sa.func.count())
        .where(RankingRow.run_id == run_id, RankingRow.evidence == Evidence.RANKED)
        .group_by(RankingRow.theme_id)
    )
    shown = {theme_id: n for theme_id, n in found}
    return {theme.key: shown[theme.id] for theme in call.themes if theme.id in shown}


def ranking_rows(
    session: Session, *, run_id: int, theme_id: int, viewer_id: int, window: Window
) -> tuple[RankedRow, ...]:
    """A page of one theme's ranking without the rows that ``viewer_id`` is in conflict with; one statement."""
    rows = _rows(run_id, theme_id, window).where(without_conflict(RankingRow.question_id, viewer_id))
    found = session.execute(rows.add_columns(copied_title(RankingRow.question_id)))
    return tuple(_ranked_row(row, number, copied) for row, number, copied in found)


def public_rows(session: Session, *, run_id: int, theme_id: int, window: Window) -> tuple[PublicRow, ...]:
    """A page of one theme's published ranking; questions with fewer than 3 ratings are not in it; one statement."""
    found = session.execute(_rows(run_id, theme_id, window).where(RankingRow.evidence == Evidence.RANKED))
    return tuple(
        PublicRow(
            label=question_label(row.kind, number) or "",
            title=row.title,
            language=row.language,
            place_first=row.place_first,
            place_last=row.place_last,
            component=row.component,
            mean=row.mean,
            low=row.low,
            high=row.high,
            n_ratings=row.n_ratings,
        )
        for row, number in found
    )


def _links() -> sa.Select:
    return (
        sa.select(RankingRun, Round.name, Round.kind)
        .join(Round, Round.id == RankingRun.round_id)
        .order_by(RankingRun.id.desc())
    )


def _link(run: RankingRun, round_name: str, kind: Kind) -> RunLink:
    return RunLink(
        id=run.id,
        round_name=round_name,
        kind=kind,
        kind_word=KIND_WORDS[kind],
        state=run.state.value,
        state_word=STATE_WORDS[run.state],
        frozen_at=run.frozen_at,
        published_at=run.published_at,
    )


def _rows(run_id: int, theme_id: int, window: Window) -> sa.Select:
    return (
        sa.select(RankingRow, Question.number)
        .join(Question, Question.id == RankingRow.question_id)
        .where(RankingRow.run_id == run_id, RankingRow.theme_id == theme_id)
        .order_by(RankingRow.position)
        .limit(window.size)
        .offset(window.offset)
    )


def _ranked_row(row: RankingRow, number: int | None, copied: str | None) -> RankedRow:
    return RankedRow(
        label=question_label(row.kind, number) or "",
        title=row.title if copied is None else copied,
        language=row.language,
        is_ranked=row.evidence is Evidence.RANKED,
        evidence_word=EVIDENCE_WORDS[row.evidence],
        place_first=row.place_first,
        place_last=row.place_last,
        component=row.component,
        mean=row.mean,
        low=row.low,
        high=row.high,
        p_top_k=row.p_top_k,
        chance_word=chance_word(row.p_top_k),
        plain_mean=row.plain_mean,
        n_ratings=row.n_ratings,
        n_outside=row.n_outside,
    )
