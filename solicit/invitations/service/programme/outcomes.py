"""Recording what was said to a question at the meeting, and what the meeting found."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.calls.queries import CallFacts
from solicit.errors import Conflict, NotFound, Refused
from solicit.invitations.models import Contribution, QuestionOutcome
from solicit.invitations.queries.programme.speakers import speakers
from solicit.invitations.queries.sight import sight_of
from solicit.invitations.states import OutcomeKind
from solicit.words import N_

Recorded = Contribution | QuestionOutcome
SUBJECTS = {Contribution: "contribution", QuestionOutcome: "outcome"}


@dataclass(frozen=True)
class ContributionValues:
    person_id: int
    title: str
    text: str


@dataclass(frozen=True)
class OutcomeValues:
    kind: OutcomeKind
    text: str


def add_contribution(
    session: Session, *, call: CallFacts, question_id: int, values: ContributionValues, actor_id: int, now: datetime
) -> int:
    """Record what somebody who takes part said or showed."""
    _check_takes_part(session, call, values.person_id, actor_id)
    return _add(session, Contribution, call.id, question_id, vars(values), actor_id, now)


def change_contribution(
    session: Session,
    *,
    call: CallFacts,
    contribution_id: int,
    version: int,
    values: ContributionValues,
    actor_id: int,
    now: datetime,
) -> None:
    """Word a contribution anew; who made it stays unless it is somebody else who takes part."""
    row = _locked(session, Contribution, call.id, contribution_id, version)
    if values.person_id != row.person_id:
        _check_takes_part(session, call, values.person_id, actor_id)
    _change(session, row, vars(values), actor_id, now)


def add_outcome(
    session: Session, *, call: CallFacts, question_id: int, values: OutcomeValues, actor_id: int, now: datetime
) -> int:
    return _add(session, QuestionOutcome, call.id, question_id, vars(values), actor_id, now)


def change_outcome(
    session: Session,
    *,
    call: CallFacts,
    outcome_id: int,
    version: int,
    values: OutcomeValues,
    actor_id: int,
    now: datetime,
) -> None:
    _change(session, _locked(session, QuestionOutcome, call.id, outcome_id, version), vars(values), actor_id, now)


def remove_contribution(
    session: Session, *, call: CallFacts, contribution_id: int, version: int, actor_id: int, now: datetime
) -> None:
    _remove(session, _locked(session, Contribution, call.id, contribution_id, version), actor_id, now)


def remove_outcome(
    session: Session, *, call: CallFacts, outcome_id: int, version: int, actor_id: int, now: datetime
) -> None:
    _remove(session, _locked(session, QuestionOutcome, call.id, outcome_id, version), actor_id, now)


def _check_takes_part(session: Session, call: CallFacts, person_id: int, actor_id: int) -> None:
    seen = speakers(session, call=call, sight=sight_of(session, viewer_id=actor_id))
    if person_id not in [each.person_id for each in seen]:
        raise Refused(N_("This person does not take part any longer. Choose somebody else."))


def _add(
    session: Session,
    model: type[Recorded],
    call_id: int,
    question_id: int,
    values: dict,
    actor_id: int,
    now: datetime,
) -> int:
    by = dict(recorded_at=now, recorded_by_id=actor_id)
    row = model(call_id=call_id, question_id=question_id, **values, **by)
    session.add(row)
    session.flush()
    _record(session, "add", row, actor_id, now)
    return row.id


def _locked(session: Session, model: type[Recorded], call_id: int, number: int, version: int) -> Recorded:
    wanted = sa.select(model).where(model.id == number, model.call_id == call_id).with_for_update()
    row = session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    if row.version != version:
        raise Conflict(N_("Someone changed this record in the meantime. It now reads as below; your text is kept."))
    return row


def _change(session: Session, row: Recorded, values: dict, actor_id: int, now: datetime) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    session.flush()
    _record(session, "change", row, actor_id, now)


def _remove(session: Session, row: Recorded, actor_id: int, now: datetime) -> None:
    _record(session, "remove", row, actor_id, now)
    session.delete(row)
    session.flush()


def _record(session: Session, act: str, row: Recorded, actor_id: int, now: datetime) -> None:
    what = dict(act=act, subject=SUBJECTS[type(row)], subject_id=row.id, call_id=row.call_id)
    record(session, **what, actor_id=actor_id, now=now, question_id=row.question_id)
