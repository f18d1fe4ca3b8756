"""The published tables about questions: their texts, topics, missions, and what the meeting found."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Mission
from solicit.calls.queries import CallFacts
from solicit.invitations.models import QuestionOutcome
from solicit.questions.models import MissionLink, Question
from solicit.questions.queries.page import given_licence, named_authors
from solicit.questions.queries.supporters import band_of, supporters_per_question
from solicit.questions.queries.topic_names import TOPIC_NAME, topic, with_topic
from solicit.questions.states import MissionVerdict, QuestionState, question_label
from solicit.reports.queries.columns import Column
from solicit.reports.queries.exports.wording import PLAN, TEXTS
from solicit.submissions.states import PlanValues
from solicit.web.csv import Cell

BATCH = 200

QUESTIONS = (
    Column("question", "text", "Number of the question or plan; its address ends with it"),
    Column("kind", "text", "question or plan"),
    Column("theme_key", "text", "Short key of the theme"),
    Column("theme", "text", "Name of the theme"),
    *TEXTS,
    *PLAN[:-1],
    Column("planned_missions", "text", "Keys of the missions that a plan builds on, with semicolons between them"),
    Column("topic", "text", "Number of its topic in the table topics; empty if in none"),
    Column("authors", "text", "Authors who agreed to be named, with semicolons between them"),
    Column("licence", "text", "Licence of the text"),
    Column("sent_on", "date", "Day it came in, UTC"),
    Column("supporters_from", "integer", "Least number of people that may support it; empty for nobody"),
    Column("supporters_to", "integer", "Greatest number of people that may support it; empty for no bound"),
)
TOPICS = (
    Column("topic", "text", "Number of the topic"),
    Column("theme_key", "text", "Short key of its theme"),
    Column("name", "text", "Name that the organizers gave it, or words found in its texts"),
    Column("questions", "integer", "Questions and plans in it"),
)
MISSIONS = (
    Column("question", "text", "Number of the question or plan"),
    Column("mission_key", "text", "Short key of a mission that could answer it, as the organizers confirmed"),
    Column("mission", "text", "Name of the mission"),
)
OUTCOMES = (
    Column("question", "text", "Number of the question or plan"),
    Column("title", "text", "Its title"),
    Column("language", "text", "Language of the title, as a BCP 47 tag"),
    Column("kind", "text", "agreed, open or follow up"),
    Column("text", "text", "What the meeting found, in the words of the organizers"),
)


def question_rows(session: Session, call: CallFacts) -> Iterator[tuple[Cell, ...]]:
    """The public questions and plans in the order of their numbers, read in batches; one statement."""
    supported = supporters_per_question(call.id)
    wanted = with_topic(
        sa.select(
            Question,
            topic.c.id.label("topic_id"),
            named_authors().label("authors"),
            given_licence().label("licence"),
            supported.c.n.label("n_supporters"),
        )
        .select_from(Question)
        .outerjoin(supported, supported.c.question_id == Question.id)
    )
    for row in session.execute(_public(wanted, call), execution_options={"yield_per": BATCH}):
        yield _question_cells(call, row)


def topic_rows(session: Session, call: CallFacts) -> Iterator[tuple[Cell, ...]]:
    """The topics of public questions, theme by theme, the largest first; one statement."""
    inside = with_topic(sa.select(topic.c.id, topic.c.theme_id, TOPIC_NAME.label("name")).select_from(Question))
    inside = inside.where(*_is_public(call), topic.c.id.is_not(None)).subquery()
    n = sa.func.count().label("n")
    rows = session.execute(sa.select(*inside.c, n).group_by(*inside.c).order_by(n.desc(), inside.c.id)).all()
    places = {theme.id: place for place, theme in enumerate(call.themes)}
    for row in sorted(rows, key=lambda row: places[row.theme_id]):
        yield f"T-{row.id}", call.theme_by_id(row.theme_id).key, row.name, row.n


def mission_rows(session: Session, call: CallFacts) -> Iterator[tuple[Cell, ...]]:
    """The missions that people confirmed for public questions; one statement."""
    linked = (
        sa.select(Question, Mission)
        .join(MissionLink, MissionLink.question_id == Question.id)
        .join(Mission, Mission.id == MissionLink.mission_id)
        .where(MissionLink.verdict == MissionVerdict.CONFIRMED)
    )
    for question, mission in session.execute(_public(linked, call).order_by(Mission.position, Mission.id)):
        yield question_label(question.kind, question.number), mission.key, mission.name


def outcome_rows(session: Session, call: CallFacts) -> Iterator[tuple[Cell, ...]]:
    """What the meeting found about public questions; one statement."""
    found = sa.select(Question, QuestionOutcome).join(QuestionOutcome, QuestionOutcome.question_id == Question.id)
    for question, outcome in session.execute(_public(found, call).order_by(QuestionOutcome.id)):
        label = question_label(question.kind, question.number)
        yield label, question.title, question.language, outcome.kind.value, outcome.text


def _is_public(call: CallFacts) -> tuple[sa.ColumnElement[bool], ...]:
    return Question.call_id == call.id, Question.state == QuestionState.IN_SCOPE


def _public(select: sa.Select, call: CallFacts) -> sa.Select:
    return select.where(*_is_public(call)).order_by(Question.kind, Question.number)


def _question_cells(call: CallFacts, row: sa.Row) -> tuple[Cell, ...]:
    question = row.Question
    theme, plan = call.theme_by_id(question.theme_id), PlanValues.from_json(question.plan) or PlanValues()
    band = band_of(row.n_supporters or 0) or (None, None)
    return (
        question_label(question.kind, question.number),
        question.kind.value,
        theme.key if theme else None,
        theme.name if theme else None,
        question.title,
        question.language,
        question.goal_overview,
        question.significance,
        question.approach,
        *_plan_cells(plan),
        f"T-{row.topic_id}" if row.topic_id else None,
        "; ".join(dict.fromkeys(row.authors or ())),
        row.licence or call.licence,
        question.created_at.date().isoformat(),
        *band,
    )


def _plan_cells(plan: PlanValues) -> tuple[Cell, ...]:
    return (
        plan.target_body,
        plan.mission_type.value if plan.mission_type else None,
        plan.measurement,
        plan.readiness,
        plan.time_frame.value if plan.time_frame else None,
        "; ".join(plan.missions),
    )
