"""The questions near the top of frozen rankings."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import RESULTS, Evidence
from solicit.topics.models import Topic, TopicMember

PLACES_READ = 3  # candidates come from the first 3 k questions


@dataclass(frozen=True)
class RankedQuestion:
    """A question near the top of a frozen ranking; ``value`` is 0 beyond the announced places."""

    id: int
    label: str
    run_id: int
    theme_key: str
    topic_id: int | None
    p_top_k: float
    value: int
    place_first: int | None = None
    place_last: int | None = None


def results_of(session: Session, *, call: CallFacts, run_ids: Collection[int]) -> Sequence[sa.Row] | None:
    """The frozen runs, None if one of them is no result of this call; one statement."""
    runs = session.execute(
        sa.select(RankingRun.id, RankingRun.salt, RankingRun.parameters, RankingRun.result_digest)
        .where(RankingRun.id.in_(run_ids), RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS))
        .order_by(RankingRun.id)
    ).all()
    return runs if runs and len(runs) == len(set(run_ids)) else None


def joint_salt(salts: Sequence[str]) -> str:
    """The salt of one run, or one made of all: nobody chooses it after the rankings are frozen."""
    return salts[0] if len(salts) == 1 else hashlib.sha256(":".join(salts).encode()).hexdigest()


def top_questions(session: Session, *, call: CallFacts, runs: Sequence[sa.Row]) -> tuple[RankedQuestion, ...]:
    """The first 3 k ranked questions of each run and theme, best first; one statement."""
    place = sa.func.row_number().over(
        partition_by=(RankingRow.run_id, RankingRow.theme_id), order_by=RankingRow.position
    )
    ranked = (
        sa.select(RankingRow, place.label("place"))
        .where(RankingRow.run_id.in_([run.id for run in runs]), RankingRow.evidence == Evidence.RANKED)
        .subquery()
    )
    rows = session.execute(
        sa.select(
            *(ranked.c[name] for name in ("run_id", "question_id", "theme_id", "p_top_k", "place")),
            ranked.c.place_first,
            ranked.c.place_last,
            Question.kind,
            Question.number,
            Topic.id.label("topic_id"),
        )
        .join(Question, Question.id == ranked.c.question_id)
        .outerjoin(TopicMember, TopicMember.question_id == Question.id)
        .outerjoin(Topic, sa.and_(Topic.id == TopicMember.topic_id, Topic.retired_at.is_(None)))
        .order_by(ranked.c.run_id, ranked.c.theme_id, ranked.c.place)
    )
    parameters = {run.id: run.parameters for run in runs}
    found = (_ranked_question(row, call, parameters[row.run_id]) for row in rows)
    return tuple(question for question in found if question)


def _ranked_question(row: sa.Row, call: CallFacts, parameters: dict) -> RankedQuestion | None:
    theme_key = call.theme_by_id(row.theme_id).key
    k = places(parameters, theme_key, call.n_places)
    if row.place > PLACES_READ * k:
        return None
    return RankedQuestion(
        id=row.question_id,
        label=question_label(row.kind, row.number),
        run_id=row.run_id,
        theme_key=theme_key,
        topic_id=row.topic_id,
        p_top_k=row.p_top_k,
        value=percent(row.p_top_k) if row.place <= k else 0,
        place_first=row.place_first,
        place_last=row.place_last,
    )


def places(parameters: dict, theme_key: str, default: int) -> int:
    """How many places a run announced in a theme."""
    k = parameters.get("k", default)
    return int(k.get(theme_key, default) if isinstance(k, dict) else k)


def percent(share: float) -> int:
    return round(100 * share)
