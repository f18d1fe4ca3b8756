"""The questions near the top of frozen rankings."""

import hashlib
from collections.abc import Sequence
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


@dataclass(frozen=True)
class Run:
    """A frozen ranking."""

    id: int
    salt: str
    result_digest: bytes


@dataclass(frozen=True)
class Results:
    """Frozen rankings, and the questions near their tops: by run and theme, the best first."""

    runs: tuple[Run, ...]
    questions: tuple[RankedQuestion, ...]


def joint_salt(salts: Sequence[str]) -> str:
    """The salt of one run, or one made of all: nobody chooses it after the rankings are frozen."""
    return salts[0] if len(salts) == 1 else hashlib.sha256(":".join(salts).encode()).hexdigest()


def top_questions(session: Session, *, call: CallFacts, run_ids: sa.Select) -> Results:
    """The frozen runs of this call among those selected, and the first 3 k ranked questions; one statement."""
    place = sa.func.row_number().over(
        partition_by=(RankingRow.run_id, RankingRow.theme_id), order_by=RankingRow.position
    )
    ranked = (
        sa.select(RankingRow, place.label("place"))
        .where(RankingRow.run_id.in_(run_ids), RankingRow.evidence == Evidence.RANKED)
        .subquery()
    )
    rows = session.execute(
        sa.select(
            RankingRun.id.label("run_id"),
            RankingRun.salt,
            RankingRun.parameters,
            RankingRun.result_digest,
            *(ranked.c[name] for name in ("question_id", "theme_id", "p_top_k", "place", "place_first", "place_last")),
            Question.kind,
            Question.number,
            Topic.id.label("topic_id"),
        )
        .outerjoin(ranked, ranked.c.run_id == RankingRun.id)
        .outerjoin(Question, Question.id == ranked.c.question_id)
        .outerjoin(TopicMember, TopicMember.question_id == Question.id)
        .outerjoin(Topic, sa.and_(Topic.id == TopicMember.topic_id, Topic.retired_at.is_(None)))
        .where(RankingRun.id.in_(run_ids), RankingRun.call_id == call.id, RankingRun.purpose.in_(RESULTS))
        .order_by(RankingRun.id, ranked.c.theme_id, ranked.c.place)
    ).all()
    runs = {row.run_id: Run(row.run_id, row.salt, row.result_digest) for row in rows}
    found = (_ranked_question(row, call) for row in rows if row.question_id is not None)
    return Results(tuple(runs.values()), tuple(question for question in found if question))


def _ranked_question(row: sa.Row, call: CallFacts) -> RankedQuestion | None:
    theme_key = call.theme_by_id(row.theme_id).key
    k = places(row.parameters, theme_key, call.n_places)
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
