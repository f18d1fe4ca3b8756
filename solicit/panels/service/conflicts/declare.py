"""Conflicts that need no decision: declared by a panelist, or known because they wrote the question."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import Closed, NotFound
from solicit.panels.models import Assignment, ConflictOfInterest, Panel, Panelist, Round
from solicit.panels.queries.conflicts import own_pairs
from solicit.panels.service.conflicts.void import void_votes
from solicit.panels.states import ConflictSource, ConflictState, RoundState
from solicit.questions.models import Question
from solicit.words import N_


def declare_conflict(session: Session, *, assignment_id: int, person_id: int, reason: str, now: datetime) -> None:
    """Confirm a conflict that a panelist declares: the question leaves the queue, the counts and the results."""
    assignment = session.scalar(
        sa.select(Assignment).where(Assignment.id == assignment_id, Assignment.person_id == person_id)
    )
    if assignment is None:
        raise NotFound
    state, call_id = session.execute(
        sa.select(Round.state, Round.call_id)
        .where(Round.id == assignment.round_id)
        .with_for_update(read=True, key_share=True)
    ).one()
    if state is RoundState.FROZEN:
        raise Closed(N_("The ranking of this round is frozen. Write to the organizers about the conflict."))
    _confirm(session, assignment.question_id, person_id, ConflictSource.DECLARED, reason, now)
    record(
        session,
        act="declare_conflict",
        subject="question",
        subject_id=assignment.question_id,
        call_id=call_id,
        actor_id=person_id,
        now=now,
    )
    void_votes(session, pairs=[(assignment.question_id, person_id)], now=now)


def declare_in_words(session: Session, *, call: CallFacts, person_id: int, words: str, now: datetime) -> None:
    """Keep with whom a panelist says they are in conflict, for the organizers: they know who wrote what."""
    panels = sa.select(Panel.id).where(Panel.call_id == call.id)
    theirs = sa.update(Panelist).where(Panelist.panel_id.in_(panels), Panelist.person_id == person_id)
    session.execute(theirs.values(conflict_words=words))
    place = dict(subject="call", subject_id=call.id, call_id=call.id)
    record(session, act="declare conflicts in words", actor_id=person_id, now=now, **place)


def confirm_own_conflicts(session: Session, *, call_id: int, now: datetime) -> int:
    """Write down which questions of a call its panelists wrote, and void what they were asked; return how many."""
    own = own_pairs().subquery("own")
    seated = sa.select(Panelist.person_id).join(Panel, Panel.id == Panelist.panel_id).where(Panel.call_id == call_id)
    written_down = sa.exists().where(
        ConflictOfInterest.question_id == own.c.question_id,
        ConflictOfInterest.person_id == own.c.person_id,
        ConflictOfInterest.state == ConflictState.CONFIRMED,
    )
    found = session.execute(
        sa.select(own.c.question_id, own.c.person_id)
        .join(Question, Question.id == own.c.question_id)
        .where(Question.call_id == call_id, own.c.person_id.in_(seated), ~written_down)
        .order_by(own.c.question_id, own.c.person_id)
    ).all()
    for question_id, person_id in found:
        _confirm(session, question_id, person_id, ConflictSource.OWN, "", now)
    void_votes(session, pairs=[tuple(pair) for pair in found], now=now)
    return len(found)


def _confirm(
    session: Session, question_id: int, person_id: int, source: ConflictSource, reason: str, now: datetime
) -> None:
    statement = insert(ConflictOfInterest).values(
        question_id=question_id,
        person_id=person_id,
        state=ConflictState.CONFIRMED,
        source=source,
        signs=[source.value],
        reason=reason,
        created_at=now,
    )
    # As if nothing had been suspected before: the panelist reads when it was written down.
    undecided = dict(decided_at=None, decided_by_id=None, decision_note="", created_at=now)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["question_id", "person_id"],
            set_={"state": ConflictState.CONFIRMED, "source": source, "reason": reason} | undecided,
            where=ConflictOfInterest.state != ConflictState.CONFIRMED,
        )
    )
