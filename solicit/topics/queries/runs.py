"""The groupings of a call: the last one, the one that waits, and all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.embeddings.models import EmbeddingModel
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.topics.models import ProposedTopic, TopicRun
from solicit.topics.queries.ungrouped import is_ungrouped
from solicit.topics.states import RESOLUTIONS, RUN_WORDS, Detail, RunState
from solicit.web.pagination import Window


@dataclass(frozen=True)
class DeskRuns:
    """When a call was grouped, how finely, what is new since, and the proposal that waits."""

    accepted_at: datetime | None
    detail: Detail
    n_ungrouped: int
    proposal_id: int | None


@dataclass(frozen=True)
class RunView:
    """One grouping, with everything that it depends on."""

    id: int
    state_word: str
    run_at: datetime
    decided_at: datetime | None
    run_by: str | None
    n_questions: int
    n_topics: int
    goes_back_to: int | None
    detail: Detail | None
    parameters: Mapping[str, object]
    versions: Mapping[str, str]
    model: str
    input_digest: str
    result_digest: str
    may_come_back: bool


def run_subject(session: Session, *, call: CallFacts, grouping_id: int, **_) -> Subject | None:
    """Facts for the policy: a run belongs to its call."""
    found = session.scalar(sa.select(TopicRun.id).where(TopicRun.id == grouping_id, TopicRun.call_id == call.id))
    return Subject(call_id=call.id) if found else None


def desk_runs(session: Session, *, call: CallFacts, viewer_id: int) -> DeskRuns:
    """What the desk says of the call's groupings; one statement."""
    accepted = _of(call, RunState.ACCEPTED).order_by(TopicRun.decided_at.desc(), TopicRun.id.desc()).limit(1)
    last = accepted.with_only_columns(TopicRun.decided_at).scalar_subquery()
    parameters = accepted.with_only_columns(TopicRun.parameters).scalar_subquery()
    waiting = _of(call, RunState.PROPOSED).with_only_columns(TopicRun.id).scalar_subquery()
    row = session.execute(
        sa.select(
            last.label("last"), parameters.label("parameters"), _n_ungrouped(call, viewer_id), waiting.label("waiting")
        )
    ).one()
    return DeskRuns(
        accepted_at=row.last,
        detail=_detail(row.parameters) or Detail.MIDDLE,
        n_ungrouped=row.n_ungrouped,
        proposal_id=row.waiting,
    )


def runs_of_call(session: Session, *, call: CallFacts, window: Window) -> tuple[tuple[RunView, ...], int]:
    """One page of a call's groupings, the latest first, and how many there are; one statement."""
    n_topics = sa.select(sa.func.count()).where(ProposedTopic.run_id == TopicRun.id).scalar_subquery()
    waits = sa.exists().where(TopicRun.call_id == call.id, TopicRun.state == RunState.PROPOSED)
    rows = session.execute(
        sa.select(
            TopicRun,
            Person.full_name.label("run_by"),
            EmbeddingModel.name.label("model"),
            n_topics.label("n_topics"),
            sa.func.count().over().label("total"),
            sa.select(waits).scalar_subquery().label("waits"),
        )
        .join(EmbeddingModel, EmbeddingModel.id == TopicRun.model_id)
        .outerjoin(Person, Person.id == TopicRun.run_by_id)
        .where(TopicRun.call_id == call.id)
        .order_by(TopicRun.id.desc())
        .offset(window.offset)
        .limit(window.size)
    ).all()
    return tuple(_run_view(row) for row in rows), rows[0].total if rows else 0


def _of(call: CallFacts, state: RunState) -> sa.Select:
    return sa.select(TopicRun).where(TopicRun.call_id == call.id, TopicRun.state == state)


def _n_ungrouped(call: CallFacts, viewer_id: int) -> sa.Label:
    ungrouped = sa.select(sa.func.count()).select_from(Question).where(is_ungrouped(call, viewer_id))
    return ungrouped.scalar_subquery().label("n_ungrouped")


def _detail(parameters: Mapping | None) -> Detail | None:
    """The step whose resolution a run had."""
    resolution = (parameters or {}).get("resolution")
    return next((detail for detail, value in RESOLUTIONS.items() if value == resolution), None)


def _run_view(row: sa.Row) -> RunView:
    run = row.TopicRun
    was_computed = bool(row.n_topics)
    return RunView(
        id=run.id,
        state_word=RUN_WORDS[run.state],
        run_at=run.run_at,
        decided_at=run.decided_at,
        run_by=row.run_by,
        n_questions=run.n_questions,
        n_topics=row.n_topics,
        goes_back_to=run.parameters.get("goes_back_to"),
        detail=_detail(run.parameters),
        parameters=run.parameters,
        versions=run.versions,
        model=row.model,
        input_digest=run.input_digest.hex(),
        result_digest=(run.result_digest or b"").hex(),
        may_come_back=run.state is RunState.ACCEPTED and was_computed and not row.waits,
    )
