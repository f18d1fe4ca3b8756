"""The organizers' page of letters: who was invited, what waits for a second organizer, who comes next."""

import enum
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.models import Call
from solicit.calls.queries import CallFacts
from solicit.invitations.models import (
    CostSettings,
    Invitation,
    LetterBatch,
    LimitSet,
    Meeting,
    Selection,
    SelectionCandidate,
)
from solicit.invitations.queries.costs import CURRENCY
from solicit.invitations.queries.letters.rows import InvitationRow, InvitationRows, invitations_of_call
from solicit.invitations.queries.sight import Sight
from solicit.invitations.states import BatchState, InvitationState, LimitState, SelectionState
from solicit.people.models import Person
from solicit.people.queries import country_name


class LetterSort(enum.Enum):
    NAME = "name"
    STATE = "state"
    ANSWER_BY = "answer_by"
    COST = "cost"


@dataclass(frozen=True)
class BatchLine:
    """Letters that wait for a second organizer; all of them are counted, whoever reads it."""

    id: int
    n_letters: int
    answer_by: datetime
    prepared_at: datetime
    prepared_by: str | None


@dataclass(frozen=True)
class Standing:
    """The limits in force, if there are any, whether the meeting is known, and the currency of the call."""

    seats: int | None
    online_places: int | None
    budget_cents: int | None
    time_zone: str | None
    currency: str


@dataclass(frozen=True)
class ReserveRow:
    place: int
    name: str
    country: str
    merit: int
    cost_cents: int
    currency: str


@dataclass(frozen=True)
class Reserve:
    """Who comes next, as far as the reader may see it."""

    visible: tuple[ReserveRow, ...]
    n_hidden: int


@dataclass(frozen=True)
class LettersDesk:
    rows: InvitationRows
    batches: tuple[BatchLine, ...]
    standing: Standing
    reserve: Reserve


def letters_desk(session: Session, *, call: CallFacts, viewer_id: int, locale: str) -> LettersDesk:
    """Everything of the page that this organizer may know; five statements."""
    rows = invitations_of_call(session, call=call, viewer_id=viewer_id, locale=locale)
    return LettersDesk(
        rows=rows,
        batches=_waiting(session, call.id),
        standing=_standing(session, call.id),
        reserve=_reserve(session, call.id, rows.sight, locale),
    )


def listed(rows: InvitationRows, *, state: InvitationState | None, sort: LetterSort) -> list[InvitationRow]:
    """The rows of a state, or all, in the wanted order; among equals by name."""
    wanted = [row for row in rows.visible if state in (None, row.state)]
    return sorted(wanted, key=ORDERS[sort])


NEVER = datetime.max.replace(tzinfo=UTC)
STATE_ORDER = {state: place for place, state in enumerate(InvitationState)}
ORDERS = {
    LetterSort.NAME: lambda row: 0,
    LetterSort.STATE: lambda row: STATE_ORDER[row.state],
    LetterSort.ANSWER_BY: lambda row: (row.answer_by is None, row.answer_by or NEVER),
    LetterSort.COST: lambda row: -row.cost_cents,
}


def _waiting(session: Session, call_id: int) -> tuple[BatchLine, ...]:
    found = session.execute(
        sa.select(LetterBatch, Person.full_name, sa.func.count(Invitation.id).label("n_letters"))
        .outerjoin(Person, Person.id == LetterBatch.prepared_by_id)
        .outerjoin(Invitation, Invitation.batch_id == LetterBatch.id)
        .where(LetterBatch.call_id == call_id, LetterBatch.state == BatchState.PREPARED)
        .group_by(LetterBatch.id, Person.full_name)
        .order_by(LetterBatch.id)
    )
    return tuple(
        BatchLine(batch.id, n_letters, batch.answer_by, batch.prepared_at, name) for batch, name, n_letters in found
    )


def _standing(session: Session, call_id: int) -> Standing:
    in_force = sa.and_(LimitSet.call_id == Call.id, LimitSet.state == LimitState.IN_FORCE)
    row = session.execute(
        sa.select(
            LimitSet.seats,
            LimitSet.online_places,
            LimitSet.budget_cents,
            Meeting.time_zone,
            sa.func.coalesce(CostSettings.currency, CURRENCY),
        )
        .select_from(Call)
        .outerjoin(LimitSet, in_force)
        .outerjoin(Meeting, Meeting.call_id == Call.id)
        .outerjoin(CostSettings, CostSettings.call_id == Call.id)
        .where(Call.id == call_id)
    ).one()
    return Standing(*row)


def _reserve(session: Session, call_id: int, sight: Sight, locale: str) -> Reserve:
    found = session.execute(
        sa.select(SelectionCandidate, Person.full_name, Selection.currency)
        .join(Selection, Selection.id == SelectionCandidate.selection_id)
        .join(Person, Person.id == SelectionCandidate.person_id)
        .where(Selection.call_id == call_id, Selection.state == SelectionState.APPROVED)
        .where(SelectionCandidate.reserve_place.is_not(None))
        .order_by(SelectionCandidate.reserve_place)
    ).all()
    shown = [row for row in found if not sight.hides(row.SelectionCandidate)]
    visible = tuple(_reserve_row(row.SelectionCandidate, row.full_name, row.currency, locale) for row in shown)
    return Reserve(visible, len(found) - len(shown))


def _reserve_row(candidate: SelectionCandidate, name: str, currency: str, locale: str) -> ReserveRow:
    return ReserveRow(
        place=candidate.reserve_place,
        name=name,
        country=country_name(candidate.country, locale),
        merit=candidate.merit,
        cost_cents=candidate.cost_cents,
        currency=currency,
    )
