"""The tables that organizers take away; none of them names an author or a reviewer."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.panels.models import Round
from solicit.panels.queries.conflicts import without_conflict
from solicit.questions.models import Question, QuestionSource
from solicit.questions.queries.involvement import is_involved
from solicit.questions.states import question_label
from solicit.rankings.models import RankingRow, RankingRun
from solicit.rankings.states import RESULTS, Evidence
from solicit.reports.queries.columns import Column
from solicit.reports.queries.ranked_columns import RANKED_THEMES as RANKED_THEMES
from solicit.submissions.models import Submission
from solicit.submissions.states import LIVE, PlanValues
from solicit.topics.models import Topic, TopicMember
from solicit.web.csv import Cell

BATCH = 200

# An import knows its columns by these names, so that what is taken away can be brought in elsewhere.
QUESTIONS = (
    Column("question", "text", "Number of the question or plan; empty before it is screened in"),
    Column("theme_key", "text", "Short key of the theme; empty if none was chosen"),
    Column("theme", "text", "Name of the theme"),
    Column("kind", "text", "question or plan"),
    Column("state", "text", "new, in_scope, out_of_scope, merged or withdrawn"),
    Column("title", "text", "Title"),
    Column("language", "text", "Language of the text, as a BCP 47 tag"),
    Column("goal_overview", "text", "Goal overview"),
    Column("significance", "text", "Scientific significance"),
    Column("approach", "text", "How it could be explored; empty if not given"),
    Column("target_body", "text", "Target body of a plan"),
    Column("mission_type", "text", "Mission type of a plan"),
    Column("measurement", "text", "What a plan would measure, and how"),
    Column("readiness", "integer", "Technology readiness of a plan, from 1 to 9"),
    Column("time_frame", "text", "When a plan could fly"),
    Column("missions", "text", "Keys of the missions that a plan builds on, with semicolons between them"),
    Column("external_id", "text", "Identifier of the first text; one of this call's own where it has none"),
    Column("source", "text", "Where an imported text came from"),
    Column("topic", "text", "Label of the topic; empty if in none"),
    Column("n_submissions", "integer", "Submissions that speak through this question"),
    Column("created_on", "date", "Day it came in, UTC"),
)


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

    ``n_rows`` are those that the viewer may see: not the questions they are in conflict with.
    """
    n_all = sa.select(sa.func.count()).where(RankingRow.run_id == RankingRun.id)
    n_rows = n_all.where(*_shown_to(viewer_id)).scalar_subquery()
    wanted = (
        sa.select(RankingRun, Round.name, Round.kind, n_rows.label("n_rows"), n_all.scalar_subquery().label("n_all"))
        .join(Round, Round.id == RankingRun.round_id)
        .where(RankingRun.call_id == call.id)
        .order_by(RankingRun.id.desc())
        .limit(1)
    )
    asked = RankingRun.purpose.in_(RESULTS) if run_id is None else RankingRun.id == run_id
    row = session.execute(wanted.where(asked)).one_or_none()
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


def about_run(call: CallFacts, run: RunFacts) -> dict:
    """What the JSON file says of itself before its rows."""
    return {"format": "solicit ranked themes 1", "call": call.slug, "title": call.title, "run": run.as_json()}


def about_questions(call: CallFacts) -> dict:
    """What the JSON file of all questions says of itself before its rows."""
    return {"format": "solicit questions 1", "call": call.slug, "title": call.title}


def ranked_theme_rows(
    session: Session, *, call: CallFacts, run: RunFacts, viewer_id: int | None = None
) -> Iterator[tuple[Cell, ...]]:
    """The rows of a run in the order of themes and places, read in batches; one statement.

    An organizer does not get the questions they are in conflict with; without a viewer, all are given.
    """
    wanted = (
        sa.select(RankingRow, Question, _topic_label().label("topic"), _n_submissions().label("n_submissions"))
        .join(Question, Question.id == RankingRow.question_id)
        .where(RankingRow.run_id == run.id, *_shown_to(viewer_id))
    )
    order = {theme.id: place for place, theme in enumerate(call.themes)}
    place = sa.case(order, value=RankingRow.theme_id, else_=len(order))
    rows = session.execute(
        wanted.order_by(place, *_in_sections(), RankingRow.position, RankingRow.question_id),
        execution_options={"yield_per": BATCH},
    )
    for row in rows:
        yield _ranked_cells(call, run, row)


def question_rows(session: Session, *, call: CallFacts, viewer_id: int) -> Iterator[tuple[Cell, ...]]:
    """The questions and plans of a call in which this organizer has no part, read in batches; one statement."""
    rows = session.execute(
        sa.select(Question, _topic_label(), _n_submissions(), _first(Submission.external_id), _first(Submission.origin))
        .where(Question.call_id == call.id, ~is_involved(viewer_id, Question.id))
        .order_by(Question.kind, Question.number.nulls_last(), Question.id),
        execution_options={"yield_per": BATCH},
    )
    for question, topic, n_submissions, external_id, origin in rows:
        theme = call.theme_by_id(question.theme_id)
        yield (
            question_label(question.kind, question.number),
            theme.key if theme else None,
            theme.name if theme else None,
            question.kind.value,
            question.state.value,
            question.title,
            question.language,
            *_texts(question),
            *_plan_cells(PlanValues.from_json(question.plan) or PlanValues()),
            external_id or f"{call.slug}-{question.id}",
            origin,
            topic,
            n_submissions,
            question.created_at.date().isoformat(),
        )


def _ranked_cells(call: CallFacts, run: RunFacts, row) -> tuple[Cell, ...]:
    ranked, question = row.RankingRow, row.Question
    theme = call.theme_by_id(ranked.theme_id)
    return (
        question_label(question.kind, question.number),
        theme.key,
        theme.name,
        ranked.kind.value,
        ranked.place_first,
        ranked.place_last,
        ranked.band,
        ranked.mean,
        ranked.low,
        ranked.high,
        ranked.p_top_k,
        ranked.plain_mean,
        ranked.n_ratings,
        ranked.n_outside,
        *_other_views(ranked),
        ranked.evidence.value,
        ranked.title,
        ranked.language,
        *_texts(question),
        row.topic,
        row.n_submissions,
        run.id,
        run.result_digest,
    )


def _in_sections() -> tuple[sa.ColumnElement, ...]:
    """What is ranked, then what was set aside, then what too few people rated."""
    return RankingRow.evidence != Evidence.RANKED, RankingRow.evidence.desc()


def _other_views(ranked: RankingRow) -> tuple[Cell, ...]:
    """What else a run says of a question, beside its places and value."""
    return (
        ranked.n_comparisons,
        ranked.n_ballots,
        ranked.expected_place,
        ranked.place_by_ratings,
        ranked.place_by_comparisons,
        ranked.place_by_ballots,
        ranked.place_by_groups,
        "; ".join(ranked.priority_of_groups),
        ranked.place_best,
        ranked.place_worst,
        "yes" if ranked.is_divided else "no",
        "yes" if ranked.is_method_sensitive else "no",
        ranked.component,
    )


def _texts(question: Question) -> tuple[str, str, str]:
    return question.goal_overview, question.significance, question.approach


def _plan_cells(plan: PlanValues) -> tuple[Cell, ...]:
    return (
        plan.target_body,
        plan.mission_type.value if plan.mission_type else None,
        plan.measurement,
        plan.readiness,
        plan.time_frame.value if plan.time_frame else None,
        "; ".join(plan.missions),
    )


def _shown_to(viewer_id: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    return () if viewer_id is None else (without_conflict(RankingRow.question_id, viewer_id),)


def _topic_label() -> sa.ScalarSelect:
    """The name organizers gave to a question's topic, else its words."""
    words = sa.func.array_to_string(Topic.terms, ", ")
    return (
        sa.select(sa.func.coalesce(sa.func.nullif(Topic.name, ""), words))
        .join(TopicMember, TopicMember.topic_id == Topic.id)
        .where(TopicMember.question_id == Question.id, Topic.retired_at.is_(None))
        .correlate(Question)
        .scalar_subquery()
    )


def _first(column: sa.ColumnElement) -> sa.ScalarSelect:
    """A column of the first submission of a question."""
    return (
        sa.select(column)
        .join(QuestionSource, QuestionSource.submission_id == Submission.id)
        .where(QuestionSource.question_id == Question.id)
        .order_by(Submission.id)
        .limit(1)
        .correlate(Question)
        .scalar_subquery()
    )


def _n_submissions() -> sa.ScalarSelect:
    return (
        sa.select(sa.func.count())
        .select_from(QuestionSource)
        .join(Submission, Submission.id == QuestionSource.submission_id)
        .where(QuestionSource.question_id == Question.id, Submission.state.in_(LIVE))
        .correlate(Question)
        .scalar_subquery()
    )
