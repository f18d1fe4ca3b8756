"""The organizers' list of conflicts of interest: suspected, confirmed and dismissed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Assignment, ConflictOfInterest, Panel, Panelist, Round
from solicit.panels.states import (
    CONFLICT_SOURCE_WORDS,
    CONFLICT_STATE_WORDS,
    DONE,
    ConflictSource,
    ConflictState,
    RoundState,
)
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.queries.involvement import is_involved, people_involved
from solicit.questions.states import question_label
from solicit.web.pagination import Window
from solicit.words import N_

Condition = sa.ColumnElement[bool]
decider = aliased(Person, name="decider")

SORTS = {
    "latest": (N_("Latest first"), (ConflictOfInterest.id.desc(),)),
    "question": (N_("By question"), (Question.kind, Question.number, Person.full_name, ConflictOfInterest.id)),
    "panelist": (N_("By panelist"), (Person.full_name, Question.kind, Question.number, ConflictOfInterest.id)),
}
LATEST = "latest"


@dataclass(frozen=True)
class ConflictFilter:
    """Which conflicts are listed; empty means every one."""

    state: ConflictState | None = None
    sign: ConflictSource | None = None
    person_id: int | None = None
    theme_id: int | None = None
    sort: str = LATEST


@dataclass(frozen=True)
class ConflictRow:
    id: int
    label: str
    title: str
    language: str
    theme: ThemeView | None
    person_id: int
    person: str
    state: ConflictState
    sign_words: tuple[str, ...]
    reason: str
    created_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    has_votes: bool

    @property
    def state_word(self) -> str:
        return CONFLICT_STATE_WORDS[self.state]

    @property
    def is_suspected(self) -> bool:
        return self.state is ConflictState.SUSPECTED


@dataclass(frozen=True)
class ConflictCounts:
    """How many are listed, and how many of them have what."""

    total: int
    states: Mapping[ConflictState, int]
    signs: Mapping[ConflictSource, int]
    themes: Mapping[int | None, int]
    people: Sequence[tuple[int, str, int]]


@dataclass(frozen=True)
class DeclaredWords:
    """With whom a panelist says they are in conflict, in their own words."""

    person: str
    words: str


def conflict_subject(session: Session, *, call: CallFacts, conflict_id: int, **_) -> Subject | None:
    """Facts for the policy: whoever has a part in the question, and the person themselves, may not decide on it."""
    found = session.execute(
        sa.select(ConflictOfInterest.question_id, ConflictOfInterest.person_id)
        .join(Question, Question.id == ConflictOfInterest.question_id)
        .where(ConflictOfInterest.id == conflict_id, Question.call_id == call.id)
    ).one_or_none()
    if found is None:
        return None
    people = people_involved(session, question_ids=[found.question_id])
    return Subject(call_id=call.id, conflicted_ids=people | {found.person_id})


def may_decide(viewer_id: int) -> Condition:
    """The condition on a conflict and its question that an organizer may know of it.

    Conflicts name authors: so not those of questions that this organizer wrote or reviews, and never one's own.
    """
    return sa.and_(~is_involved(viewer_id, Question.id), ConflictOfInterest.person_id != viewer_id)


def conflict_rows(
    session: Session, *, call: CallFacts, viewer_id: int, chosen: ConflictFilter, window: Window
) -> tuple[ConflictRow, ...]:
    """A page of the conflicts that this organizer may know of; one statement."""
    _, order = SORTS[chosen.sort]
    wanted = _rows().where(*_known(call, viewer_id, chosen)).order_by(*order)
    found = session.execute(wanted.limit(window.size).offset(window.offset))
    return tuple(_row(call, *row) for row in found)


def chosen_rows(
    session: Session, *, call: CallFacts, viewer_id: int, conflict_ids: Sequence[int]
) -> tuple[ConflictRow, ...]:
    """Those of the conflicts with these numbers that this organizer may decide on; one statement."""
    wanted = _rows().where(ConflictOfInterest.id.in_(conflict_ids), *_known(call, viewer_id, ConflictFilter()))
    return tuple(_row(call, *row) for row in session.execute(wanted.order_by(*SORTS["panelist"][1])))


def conflict_counts(session: Session, *, call: CallFacts, viewer_id: int, chosen: ConflictFilter) -> ConflictCounts:
    """How many conflicts match, and how they divide; one statement. A conflict with two signs counts for both."""
    each = sa.func.unnest(ConflictOfInterest.signs).table_valued("sign", name="each").render_derived()
    keys = (ConflictOfInterest.state, each.c.sign, Question.theme_id, ConflictOfInterest.person_id, Person.full_name)
    sets = sa.func.grouping_sets(
        sa.tuple_(keys[0]), sa.tuple_(keys[1]), sa.tuple_(keys[2]), sa.tuple_(keys[3], keys[4]), sa.tuple_()
    )
    which = sa.func.grouping(*keys)
    n = sa.func.count(sa.distinct(ConflictOfInterest.id))
    found = session.execute(
        sa.select(which, *keys, n)
        .select_from(ConflictOfInterest)
        .join(Question, Question.id == ConflictOfInterest.question_id)
        .join(Person, Person.id == ConflictOfInterest.person_id)
        .outerjoin(each, sa.true())
        .where(*_known(call, viewer_id, chosen))
        .group_by(sets)
        .order_by(Person.full_name, ConflictOfInterest.person_id)
    )
    by_set = defaultdict(list)
    for which_, *row in found:
        by_set[which_].append(row)
    return ConflictCounts(
        total=sum(row[-1] for row in by_set[0b11111]),
        states={row[0]: row[-1] for row in by_set[0b01111]},
        signs={ConflictSource(row[1]): row[-1] for row in by_set[0b10111] if row[1]},
        themes={row[2]: row[-1] for row in by_set[0b11011]},
        people=[(row[3], row[4], row[-1]) for row in by_set[0b11100]],
    )


def declared_words(session: Session, *, call_id: int, viewer_id: int) -> tuple[DeclaredWords, ...]:
    """What the panelists of a call declared in words, by name; one statement."""
    said = (
        sa.select(Person.full_name, Panelist.conflict_words)
        .join(Panelist, Panelist.person_id == Person.id)
        .join(Panel, Panel.id == Panelist.panel_id)
        .where(Panel.call_id == call_id, Panelist.conflict_words != "", Person.id != viewer_id)
        .distinct()
        .order_by(Person.full_name, Panelist.conflict_words)
    )
    return tuple(DeclaredWords(*row) for row in session.execute(said))


def frozen_with_votes(session: Session, *, conflict_ids: Sequence[int]) -> tuple[int, ...]:
    """The first rounds of frozen series in which one of these conflicts gave a review that counted; one statement."""
    counted = (
        sa.select(sa.func.coalesce(Round.follows_id, Round.id).label("first_id"))
        .join(Assignment, Assignment.round_id == Round.id)
        .join(
            ConflictOfInterest,
            sa.and_(
                ConflictOfInterest.question_id == Assignment.question_id,
                ConflictOfInterest.person_id == Assignment.person_id,
            ),
        )
        .where(ConflictOfInterest.id.in_(conflict_ids), ConflictOfInterest.state == ConflictState.CONFIRMED)
        .where(Round.state == RoundState.FROZEN, Assignment.state.in_(DONE))
        .distinct()
        .order_by("first_id")
    )
    return tuple(session.scalars(counted))


def _rows() -> sa.Select:
    voted = sa.exists().where(
        Assignment.question_id == ConflictOfInterest.question_id,
        Assignment.person_id == ConflictOfInterest.person_id,
        Assignment.state.in_(DONE),
    )
    return (
        sa.select(ConflictOfInterest, Question, Person.full_name, decider.full_name, voted)
        .join(Question, Question.id == ConflictOfInterest.question_id)
        .join(Person, Person.id == ConflictOfInterest.person_id)
        .outerjoin(decider, decider.id == ConflictOfInterest.decided_by_id)
    )


def _known(call: CallFacts, viewer_id: int, chosen: ConflictFilter) -> list[Condition]:
    conditions = [Question.call_id == call.id, may_decide(viewer_id)]
    if chosen.state:
        conditions.append(ConflictOfInterest.state == chosen.state)
    if chosen.sign:
        conditions.append(sa.literal(chosen.sign.value) == sa.any_(ConflictOfInterest.signs))
    if chosen.person_id:
        conditions.append(ConflictOfInterest.person_id == chosen.person_id)
    if chosen.theme_id:
        conditions.append(Question.theme_id == chosen.theme_id)
    return conditions


def _row(
    call: CallFacts, conflict: ConflictOfInterest, question: Question, person: str, decided_by: str | None, voted: bool
) -> ConflictRow:
    signs = {conflict.source.value, *conflict.signs}
    return ConflictRow(
        id=conflict.id,
        label=question_label(question.kind, question.number) or "",
        title=question.title,
        language=question.language,
        theme=call.theme_by_id(question.theme_id),
        person_id=conflict.person_id,
        person=person,
        state=conflict.state,
        sign_words=tuple(word for source, word in CONFLICT_SOURCE_WORDS.items() if source.value in signs),
        reason=conflict.reason,
        created_at=conflict.created_at,
        decided_by=decided_by or "",
        decided_at=conflict.decided_at,
        note=conflict.decision_note,
        has_votes=voted,
    )
