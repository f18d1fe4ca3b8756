"""Which questions of a round still lack panelists."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Assignment, Panel, Panelist
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.queries.rounds import RoundPage
from solicit.panels.queries.series import round_questions
from solicit.panels.states import LIVE
from solicit.questions.models import Question, Redaction, Translation
from solicit.questions.queries.panel_wording import panel_text
from solicit.questions.states import question_label
from solicit.web.pagination import Window


@dataclass(frozen=True)
class CoverageRow:
    """A question and how many panelists read it; ``has_reader`` is False if nobody reads its language."""

    label: str
    title: str
    language: str
    theme: ThemeView | None
    n_live: int
    has_reader: bool


@dataclass(frozen=True)
class Coverage:
    rows: tuple[CoverageRow, ...]
    n_questions: int
    n_short: int


def coverage(session: Session, *, call: CallFacts, round_: RoundPage, viewer_id: int, window: Window) -> Coverage:
    """Questions that lack panelists, fewest first, without those ``viewer_id`` is in conflict with; two statements."""
    live = (
        sa.select(sa.func.count())
        .where(Assignment.round_id == round_.id, Assignment.question_id == Question.id, Assignment.state.in_(LIVE))
        .scalar_subquery()
    )
    has_reader = _has_reader(call)
    ranked = round_questions(round_), without_conflict(Question.id, viewer_id)
    short = live < round_.wanted_per_question
    n_questions, n_short = session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(short)).select_from(Question).where(*ranked)
    ).one()
    found = session.execute(
        sa.select(Question.number, panel_text("title"), Question.language, Question.theme_id, live, has_reader)
        .where(*ranked, short)
        .order_by(live, Question.number)
        .limit(window.size)
        .offset(window.offset)
    )
    rows = tuple(
        CoverageRow(question_label(round_.kind, number) or "", title, language, call.theme_by_id(theme_id), n, reader)
        for number, title, language, theme_id, n, reader in found
    )
    return Coverage(rows, n_questions, n_short)


def _has_reader(call: CallFacts) -> sa.ColumnElement[bool]:
    """Whether somebody reads a question's language, or that of a translation that panels see."""
    is_copied = sa.exists().where(Redaction.question_id == Question.id)
    reads = sa.or_(
        Question.language == sa.any_(Panelist.languages),
        sa.exists().where(
            Translation.question_id == Question.id,
            Translation.is_screened,
            ~is_copied,
            Translation.language == sa.any_(Panelist.languages),
        ),
    )
    return sa.exists().where(Panelist.panel_id == Panel.id, Panel.call_id == call.id).where(reads)
