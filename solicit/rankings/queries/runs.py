"""Frozen rankings of a call: which there are, why, and what it takes to repeat them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.calls.states import KIND_WORDS, Kind
from solicit.panels.models import Round
from solicit.panels.states import RoundState
from solicit.rankings.models import RankingRun
from solicit.rankings.states import MODEL_WORDS, NOTE_WORDS, PURPOSE_WORDS, RESULTS, STATE_WORDS, Purpose, RunState


@dataclass(frozen=True)
class RunLink:
    """A run; ``is_current`` is said of the latest result of its round, not of what is there for comparison."""

    id: int
    round_id: int
    round_name: str
    kind: Kind
    kind_word: str
    purpose: Purpose
    purpose_word: str
    reason: str
    is_current: bool
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
    panel_id: int | None


@dataclass(frozen=True)
class Method:
    """What it takes to repeat a run."""

    model_word: str
    seed: int
    salt: str
    input_digest: str
    result_digest: str
    draws_digest: str
    versions: Mapping[str, str]
    weights: Mapping[str, int]
    k: Mapping[str, int]
    n_draws: int
    n_ratings: int
    n_comparisons: int
    n_ballots: int
    groups: tuple[str, ...]
    variances: Mapping[str, float]


@dataclass(frozen=True)
class RunPage:
    run: RunLink
    others: tuple[RunLink, ...]
    notes: tuple[str, ...]
    is_disconnected: bool
    publishes_ratings: bool
    panel_id: int | None
    method: Method


def run_subject(session: Session, *, call: CallFacts, run_id: int, **_) -> Subject | None:
    """Facts for the policy: a run belongs to its call, and its round may be one of a panel."""
    found = session.execute(
        sa.select(Round.panel_id)
        .join(RankingRun, RankingRun.round_id == Round.id)
        .where(RankingRun.id == run_id, RankingRun.call_id == call.id)
    ).one_or_none()
    return Subject(call_id=call.id, panel_id=found.panel_id) if found else None


def series_subject(session: Session, *, call: CallFacts, round_id: int, **_) -> Subject | None:
    """Facts for the policy: a round that began a series belongs to its call, and maybe to a panel."""
    found = session.execute(
        sa.select(Round.panel_id).where(Round.id == round_id, Round.call_id == call.id, Round.follows_id.is_(None))
    ).one_or_none()
    return Subject(call_id=call.id, panel_id=found.panel_id) if found else None


def runs(session: Session, *, call_id: int, only_published: bool = False) -> tuple[RunLink, ...]:
    """The rankings of a call, latest first; one statement."""
    wanted = _links().where(RankingRun.call_id == call_id)
    if only_published:
        wanted = wanted.where(RankingRun.state == RunState.PUBLISHED)
    return _linked(session.execute(wanted).all())


def closed_rounds(session: Session, *, call_id: int) -> tuple[ClosedRound, ...]:
    """Rounds that began a series whose ranking can be frozen now; one statement."""
    later = aliased(Round)
    is_going_on = sa.exists().where(later.follows_id == Round.id, later.state == RoundState.OPEN)
    found = session.execute(
        sa.select(Round.id, Round.name, Round.kind, Round.panel_id)
        .where(Round.call_id == call_id, Round.state == RoundState.CLOSED, Round.follows_id.is_(None), ~is_going_on)
        .order_by(Round.id)
    )
    return tuple(ClosedRound(id_, name, KIND_WORDS[kind], panel_id) for id_, name, kind, panel_id in found)


def seed_of_round(session: Session, *, round_id: int) -> int:
    """The seed that was fixed when the round was prepared; its rankings use the same one."""
    return session.scalars(sa.select(Round.seed).where(Round.id == round_id)).one()


def run_page(session: Session, *, run_id: int) -> RunPage:
    """One run with its notes, its method and the other runs of its round; one statement."""
    own = sa.select(RankingRun.round_id).where(RankingRun.id == run_id).scalar_subquery()
    found = session.execute(_links().where(RankingRun.round_id == own)).all()
    links = {link.id: link for link in _linked(found)}
    run, _name, _kind, publishes_ratings, panel_id = next(row for row in found if row.RankingRun.id == run_id)
    return RunPage(
        run=links.pop(run_id),
        others=tuple(links.values()),
        notes=tuple(dict.fromkeys(NOTE_WORDS[key] for key in run.notes)),
        is_disconnected="disconnected_design" in run.notes,
        publishes_ratings=publishes_ratings,
        panel_id=panel_id,
        method=_method(run),
    )


def _links() -> sa.Select:
    return (
        sa.select(RankingRun, Round.name, Round.kind, Round.publishes_ratings, Round.panel_id)
        .join(Round, Round.id == RankingRun.round_id)
        .order_by(RankingRun.id.desc())
    )


def _linked(found: list[sa.Row]) -> tuple[RunLink, ...]:
    """Links to runs, latest first; of each round the first result among them is the current one."""
    current: dict[int, int] = {}
    for row in found:
        if row.RankingRun.purpose in RESULTS:
            current.setdefault(row.RankingRun.round_id, row.RankingRun.id)
    return tuple(
        _link(row.RankingRun, row.name, row.kind, current.get(row.RankingRun.round_id) == row.RankingRun.id)
        for row in found
    )


def _link(run: RankingRun, round_name: str, kind: Kind, is_current: bool) -> RunLink:
    return RunLink(
        id=run.id,
        round_id=run.round_id,
        round_name=round_name,
        kind=kind,
        kind_word=KIND_WORDS[kind],
        purpose=run.purpose,
        purpose_word=PURPOSE_WORDS[run.purpose],
        reason=run.reason,
        is_current=is_current,
        state=run.state.value,
        state_word=STATE_WORDS[run.state],
        frozen_at=run.frozen_at,
        published_at=run.published_at,
    )


def _method(run: RankingRun) -> Method:
    parameters = run.parameters
    return Method(
        model_word=MODEL_WORDS[run.rating_model],
        seed=run.seed,
        salt=run.salt,
        input_digest=bytes(run.input_digest).hex(),
        result_digest=bytes(run.result_digest).hex(),
        draws_digest=bytes(run.draws_digest).hex() if run.draws_digest else "",
        versions=run.versions,
        weights=parameters["weights"],
        k=parameters["k"],
        n_draws=parameters["n_draws"],
        n_ratings=parameters.get("n_ratings", 0),
        n_comparisons=parameters.get("n_comparisons", 0),
        n_ballots=parameters.get("n_ballots", 0),
        groups=tuple(parameters.get("groups", ())),
        variances=run.variances,
    )
