"""Measuring how a panel agrees once its round has closed, and the cases that people look into."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import Closed, Conflict, NotFound, Refused
from solicit.jobs.service import defer
from solicit.panels.models import HealthCase, PanelHealth, Round
from solicit.panels.queries.outcomes import HealthInput, health_input
from solicit.panels.queries.series import first_of
from solicit.panels.service.measure import Measured, OpenedAlarm, measure
from solicit.panels.states import CaseState, RoundState
from solicit.provenance import digest, versions
from solicit.words import N_

AT_CLOSE = "panels.measure_health"
CLOSED = (RoundState.CLOSED, RoundState.FROZEN)


def measure_later(session: Session, *, round_id: int) -> None:
    """Have the health of a round measured soon, once."""
    defer(session, AT_CLOSE, queueing_lock=f"{AT_CLOSE} {round_id}", round_id=round_id)


def measure_health(session: Session, *, round_id: int, actor_id: int | None, now: datetime) -> int:
    """Measure the series of a closed round, and open a case for each alarm that is new; return how many are.

    Raises Closed while its first round is open. Measuring again replaces the numbers and keeps every case.
    """
    asked = session.get(Round, round_id)
    if asked is None:
        raise NotFound
    round_id = first_of(asked)
    round_ = session.get_one(Round, round_id, populate_existing=True)
    if round_.state not in CLOSED:
        raise Closed(N_("Scores are compared after the round has closed."))
    given = health_input(session, round_=round_)
    measured = measure(given, seed=round_.seed)
    _store(session, round_, given, measured, now)
    n_new = _open_cases(session, round_id, measured.alarms, now)
    about = dict(subject="round", subject_id=round_id, call_id=round_.call_id)
    record(session, act="measure_health", **about, actor_id=actor_id, now=now, cases=n_new)
    return n_new


def decide_case(session: Session, *, case_id: int, verdict: CaseState, note: str, actor_id: int, now: datetime) -> None:
    """Explain or uphold a case; nothing is left out by it. Raises Conflict if somebody decided it before."""
    case = session.scalar(
        sa.select(HealthCase)
        .where(HealthCase.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFound
    round_ = session.get_one(Round, case.round_id, populate_existing=True)
    if round_.state not in CLOSED:
        raise Closed(N_("Scores are compared after the round has closed."))
    if case.state is not CaseState.OPEN:
        raise Conflict(N_("Somebody decided on this case already."))
    if verdict is CaseState.OPEN or not note.strip():
        raise Refused(N_("Choose what became of the case, and say why."))
    case.state, case.decision_note, case.decided_by_id, case.decided_at = verdict, note.strip(), actor_id, now
    session.flush()
    about = dict(subject="health_case", subject_id=case_id, call_id=round_.call_id)
    record(session, act="decide", **about, actor_id=actor_id, now=now, verdict=verdict.value)


def record_reading(session: Session, *, call_id: int, round_id: int, reader_id: int, now: datetime) -> None:
    """Note that somebody read the scores of a round by panelist."""
    about = dict(subject="round", subject_id=round_id, call_id=call_id)
    record(session, act="read_scores", **about, actor_id=reader_id, now=now)


def _store(session: Session, round_: Round, given: HealthInput, measured: Measured, now: datetime) -> None:
    values = dict(
        report=measured.report,
        input_digest=_digest(given),
        seed=round_.seed,
        versions=versions(),
        computed_at=now,
    )
    statement = insert(PanelHealth).values(round_id=round_.id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["round_id"], set_=values))


def _digest(given: HealthInput) -> bytes:
    """SHA-256 of what was measured, without the people: they are numbers in an order of their ratings."""
    content = [given.question.tolist(), given.panelist.tolist(), given.rating.tolist(), given.group.tolist()]
    return digest(content)


def _open_cases(session: Session, round_id: int, alarms: Iterable[OpenedAlarm], now: datetime) -> int:
    """A case per alarm; one that is known keeps its state, and gets the new measure while it is open."""
    n_new = 0
    for alarm in alarms:
        values = dict(measure=alarm.measure)
        statement = insert(HealthCase).values(
            round_id=round_id,
            alarm=alarm.alarm,
            person_id=alarm.person_id,
            other_person_id=alarm.other_person_id,
            state=CaseState.OPEN,
            decision_note="",
            opened_at=now,
            **values,
        )
        known = statement.on_conflict_do_update(
            index_elements=["round_id", "alarm", "person_id", "other_person_id"],
            set_=values,
            where=HealthCase.state == CaseState.OPEN,
        )
        found = session.execute(known.returning(HealthCase.opened_at)).scalar()
        n_new += found == now
    return n_new
