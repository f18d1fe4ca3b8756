"""What stands beside a question for its panelists: a plan's fields, the texts it speaks for, and what is near."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from solicit.calls.models import Mission
from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.questions.models import Question, Redaction
from solicit.questions.queries.near import space_of
from solicit.questions.queries.neighbours import nearest_texts
from solicit.questions.queries.panel_wording import PanelWording, panel_columns, panel_text, wording_from
from solicit.questions.queries.public import has_live_origin
from solicit.questions.queries.supporters import group_of
from solicit.questions.states import QuestionState, question_label
from solicit.submissions.states import PlanValues

N_NEAREST = 3


@dataclass(frozen=True)
class TitleForPanel:
    """A question by its title, as panels read it."""

    label: str
    title: str
    language: str


def plan_columns(call: CallFacts) -> tuple[sa.ColumnElement, ...]:
    """The plan of the outer statement's question, as panels read it, and the names of its missions."""
    copied = sa.select(Redaction.plan).where(Redaction.question_id == Question.id).correlate(Question).scalar_subquery()
    is_copied = sa.exists().where(Redaction.question_id == Question.id).correlate(Question)
    plan = sa.case((is_copied, copied), else_=Question.plan)
    names = sa.select(sa.func.array_agg(aggregate_order_by(Mission.name, Mission.position)))
    chosen = sa.func.jsonb_exists(sa.func.jsonb_extract_path(plan, "missions"), Mission.key)
    missions = names.where(Mission.call_id == call.id, chosen).correlate(Question).scalar_subquery()
    return plan.label("plan"), missions.label("missions")


def answered_titles(
    session: Session, *, call: CallFacts, plan: dict | None, keep: sa.ColumnElement[bool]
) -> tuple[TitleForPanel, ...]:
    """The questions that a plan says it answers, of those that ``keep`` lets be read; one statement for a plan."""
    values = PlanValues.from_json(plan)
    if values is None or not values.answers:
        return ()
    answered = (Question.call_id == call.id, Question.kind == Kind.QUESTION, Question.number.in_(values.answers))
    return _titles(session, sa.select(Question.id).where(*answered), keep)


def original_wordings(session: Session, *, question_id: int) -> tuple[PanelWording, ...]:
    """The texts that a summary speaks for, as panels read them; one statement."""
    group = group_of(question_id)
    found = session.execute(
        sa.select(*panel_columns())
        .join(group, group.c.id == Question.id)
        .where(Question.id != question_id, ~Question.is_summary, has_live_origin())
        .order_by(Question.text_digest, Question.id)
    )
    return tuple(wording_from(row) for row in found)


def nearest_titles(
    session: Session, *, call: CallFacts, question_id: int, theme_id: int, keep: sa.ColumnElement[bool]
) -> tuple[TitleForPanel, ...]:
    """The nearest questions of the same theme that ``keep`` lets be read, nearest first; one statement."""
    space = space_of(call)
    if space is None:
        return ()
    same = sa.and_(Question.theme_id == theme_id, Question.state == QuestionState.IN_SCOPE, keep)
    near = nearest_texts(space, question_id, same, N_NEAREST)
    found = session.execute(near.add_columns(Question.kind, Question.number, panel_text("title"), Question.language))
    return tuple(TitleForPanel(question_label(*row[2:4]) or "", row.title, row.language) for row in found)


def _titles(session: Session, ids: sa.Select, keep: sa.ColumnElement[bool]) -> tuple[TitleForPanel, ...]:
    found = session.execute(
        sa.select(Question.kind, Question.number, panel_text("title"), Question.language)
        .where(Question.id.in_(ids), Question.state == QuestionState.IN_SCOPE, keep)
        .order_by(Question.kind, Question.number)
    )
    return tuple(TitleForPanel(question_label(row[0], row[1]) or "", row.title, row.language) for row in found)
