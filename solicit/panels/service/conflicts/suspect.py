"""Looking for conflicts of interest: what is found is suspected until an organizer decides."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.panels.models import ConflictOfInterest, ConflictPolicy
from solicit.panels.queries.signs import Policy, found_signs, policy_of, seated_in
from solicit.panels.service.conflicts.declare import confirm_own_conflicts
from solicit.panels.states import ConflictSource, ConflictState
from solicit.questions.models import Question

Signs = sa.ColumnElement[list]
# What is only found, and so suspected, the gravest first.
SUSPECTED_SOURCES = (
    ConflictSource.CO_AUTHOR,
    ConflictSource.GROUP,
    ConflictSource.INSTITUTION,
    ConflictSource.COUNTRY,
)


def find_conflicts(session: Session, *, call_id: int, now: datetime) -> int:
    """Write down who wrote what, and suspect who may be in conflict; return how many suspicions are new."""
    confirm_own_conflicts(session, call_id=call_id, now=now)
    return suspect_conflicts(session, call_id=call_id, now=now)


def suspect_conflicts(session: Session, *, call_id: int, now: datetime) -> int:
    """Suspect every pair of a question and a panelist with a sign; return how many are new or have a new sign.

    What is confirmed stays. What was dismissed stays unless there is a sign that was not known then. A suspicion
    without any sign left is gone. Five statements, whatever the number of questions and panelists.
    """
    policy = policy_of(session, call_id=call_id)
    found = found_signs(session, call_id=call_id, policy=policy, judges=seated_in(call_id)).cte("found")
    written = _written(found, now).returning(ConflictOfInterest.id).cte("written")
    counted = sa.select(sa.func.count()).select_from(written)
    n_new = session.scalar(counted.add_cte(_without_signs(found, call_id)))
    if n_new:
        place = dict(subject="call", subject_id=call_id, call_id=call_id)
        record(session, act="suspect conflicts", actor_id=None, now=now, n_new=n_new, **place)
    session.expire_all()
    return n_new


def change_policy(session: Session, *, call_id: int, policy: Policy, actor_id: int, now: datetime) -> None:
    """Say which signs a call looks for."""
    values = vars(policy)
    row = insert(ConflictPolicy).values(call_id=call_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["call_id"], set_=values))
    session.expire_all()
    place = dict(subject="call", subject_id=call_id, call_id=call_id)
    record(session, act="change conflict policy", actor_id=actor_id, now=now, **place, **values)


def _written(found: sa.CTE, now: datetime) -> sa.Insert:
    rows = sa.select(
        found.c.question_id,
        found.c.person_id,
        sa.literal(ConflictState.SUSPECTED.value),
        _gravest(found.c.signs),
        found.c.signs,
        sa.literal(""),
        sa.literal(now),
        sa.literal(""),
    ).order_by(found.c.question_id, found.c.person_id)
    names = ["question_id", "person_id", "state", "source", "signs", "reason", "created_at", "decision_note"]
    statement = insert(ConflictOfInterest).from_select(names, rows)
    known, new = ConflictOfInterest.signs, statement.excluded.signs
    is_dismissed = ConflictOfInterest.state == ConflictState.DISMISSED
    signs = sa.case((is_dismissed, _united(known, new)), else_=new)
    return statement.on_conflict_do_update(
        index_elements=["question_id", "person_id"],
        set_=dict(
            state=ConflictState.SUSPECTED,
            source=_gravest(signs),
            signs=signs,
            decided_at=None,
            decided_by_id=None,
            decision_note="",
        ),
        where=sa.or_(
            sa.and_(ConflictOfInterest.state == ConflictState.SUSPECTED, known != new),
            sa.and_(is_dismissed, sa.not_(new.bool_op("<@")(known))),
        ),
    )


def _without_signs(found: sa.CTE, call_id: int) -> sa.CTE:
    """Take away suspicions that nothing speaks for any more."""
    pair = sa.tuple_(ConflictOfInterest.question_id, ConflictOfInterest.person_id)
    of_call = sa.select(Question.id).where(Question.call_id == call_id)
    return (
        sa.delete(ConflictOfInterest)
        .where(ConflictOfInterest.state == ConflictState.SUSPECTED, ConflictOfInterest.question_id.in_(of_call))
        .where(pair.not_in(sa.select(found.c.question_id, found.c.person_id)))
        .returning(ConflictOfInterest.id)
        .cte("gone")
    )


def _gravest(signs: Signs) -> sa.ColumnElement[str]:
    """The first of the signs in the order of ConflictSource."""
    *graver, last = SUSPECTED_SOURCES
    cases = [(sa.literal(source.value) == sa.any_(signs), source.value) for source in graver]
    return sa.cast(sa.case(*cases, else_=last.value), sa.Text)


def _united(known: Signs, new: Signs) -> Signs:
    sign = sa.func.unnest(known.op("||")(new)).column_valued("sign")
    united = sa.select(sign).distinct().order_by(sign)
    return sa.func.array(united.scalar_subquery(), type_=sa.ARRAY(sa.Text))
