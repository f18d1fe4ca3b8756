"""Judging a pair that was offered, and taking the choice back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Conflict, NotFound, check_move
from solicit.panels.models import Comparison
from solicit.panels.queries.seals import comparison_content
from solicit.panels.queries.voting.voter import questions_for
from solicit.panels.service.chain import seal_void, seal_vote
from solicit.panels.service.voting.standing import held_round
from solicit.panels.states import COMPARISON_MOVES, Activity, ComparisonState, Preference, VoteKind
from solicit.questions.models import Question
from solicit.questions.states import question_label
from solicit.words import N_


def judge_pair(
    session: Session, *, comparison_id: int, person_id: int, preference: Preference, reason: str = "", now: datetime
) -> int:
    """Say which of two questions matters more, and return the round; saying the same again changes nothing.

    Undecided needs a ``reason``, which only the organizers read; other choices keep none.
    """
    row, call_id = _take(session, comparison_id, person_id, now)
    said = (preference, reason if preference is Preference.UNDECIDED else "")
    if row.state is ComparisonState.JUDGED:
        if said == (row.preference, row.reason):
            return row.round_id
        raise Conflict(N_("You have judged this pair already. Undo that choice first to change it."))
    check_move(COMPARISON_MOVES, row.state, ComparisonState.JUDGED)
    row.state, row.judged_at = ComparisonState.JUDGED, now
    row.preference, row.reason = said
    session.flush()
    _record(session, "judge_pair", row, call_id, now)
    content = comparison_content(row, *_labels(session, row))
    vote = dict(round_id=row.round_id, kind=VoteKind.COMPARISON, vote_id=row.id)
    seal_vote(session, **vote, person_id=person_id, content=content, now=now)
    return row.round_id


def undo_choice(session: Session, *, comparison_id: int, person_id: int, now: datetime) -> int:
    """Take a choice back, so that the pair is offered again, and return the round; twice changes nothing."""
    row, call_id = _take(session, comparison_id, person_id, now)
    if row.state is ComparisonState.OFFERED:
        return row.round_id
    check_move(COMPARISON_MOVES, row.state, ComparisonState.OFFERED)
    row.state, row.preference, row.reason, row.judged_at = ComparisonState.OFFERED, None, "", None
    session.flush()
    _record(session, "undo_choice", row, call_id, now)
    seal_void(session, round_id=row.round_id, kind=VoteKind.COMPARISON, vote_id=row.id, now=now)
    return row.round_id


def _take(session: Session, comparison_id: int, person_id: int, now: datetime) -> tuple[Comparison, int]:
    """The comparison, locked, and its call, if this panelist may judge it now."""
    round_id = session.scalar(sa.select(Comparison.round_id).where(Comparison.id == comparison_id))
    # Held before the comparison, so that closing the round waits for this vote or comes before it.
    round_ = held_round(session, round_id=round_id, person_id=person_id, activity=Activity.COMPARING, now=now)
    row = session.scalar(
        sa.select(Comparison)
        .where(Comparison.id == comparison_id, Comparison.person_id == person_id)
        .where(Comparison.state != ComparisonState.VOIDED)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    mine = questions_for(session, round_id=round_.id, person_id=person_id)
    if row is None or not {row.left_id, row.right_id} <= mine.keys():
        raise NotFound
    return row, round_.call_id


def _labels(session: Session, row: Comparison) -> tuple[str, str]:
    ids = (row.left_id, row.right_id)
    found = session.execute(sa.select(Question.id, Question.kind, Question.number).where(Question.id.in_(ids)))
    labels = {id_: question_label(kind, number) or "" for id_, kind, number in found}
    return labels[row.left_id], labels[row.right_id]


def _record(session: Session, act: str, row: Comparison, call_id: int, now: datetime) -> None:
    whom = dict(actor_id=row.person_id, call_id=call_id)
    record(session, act=act, subject="comparison", subject_id=row.id, now=now, **whom)
