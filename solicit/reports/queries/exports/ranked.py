"""Rankings: the frozen runs of a call, and the ranked themes of one of them; no author and no reviewer is named."""

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Theme
from solicit.calls.queries import CallFacts
from solicit.panels.models import Round
from solicit.panels.queries.conflicts import may_read_result
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.queries.topic_names import TOPIC_NAME, with_topic
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import RESULTS, Evidence
from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports.parts import (
    BETWEEN,
    THEME,
    day,
    label,
    n_submissions,
    texts,
    word,
    yes,
)
from solicit.reports.queries.exports.ranked_columns import RANKED_COLUMNS
from solicit.reports.queries.exports.table import Chosen, Table, selected
from solicit.reports.queries.exports.wording import ROUND
from solicit.words import N_


@dataclass(frozen=True)
class RunFacts:
    """A frozen run, with everything needed to repeat it."""

    id: int
    round: str
    kind: str
    seed: int
    salt: str
    parameters: dict
    versions: dict
    variances: dict
    notes: list
    input_digest: str
    result_digest: str
    frozen_at: datetime
    n_rows: int
    n_hidden: int

    def as_json(self) -> dict:
        return asdict(self) | {"frozen_at": self.frozen_at.isoformat()}


def run_facts(
    session: Session, *, call: CallFacts, run_id: int | None, viewer_id: int | None = None
) -> RunFacts | None:
    """A frozen run of this call, the latest result if no number is given; one statement.

    ``n_rows`` are those that the viewer may see: not of questions that they are in conflict with or judge now.
    """
    n_all = sa.select(sa.func.count()).where(RankingRow.run_id == RankingRun.id)
    n_rows = n_all.where(_is_shown(viewer_id)).scalar_subquery()
    row = session.execute(
        sa.select(RankingRun, Round.name, Round.kind, n_rows.label("n_rows"), n_all.scalar_subquery().label("n_all"))
        .join(Round, Round.id == RankingRun.round_id)
        .where(RankingRun.id.in_(_run(call, run_id)))
    ).one_or_none()
    if row is None:
        return None
    run = row.RankingRun
    return RunFacts(
        id=run.id,
        round=row.name,
        kind=row.kind.value,
        seed=run.seed,
        salt=run.salt,
        parameters=run.parameters,
        versions=run.versions,
        variances=run.variances,
        notes=run.notes,
        input_digest=run.input_digest.hex(),
        result_digest=run.result_digest.hex(),
        frozen_at=run.frozen_at,
        n_rows=row.n_rows,
        n_hidden=row.n_all - row.n_rows,
    )


def _run(call: CallFacts, run_id: int | None) -> sa.Select:
    """The run of this number, without one the latest result; none of another call."""
    wanted = sa.select(RankingRun.id).where(RankingRun.call_id == call.id)
    if run_id is not None:
        return wanted.where(RankingRun.id == run_id)
    return wanted.where(RankingRun.purpose.in_(RESULTS)).order_by(RankingRun.id.desc()).limit(1)


def _facts(session: Session, *, call: CallFacts, viewer_id: int | None, chosen: Chosen) -> dict | None:
    run = run_facts(session, call=call, run_id=chosen.number, viewer_id=viewer_id)
    return {"run": run.as_json()} if run else None


def _ranked_themes(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    """What is ranked, then what was set aside, then what too few people rated, theme by theme."""
    ranked = RankingRow
    section = ranked.evidence != Evidence.RANKED, ranked.evidence.desc()
    return with_topic(
        sa.select(
            label(),
            *THEME,
            word(ranked.kind),
            *(getattr(ranked, name) for name in _VALUES),
            sa.func.array_to_string(ranked.priority_of_groups, BETWEEN),
            ranked.place_best,
            ranked.place_worst,
            yes(ranked.is_divided),
            yes(ranked.is_method_sensitive),
            ranked.component,
            word(ranked.evidence),
            ranked.title,
            ranked.language,
            *texts(Question),
            TOPIC_NAME,
            n_submissions(),
            ranked.run_id,
            sa.func.encode(RankingRun.result_digest, "hex"),
        )
        .select_from(ranked)
        .join(RankingRun, RankingRun.id == ranked.run_id)
        .join(Question, Question.id == ranked.question_id)
        .join(Theme, Theme.id == ranked.theme_id)
        .where(ranked.run_id.in_(_run(call, chosen.number)), _is_shown(viewer_id), chosen.finds(ranked.question_id))
        .order_by(Theme.position, *section, ranked.position, ranked.question_id)
    )


_VALUES = (
    "place_first", "place_last", "band", "mean", "low", "high", "p_top_k", "plain_mean", "n_ratings", "n_outside",
    "n_comparisons", "n_ballots", "expected_place", "place_by_ratings", "place_by_comparisons", "place_by_ballots",
    "place_by_groups",
)  # fmt: skip


def _is_shown(viewer_id: int | None) -> sa.ColumnElement[bool]:
    """An organizer does not get the questions that they are in conflict with or judge now."""
    return sa.true() if viewer_id is None else may_read_result(RankingRow.question_id, viewer_id)


def _rankings(call: CallFacts, viewer_id: int | None, chosen: Chosen) -> sa.Select:
    run = RankingRun
    return (
        sa.select(
            run.id,
            Round.id,
            Round.name,
            word(Round.kind),
            word(run.purpose),
            run.reason,
            word(run.state),
            word(run.rating_model),
            run.seed,
            run.salt,
            day(run.frozen_at),
            Person.full_name,
            day(run.published_at),
            sa.func.encode(run.input_digest, "hex"),
            sa.func.encode(run.result_digest, "hex"),
        )
        .join(Round, Round.id == run.round_id)
        .outerjoin(Person, Person.id == run.frozen_by_id)
        .where(run.call_id == call.id)
        .order_by(run.id)
    )


RANKED_THEMES = Table(
    name="ranked-themes",
    title=N_("Ranked themes"),
    about=N_("Every question of a frozen ranking by theme, with its band, its interval and its text."),
    columns=RANKED_COLUMNS,
    facts=_facts,
    number_of="run",
    **selected(_ranked_themes),
)
RANKINGS = Table(
    name="rankings",
    title=N_("Rankings"),
    about=N_("The frozen rankings of the call, with what it takes to repeat them."),
    columns=(
        Column("run", "integer", "Number of the ranking run"),
        *ROUND,
        Column("kind", "text", "question or plan"),
        Column("purpose", "text", "official, corrected, or without somebody"),
        Column("reason", "text", "Why there is another ranking beside the official one"),
        Column("state", "text", "frozen or published"),
        Column("model", "text", "Model of the ratings: crossed or robust"),
        Column("seed", "integer", "Seed of the draws"),
        Column("salt", "text", "Salt of the order inside bands"),
        Column("frozen_on", "date", "Day it was frozen, UTC"),
        Column("frozen_by", "text", "Name of who froze it"),
        Column("published_on", "date", "Day it was published, UTC"),
        Column("input_digest", "text", "SHA-256 of what it was computed from"),
        Column("result_digest", "text", "SHA-256 of its result"),
    ),
    **selected(_rankings),
)
