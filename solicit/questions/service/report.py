"""Reports of problems: what a reader found wrong with a question, and what the desk made of it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.errors import Conflict, NotFound
from solicit.mail.service import Recipient, enqueue
from solicit.people.models import Person
from solicit.questions.models import ProblemReport, Question
from solicit.questions.states import REPORT_OUTCOME_WORDS, ReportOutcome, ReportReason, question_label
from solicit.words import N_


def report_problem(
    session: Session,
    *,
    call_id: int,
    question_id: int,
    reporter_id: int | None,
    reason: ReportReason,
    text: str,
    now: datetime,
) -> None:
    """Put a report on the desk; the same words about the same question, still open, are one report."""
    # Locked: two sendings of one form wait for each other.
    session.scalar(sa.select(Question.id).where(Question.id == question_id).with_for_update(key_share=True))
    values = dict(question_id=question_id, reporter_id=reporter_id, reason=reason, text=text)
    same = sa.select(ProblemReport.id).filter_by(**values).where(ProblemReport.closed_at.is_(None))
    if session.scalar(same.limit(1)) is None:
        session.add(ProblemReport(call_id=call_id, reported_at=now, **values))
        session.flush()


def close_report(
    session: Session, *, call: CallFacts, report_id: int, outcome: ReportOutcome, actor_id: int, now: datetime
) -> None:
    """Say what the desk made of a report; whoever made it while signed in is told."""
    wanted = sa.select(ProblemReport).where(ProblemReport.id == report_id, ProblemReport.call_id == call.id)
    report = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if report is None:
        raise NotFound
    if report.closed_at is not None:
        raise Conflict(N_("Somebody else closed this report in the meantime."))
    report.outcome, report.closed_at, report.closed_by_id = outcome, now, actor_id
    record(
        session,
        act="close report",
        subject="question",
        subject_id=report.question_id,
        call_id=call.id,
        actor_id=actor_id,
        now=now,
        outcome=outcome.value,
    )
    _write_to_reporter(session, report, now)


def _write_to_reporter(session: Session, report: ProblemReport, now: datetime) -> None:
    reporter = session.get(Person, report.reporter_id) if report.reporter_id else None
    if reporter is None or not reporter.active:
        return
    call, question = session.get_one(Call, report.call_id), session.get_one(Question, report.question_id)
    params = dict(
        label=question_label(question.kind, question.number),
        title=question.title,
        outcome=REPORT_OUTCOME_WORDS[report.outcome],
        call_title=call.title,
        call_slug=call.slug,
        lang=reporter.locale,
    )
    to = Recipient(reporter.email, reporter.locale, reporter.id)
    enqueue(session, to=to, kind="report_closed", params=params, now=now, call_id=call.id)
