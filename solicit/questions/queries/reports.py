"""Readers' reports of problems, as the organizers' desk sees them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts
from solicit.questions.models import ProblemReport, Question
from solicit.questions.queries.involvement import is_involved, people_involved
from solicit.questions.states import REPORT_OUTCOME_WORDS, REPORT_REASON_WORDS, question_label
from solicit.web.pagination import Window


@dataclass(frozen=True)
class ReportRow:
    """One report. Who made it is not shown: it is about the text."""

    id: int
    question_id: int
    label: str | None
    title: str
    language: str
    reason_word: str
    text: str
    reported_at: datetime
    outcome_word: str | None


def report_subject(session: Session, *, call: CallFacts, report_id: int, **_) -> Subject | None:
    """Facts for the policy about a report: who has a part in its question."""
    question_id = session.scalar(
        sa.select(ProblemReport.question_id).where(ProblemReport.id == report_id, ProblemReport.call_id == call.id)
    )
    if question_id is None:
        return None
    return Subject(call_id=call.id, conflicted_ids=people_involved(session, question_ids=[question_id]))


def report_counts(session: Session, *, call: CallFacts, viewer_id: int) -> Mapping[bool, int]:
    """How many reports are open (True) and closed, without those in whose question the viewer has a part."""
    is_open = ProblemReport.closed_at.is_(None)
    rows = session.execute(sa.select(is_open, sa.func.count()).where(*_visible(call, viewer_id)).group_by(is_open))
    return Counter({row[0]: row[1] for row in rows})


def report_rows(
    session: Session, *, call: CallFacts, viewer_id: int, is_open: bool, window: Window
) -> tuple[ReportRow, ...]:
    """One page of the reports, the latest first; one statement."""
    closed_at = ProblemReport.closed_at
    rows = session.execute(
        sa.select(ProblemReport, Question)
        .join(Question, Question.id == ProblemReport.question_id)
        .where(*_visible(call, viewer_id), closed_at.is_(None) if is_open else closed_at.is_not(None))
        .order_by(ProblemReport.reported_at.desc(), ProblemReport.id.desc())
        .offset(window.offset)
        .limit(window.size)
    )
    return tuple(_row(report, question) for report, question in rows)


def _visible(call: CallFacts, viewer_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return ProblemReport.call_id == call.id, ~is_involved(viewer_id, ProblemReport.question_id)


def _row(report: ProblemReport, question: Question) -> ReportRow:
    return ReportRow(
        id=report.id,
        question_id=question.id,
        label=question_label(question.kind, question.number),
        title=question.title,
        language=question.language,
        reason_word=REPORT_REASON_WORDS[report.reason],
        text=report.text,
        reported_at=report.reported_at,
        outcome_word=REPORT_OUTCOME_WORDS[report.outcome] if report.outcome else None,
    )
