"""Bringing back a question that the stages set aside: two panelists with a reason do it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Closed, Conflict, NotFound, Refused
from solicit.panels.models import Panel, Panelist, Recall, Round
from solicit.panels.queries.conflicts import without_conflict
from solicit.panels.queries.series import round_questions
from solicit.panels.service.taking import is_taking_votes
from solicit.questions.models import Question
from solicit.questions.states import parse_label
from solicit.words import N_

SHORTEST_REASON = 30


def recall_question(session: Session, *, round_id: int, label: str, person_id: int, reason: str, now: datetime) -> None:
    """Ask for another reading of a question in an open staged round."""
    round_ = session.scalar(sa.select(Round).where(Round.id == round_id).with_for_update(read=True, key_share=True))
    if round_ is None or not round_.is_staged or not _sits(session, round_, person_id):
        raise NotFound
    if not is_taking_votes(round_, now):
        raise Closed(N_("This round is closed: no question can be called back any more."))
    if len(reason) < SHORTEST_REASON:
        raise Refused(N_("Say in at least 30 characters why it deserves another reading."))
    question_id = _question(session, round_, label, person_id)
    if session.get(Recall, (round_id, question_id, person_id)) is not None:
        raise Conflict(N_("You asked for this question already."))
    row = Recall(round_id=round_id, question_id=question_id, person_id=person_id, reason=reason, recalled_at=now)
    session.add(row)
    session.flush()
    record(
        session,
        act="recall",
        subject="round",
        subject_id=round_id,
        call_id=round_.call_id,
        actor_id=person_id,
        now=now,
        question_id=question_id,
    )


def _sits(session: Session, round_: Round, person_id: int) -> bool:
    seats = sa.exists().where(
        Panelist.panel_id == Panel.id, Panel.call_id == round_.call_id, Panelist.person_id == person_id
    )
    return bool(session.scalar(sa.select(seats)))


def _question(session: Session, round_: Round, label: str, person_id: int) -> int:
    number = parse_label(label.strip())
    found = number and session.scalar(
        sa.select(Question.id).where(
            round_questions(round_),
            Question.kind == number[0],
            Question.number == number[1],
            without_conflict(Question.id, person_id),
        )
    )
    if not found:
        raise Refused(N_("No question of this round has this number, or you are in conflict with it."))
    return found
