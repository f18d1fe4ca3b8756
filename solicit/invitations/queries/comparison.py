"""Saved selections side by side: what each is worth, and who is in which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.invitations.models import Selection, SelectionCandidate
from solicit.invitations.queries.limit_sets import limit_sets
from solicit.invitations.queries.limits import Limits
from solicit.invitations.queries.sight import is_hidden_from
from solicit.invitations.queries.words import LimitName, limit_words
from solicit.invitations.queries.worth import LimitLine, Totals, limit_lines, totals_of
from solicit.invitations.states import SELECTION_WORDS, Outcome, SelectionState
from solicit.people.models import Person
from solicit.words import N_

MOST = 4

INVITED, RESERVE, NOT_NOW, NO_CANDIDATE = N_("Invite"), N_("Reserve"), N_("Not now"), N_("No candidate")


@dataclass(frozen=True)
class Compared:
    """One of the selections; ``lines`` are its limits by name."""

    id: int
    name: str
    state_word: str
    is_approved: bool
    is_infeasible: bool
    limit_set_id: int
    totals: Totals
    currency: str
    lines: Mapping[str, LimitLine]


@dataclass(frozen=True)
class ComparedPerson:
    """Somebody who is in one of them, and what each selection decided, in the order of the selections."""

    person_id: int
    name: str
    decisions: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return len({decision == INVITED for decision in self.decisions}) == 1


@dataclass(frozen=True)
class Comparison:
    selections: tuple[Compared, ...]
    limits: tuple[tuple[str, LimitName], ...]
    people: tuple[ComparedPerson, ...]
    n_hidden: int

    @property
    def n_different(self) -> int:
        return sum(not person.is_same for person in self.people)


def comparison(
    session: Session, *, call: CallFacts, selection_ids: Collection[int], viewer_id: int, locale: str
) -> Comparison | None:
    """Up to four selections of the call, differences first; None if one is missing. Four statements."""
    found = session.scalars(
        sa.select(Selection).where(Selection.call_id == call.id, Selection.id.in_(selection_ids)).order_by(Selection.id)
    ).all()
    if len(found) != len(set(selection_ids)) or not 1 <= len(found) <= MOST:
        return None
    sets = {facts.id: facts.limits for facts in limit_sets(session, call=call)}
    named = limit_words(session, call=call, locale=locale).limit
    rows = _rows(session, [selection.id for selection in found], viewer_id)
    chosen = {row.person_id for row, _, _ in rows if row.is_chosen}
    hidden = {row.person_id for row, _, is_hidden in rows if is_hidden}
    selections = tuple(_compared(selection, sets[selection.limit_set_id], rows, named) for selection in found)
    return Comparison(
        selections=selections,
        limits=_limits(selections),
        people=_people(rows, [selection.id for selection in found], chosen - hidden),
        n_hidden=len(hidden),
    )


def _rows(session: Session, selection_ids: Sequence[int], viewer_id: int) -> Sequence[sa.Row]:
    return session.execute(
        sa.select(SelectionCandidate, Person.full_name, is_hidden_from(viewer_id).label("is_hidden"))
        .join(Person, Person.id == SelectionCandidate.person_id)
        .where(SelectionCandidate.selection_id.in_(selection_ids))
        .order_by(SelectionCandidate.selection_id, SelectionCandidate.person_id)
    ).all()


def _compared(selection: Selection, limits: Limits, rows: Sequence[sa.Row], named) -> Compared:
    chosen = [each for each in rows if each[0].selection_id == selection.id and each[0].is_chosen]
    seen = [row for row, _, is_hidden in chosen if not is_hidden]
    return Compared(
        id=selection.id,
        name=selection.name,
        state_word=SELECTION_WORDS[selection.state],
        is_approved=selection.state is SelectionState.APPROVED,
        is_infeasible=selection.outcome is Outcome.INFEASIBLE,
        limit_set_id=selection.limit_set_id,
        totals=totals_of(selection, seen),
        currency=selection.currency,
        lines={line.key: line for line in limit_lines(limits, [row for row, _, _ in chosen], seen, named)},
    )


def _limits(selections: Sequence[Compared]) -> tuple[tuple[str, LimitName], ...]:
    """Every limit of any of them, in the order in which they come."""
    named = {key: line.name for selection in selections for key, line in selection.lines.items()}
    return tuple(named.items())


def _people(rows: Sequence[sa.Row], selection_ids: Sequence[int], shown: Collection[int]) -> tuple[ComparedPerson, ...]:
    names, merit, decided = {}, {}, {}
    for row, name, _ in rows:
        names[row.person_id] = name
        merit[row.person_id] = max(row.merit, merit.get(row.person_id, 0))
        decided[row.person_id, row.selection_id] = _decision(row)
    people = [
        ComparedPerson(
            person_id,
            names[person_id],
            tuple(decided.get((person_id, number), NO_CANDIDATE) for number in selection_ids),
        )
        for person_id in shown
    ]
    return tuple(sorted(people, key=lambda person: (person.is_same, -merit[person.person_id], person.person_id)))


def _decision(row: SelectionCandidate) -> str:
    if row.is_chosen:
        return INVITED
    return NOT_NOW if row.reserve_place is None else RESERVE
