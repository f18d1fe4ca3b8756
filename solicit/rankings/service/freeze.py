"""Freezing a ranking from a closed round, and checking later that it is what its inputs give."""

import hashlib
import platform
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import NotFound
from solicit.panels.models import Round
from solicit.panels.queries.results import Rating, ratings
from solicit.panels.queries.rounds import criteria_of
from solicit.panels.service.rounds import freeze_round
from solicit.questions.models import Question
from solicit.questions.states import QuestionState
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.service.compute import Computed, ComputedRow, compute, digest, result_digest
from solicit.rankings.states import Evidence

N_DRAWS = 2_000


@dataclass(frozen=True)
class Verification:
    """Whether a stored run is still what was frozen."""

    inputs_match: bool
    result_matches: bool
    rows_match: bool

    @property
    def holds(self) -> bool:
        return self.inputs_match and self.result_matches and self.rows_match


def freeze(session: Session, *, call: CallFacts, round_id: int, seed: int, actor_id: int | None, now: datetime) -> int:
    """Rank the questions of a closed round once and for all; return the run's id.

    Raises Closed unless the round is closed, Refused when fewer than two questions have a rating.
    """
    freeze_round(session, round_id=round_id, actor_id=actor_id, now=now)
    round_ = session.scalars(sa.select(Round).where(Round.id == round_id, Round.call_id == call.id)).one()
    questions = _questions(session, call, round_)
    inputs = _inputs(session, call, round_, questions, seed)
    computed = compute(inputs)
    run = RankingRun(
        call_id=call.id,
        round_id=round_id,
        seed=seed,
        salt=inputs["salt"],
        parameters=_parameters(inputs, computed),
        versions=_versions(),
        variances=computed.variances,
        notes=list(computed.notes),
        inputs=inputs,
        input_digest=digest(inputs),
        result_digest=result_digest(computed.rows),
        frozen_at=now,
        frozen_by_id=actor_id,
    )
    session.add(run)
    session.flush()
    session.add_all(_stored_rows(run.id, call, questions, computed.rows))
    record(
        session,
        act="freeze",
        subject="ranking_run",
        subject_id=run.id,
        call_id=call.id,
        actor_id=actor_id,
        now=now,
        result=run.result_digest.hex(),
    )
    return run.id


def verify(session: Session, run_id: int) -> Verification:
    """Compute a run again from its stored inputs and compare every digest; raises NotFound."""
    run = session.get(RankingRun, run_id)
    if run is None:
        raise NotFound
    again = compute(run.inputs)
    stored = session.execute(
        sa.select(RankingRow).where(RankingRow.run_id == run_id).order_by(RankingRow.question_id)
    ).scalars()
    themes = {question["id"]: question["theme"] for question in run.inputs["questions"]}
    rows = tuple(_computed_row(row, themes) for row in stored)
    return Verification(
        inputs_match=digest(run.inputs) == bytes(run.input_digest),
        result_matches=result_digest(again.rows) == bytes(run.result_digest),
        rows_match=result_digest(rows) == bytes(run.result_digest),
    )


def _questions(session: Session, call: CallFacts, round_: Round) -> list[Question]:
    """What is ranked, ordered by wording first, so that ids decide nothing."""
    themes = [theme.id for theme in call.themes]
    found = session.scalars(
        sa.select(Question)
        .where(Question.call_id == call.id, Question.kind == round_.kind, Question.theme_id.in_(themes))
        .where(Question.state == QuestionState.IN_SCOPE)
        .order_by(Question.text_digest, Question.id)
    )
    return list(found)


def _inputs(session: Session, call: CallFacts, round_: Round, questions: list[Question], seed: int) -> dict:
    """Everything that the computation reads, as JSON. Panelists are numbers without a meaning."""
    index = {question.id: n for n, question in enumerate(questions)}
    given = [rating for rating in ratings(session, round_id=round_.id) if rating.question_id in index]
    # The round's seed was fixed before anybody scored, so nobody can choose a salt that suits them.
    salt = hashlib.sha256(f"ties {round_.seed}".encode()).hexdigest()
    themes = {theme.id: theme.key for theme in call.themes}
    return {
        "criteria": [{"key": c.key, "weight": c.weight} for c in criteria_of(session, round_id=round_.id)],
        "themes": [theme.key for theme in call.themes],
        "questions": [{"id": q.id, "digest": q.text_digest.hex(), "theme": themes[q.theme_id]} for q in questions],
        "ratings": _anonymous(given, index, salt),
        "n_outside": _n_outside(given, index),
        "n_places": call.n_places,
        "n_draws": N_DRAWS,
        "seed": seed,
        "salt": salt,
    }


def _anonymous(given: list[Rating], index: dict[int, int], salt: str) -> list[list]:
    """Rows (question, panelist, scores); panelists are numbered in an order that says nothing of them."""
    people = {rating.person_id for rating in given if not rating.is_outside}
    shuffled = sorted(people, key=lambda person_id: hashlib.sha256(f"{salt} {person_id}".encode()).digest())
    number = {person_id: n for n, person_id in enumerate(shuffled)}
    rows = [
        [index[rating.question_id], number[rating.person_id], list(rating.scores)]
        for rating in given
        if not rating.is_outside
    ]
    return sorted(rows, key=lambda row: row[:2])


def _n_outside(given: list[Rating], index: dict[int, int]) -> list[int]:
    counts = [0] * len(index)
    for rating in given:
        counts[index[rating.question_id]] += rating.is_outside
    return counts


def _parameters(inputs: dict, computed: Computed) -> dict:
    return {
        "k": computed.k,
        "n_places": inputs["n_places"],
        "n_draws": inputs["n_draws"],
        "weights": {criterion["key"]: criterion["weight"] for criterion in inputs["criteria"]},
        "n_questions": len(inputs["questions"]),
        "n_ratings": len(inputs["ratings"]),
    }


def _versions() -> dict:
    packages = {name: version(name) for name in ("numpy", "scipy", "solicit")}
    return {"python": platform.python_version(), **packages}


def _stored_rows(
    run_id: int, call: CallFacts, questions: list[Question], rows: tuple[ComputedRow, ...]
) -> list[RankingRow]:
    theme_ids = {theme.key: theme.id for theme in call.themes}
    stored = []
    for question, row in zip(questions, rows, strict=True):
        values = {name: value for name, value in vars(row).items() if name not in ("theme", "evidence")}
        stored.append(
            RankingRow(
                run_id=run_id,
                theme_id=theme_ids[row.theme],
                kind=question.kind,
                title=question.title,
                language=question.language,
                evidence=Evidence(row.evidence),
                **values,
            )
        )
    return stored


def _computed_row(row: RankingRow, themes: dict[int, str]) -> ComputedRow:
    names = set(ComputedRow.__dataclass_fields__) - {"theme", "evidence"}
    values = {name: getattr(row, name) for name in names}
    return ComputedRow(theme=themes[row.question_id], evidence=row.evidence.value, **values)
