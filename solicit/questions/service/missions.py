"""Which mission could answer which question: suggested by how alike their texts are, said by people."""

from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ml.language.embedding import Encoder
from solicit.audit.service import record_all
from solicit.calls.models import Mission
from solicit.embeddings.service import embed_texts, model_id_of
from solicit.errors import NotFound
from solicit.jobs.service import start_job
from solicit.questions.models import MissionLink, Question, QuestionVector
from solicit.questions.queries.involvement import is_involved
from solicit.questions.queries.neighbours import is_read_by_model
from solicit.questions.states import Aspect, MissionVerdict, QuestionState

SUGGEST = "questions.suggest_missions"
PER_STEP = 500
# So many of a question's missions are suggested at most, the most alike ones, and none that is less alike.
MOST, LEAST_COSINE = 2, 0.2
# Cosines are kept as the database of another machine would round them, too.
DECIMALS = 4

Pair = tuple[int, int]


def start_suggesting(
    session: Session, *, call_id: int, started_by_id: int | None, result_path: str, now: datetime
) -> int:
    """Have a worker suggest missions for every question in scope, and return the job that people watch."""
    n = len(questions_to_link(session, call_id=call_id))
    return start_job(
        session,
        kind=SUGGEST,
        call_id=call_id,
        task=SUGGEST,
        n_steps=max(1, -(-n // PER_STEP)),
        started_by_id=started_by_id,
        now=now,
        result_path=result_path,
    )


def questions_to_link(session: Session, *, call_id: int) -> list[int]:
    in_scope = (Question.call_id == call_id, Question.state == QuestionState.IN_SCOPE)
    return list(session.scalars(sa.select(Question.id).where(*in_scope).order_by(Question.id)))


def suggest_missions(
    session: Session, *, call_id: int, question_ids: Sequence[int], encoder: Encoder, now: datetime
) -> None:
    """Suggest the missions whose goals are most like these questions, in place of earlier suggestions.

    What a person said of a question and a mission stays as it is.
    """
    offered = sa.select(Mission).where(Mission.call_id == call_id, Mission.is_offered).order_by(Mission.id)
    missions = session.scalars(offered).all()
    model_id = model_id_of(session, encoder)
    rows = session.execute(
        sa.select(Question.id, QuestionVector.vector)
        .join(QuestionVector, QuestionVector.question_id == Question.id)
        .where(Question.id.in_(question_ids), QuestionVector.model_id == model_id)
        .where(QuestionVector.aspect == Aspect.TEXT, is_read_by_model(Question.language, model_id))
        .order_by(Question.id)
    ).all()
    alike: dict[Pair, float] = {}
    if missions and rows:
        goals = embed_texts(session, [f"{each.name}. {each.goal}" for each in missions], encoder=encoder).vectors
        cosines = np.array([row.vector for row in rows], dtype=np.float32) @ goals.T
        alike = _most_alike([row.id for row in rows], [each.id for each in missions], cosines)
    _replace_suggestions(session, question_ids, alike, now)


def judge_missions(
    session: Session,
    *,
    call_id: int,
    pairs: Collection[Pair],
    verdict: MissionVerdict | None,
    actor_id: int,
    now: datetime,
) -> None:
    """Say of pairs (question, mission) what a person thinks, or None to take it back; all of them or none.

    Raises NotFound if one names what is not of this call, or a question in which the person has a part.
    """
    _check_pairs(session, call_id, pairs, actor_id)
    if verdict is None:
        _take_back(session, pairs)
    else:
        said = dict(verdict=verdict, judged_by_id=actor_id, judged_at=now)
        links = [dict(question_id=question_id, mission_id=mission_id, **said) for question_id, mission_id in pairs]
        new = insert(MissionLink).values(links)
        session.execute(new.on_conflict_do_update(index_elements=["question_id", "mission_id"], set_=said))
    for judged_id in sorted({mission_id for _, mission_id in pairs}):
        record_all(
            session,
            act="judge mission",
            subject="question",
            subject_ids=sorted(question_id for question_id, mission_id in pairs if mission_id == judged_id),
            call_id=call_id,
            actor_id=actor_id,
            now=now,
            mission_id=judged_id,
            verdict=verdict and verdict.value,
        )


def _most_alike(questions: list[int], missions: list[int], cosines: NDArray[np.float32]) -> dict[Pair, float]:
    """The suggested pairs with their cosine; of equal ones the earlier mission."""
    found = {}
    rounded = np.round(cosines.astype(np.float64), DECIMALS)
    for question_id, row in zip(questions, rounded, strict=True):
        for place in np.argsort(-row, kind="stable")[:MOST]:
            if row[place] >= LEAST_COSINE:
                found[question_id, missions[place]] = float(row[place])
    return found


def _replace_suggestions(
    session: Session, question_ids: Sequence[int], alike: dict[Pair, float], now: datetime
) -> None:
    key = sa.tuple_(MissionLink.question_id, MissionLink.mission_id)
    stale = sa.delete(MissionLink).where(MissionLink.question_id.in_(question_ids), MissionLink.verdict.is_(None))
    session.execute(stale.where(key.not_in(list(alike))) if alike else stale)
    if alike:
        new = insert(MissionLink)
        changes = {name: new.excluded[name] for name in ("similarity", "suggested_at")}
        keys = ["question_id", "mission_id"]
        new = new.on_conflict_do_update(index_elements=keys, set_=changes, where=MissionLink.verdict.is_(None))
        values = [
            dict(question_id=question_id, mission_id=mission_id, similarity=cosine, suggested_at=now)
            for (question_id, mission_id), cosine in alike.items()
        ]
        session.execute(new, values)


def _check_pairs(session: Session, call_id: int, pairs: Collection[Pair], actor_id: int) -> None:
    questions, missions = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    known = (
        sa.select(Question.id)
        .where(Question.id.in_(questions), Question.call_id == call_id, Question.state == QuestionState.IN_SCOPE)
        .where(~is_involved(actor_id, Question.id))
        .with_for_update(key_share=True)
    )
    listed = sa.select(Mission.id).where(Mission.id.in_(missions), Mission.call_id == call_id)
    if set(session.scalars(known)) != questions or set(session.scalars(listed)) != missions:
        raise NotFound


def _take_back(session: Session, pairs: Collection[Pair]) -> None:
    """What was suggested waits again; what only a person named goes."""
    named = sa.tuple_(MissionLink.question_id, MissionLink.mission_id).in_(list(pairs))
    session.execute(sa.delete(MissionLink).where(named, MissionLink.similarity.is_(None)))
    undone = dict(verdict=None, judged_by_id=None, judged_at=None)
    session.execute(sa.update(MissionLink).where(named).values(**undone))
