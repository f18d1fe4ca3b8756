"""Signed remarks beside a frozen ranking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Identity, Role
from solicit.panels.models import Panel
from solicit.panels.queries.conflicts import may_read_result
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.rankings.models import RankingAnnotation


@dataclass(frozen=True)
class Remark:
    """``label`` names the question, and is empty where the remark is about the whole ranking."""

    label: str
    text: str
    panel: str
    signed_by: str
    written_at: datetime


def remarks(session: Session, *, run_ids: Sequence[int], viewer_id: int | None) -> tuple[Remark, ...]:
    """The remarks beside some runs, but not those on questions that ``viewer_id`` may not read of; one statement.

    Without a viewer all are given.
    """
    own = RankingAnnotation.question_id
    is_shown = sa.true() if viewer_id is None else sa.or_(own.is_(None), may_read_result(own, viewer_id))
    found = session.execute(
        sa.select(RankingAnnotation, Panel.name, Person.full_name, Question.kind, Question.number)
        .join(Panel, Panel.id == RankingAnnotation.panel_id)
        .join(Person, Person.id == RankingAnnotation.person_id)
        .outerjoin(Question, Question.id == own)
        .where(RankingAnnotation.run_id.in_(run_ids), is_shown)
        .order_by(RankingAnnotation.id)
    )
    return tuple(
        Remark(
            label=(question_label(kind, number) or "") if kind else "",
            text=row.text,
            panel=panel,
            signed_by=name,
            written_at=row.written_at,
        )
        for row, panel, name, kind, number in found
    )


def panels_spoken_for(session: Session, *, call_id: int, who: Identity) -> tuple[tuple[int, str], ...]:
    """The panels in whose name somebody may write: a chair for their own, an organizer for each; one statement."""
    wanted = sa.select(Panel.id, Panel.name).where(Panel.call_id == call_id).order_by(Panel.name, Panel.id)
    if not who.holds(Role.ORGANIZER, call_id=call_id):
        chaired = [g.panel_id for g in who.grants if g.role is Role.CHAIR and g.call_id == call_id]
        wanted = wanted.where(Panel.id.in_(chaired))
    return tuple((id_, name) for id_, name in session.execute(wanted))
