"""Remarks of panels beside a frozen ranking; they change nothing in it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import NotFound, Refused
from solicit.panels.models import Panel
from solicit.panels.queries.conflicts import may_read_result
from solicit.questions.models import Question
from solicit.questions.states import parse_label
from solicit.rankings.models import RankingAnnotation, RankingRow, RankingRun
from solicit.words import N_


def annotate(
    session: Session,
    *,
    call: CallFacts,
    run_id: int,
    panel_id: int,
    label: str,
    text: str,
    person_id: int,
    now: datetime,
) -> int:
    """Write a remark that the person signs in the name of a panel; return its id.

    An empty ``label`` means the whole ranking. Raises NotFound for a run or panel of another call, Refused for a
    question that is not in the run, or that the person is in conflict with, in the same words.
    """
    is_ours = sa.exists().where(RankingRun.id == run_id, RankingRun.call_id == call.id)
    has_panel = sa.exists().where(Panel.id == panel_id, Panel.call_id == call.id)
    if not session.scalar(sa.select(sa.and_(is_ours, has_panel))):
        raise NotFound
    row = RankingAnnotation(
        run_id=run_id,
        question_id=_question_id(session, run_id, label, person_id) if label else None,
        panel_id=panel_id,
        person_id=person_id,
        text=text,
        written_at=now,
    )
    session.add(row)
    session.flush()
    subject = dict(subject="ranking_run", subject_id=run_id, call_id=call.id)
    record(session, act="annotate", **subject, actor_id=person_id, now=now, remark=row.id)
    return row.id


def _question_id(session: Session, run_id: int, label: str, person_id: int) -> int:
    kind, number = parse_label(label) or (None, None)
    found = session.scalar(
        sa.select(RankingRow.question_id)
        .join(Question, Question.id == RankingRow.question_id)
        .where(RankingRow.run_id == run_id, RankingRow.kind == kind, Question.number == number)
        .where(may_read_result(RankingRow.question_id, person_id))
    )
    if found is None:
        raise Refused(N_("This ranking has no question of this number."))
    return found
