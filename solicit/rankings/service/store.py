"""Writing down a computed ranking, once and for all."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.provenance import digest, versions
from solicit.questions.models import Question
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.service.compute import Computed, ComputedRow, result_digest
from solicit.rankings.states import Evidence, Purpose, RatingModel


def store_run(
    session: Session,
    *,
    call: CallFacts,
    round_id: int,
    inputs: dict,
    computed: Computed,
    actor_id: int | None,
    now: datetime,
    purpose: Purpose = Purpose.OFFICIAL,
    reason: str = "",
    **parameters: object,
) -> int:
    """Keep a run with all that it takes to repeat it; return its id."""
    run = RankingRun(
        call_id=call.id,
        round_id=round_id,
        purpose=purpose,
        reason=reason,
        rating_model=RatingModel(inputs["model"]),
        seed=inputs["seed"],
        salt=inputs["salt"],
        parameters=_parameters(inputs, computed) | parameters,
        versions=versions(),
        variances=computed.variances,
        notes=list(computed.notes),
        inputs=inputs,
        input_digest=digest(inputs),
        result_digest=result_digest(computed.rows, inputs),
        draws_digest=computed.draws_digest,
        frozen_at=now,
        frozen_by_id=actor_id,
    )
    session.add(run)
    session.flush()
    session.add_all(_stored_rows(session, run.id, call, computed.rows))
    about = dict(subject="ranking_run", subject_id=run.id, call_id=call.id, actor_id=actor_id, now=now)
    record(session, act="freeze", **about, result=run.result_digest.hex(), purpose=purpose.value)
    return run.id


def _parameters(inputs: dict, computed: Computed) -> dict:
    return {
        "k": computed.k,
        "n_places": inputs["n_places"],
        "n_draws": inputs["n_draws"],
        "weights": {criterion["key"]: criterion["weight"] for criterion in inputs["criteria"]},
        "n_questions": len(inputs["questions"]),
        "n_ratings": len(inputs["ratings"]),
        "n_comparisons": len(inputs["comparisons"]),
        "n_ballots": len(inputs["ballots"]),
        "groups": inputs["groups"],
    }


def _stored_rows(session: Session, run_id: int, call: CallFacts, rows: tuple[ComputedRow, ...]) -> Iterable[RankingRow]:
    """The rows with the titles that the questions have now."""
    theme_ids = {theme.key: theme.id for theme in call.themes}
    wanted = sa.select(Question.id, Question.kind, Question.title, Question.language)
    found = session.execute(wanted.where(Question.id.in_([row.question_id for row in rows])))
    worded = {id_: dict(kind=kind, title=title, language=language) for id_, kind, title, language in found}
    for row in rows:
        values = {name: value for name, value in vars(row).items() if name not in ("theme", "evidence")}
        values["priority_of_groups"] = list(row.priority_of_groups)
        yield RankingRow(
            run_id=run_id,
            theme_id=theme_ids[row.theme],
            evidence=Evidence(row.evidence),
            **values,
            **worded[row.question_id],
        )
