"""What an assignment has to solve: questions, panelists, pairs that exist or are forbidden, and who knows what."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from solicit.panels.models import Assignment, ConflictOfInterest, Panel, Panelist, Review, Round
from solicit.panels.queries.conflicts import conflict_pairs, suspected_pairs
from solicit.panels.queries.profiles import declared, likeness, profile_texts
from solicit.panels.queries.series import round_questions
from solicit.panels.states import LIVE, Confidence
from solicit.people.models import Person
from solicit.people.queries import subregion_of
from solicit.questions.models import Question, Redaction, Translation
from solicit.questions.states import question_label
from solicit.web.folding import fold

Pair = tuple[int, int]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AssignableQuestion:
    """``languages``: of its text, and of the translations that panels see."""

    id: int
    label: str
    theme_id: int | None
    languages: frozenset[str]


@dataclass(frozen=True)
class Seat:
    panel_id: int
    theme_id: int | None


@dataclass(frozen=True)
class Judge:
    """A panelist over all their seats: loads add up, languages are shared."""

    id: int
    seats: tuple[Seat, ...]
    languages: frozenset[str]
    min_load: int
    max_load: int
    region: str
    institution: str
    texts: tuple[str, ...]

    def seat_for(self, question: AssignableQuestion) -> Seat:
        """The seat from which they read a question: at home if they have one there."""
        return next((seat for seat in self.seats if _is_home(question, seat)), self.seats[0])

    def is_home(self, question: AssignableQuestion) -> bool:
        return any(_is_home(question, seat) for seat in self.seats)


@dataclass(frozen=True, eq=False)
class Problem:
    """Pairs are (question_id, person_id); arrays have a row per question and a column per panelist.

    counted: pairs that give or may give a rating in this round. taken: pairs that exist in it at all.
    closed: in conflict, or the panelist says that they cannot judge. likeness: NaN where it is unknown.
    """

    questions: tuple[AssignableQuestion, ...]
    judges: tuple[Judge, ...]
    counted: frozenset[Pair]
    taken: frozenset[Pair]
    closed: Bools
    is_home: Bools
    likeness: Floats
    declared: Floats

    def matrix(self, pairs: frozenset[Pair]) -> Bools:
        """Which of the pairs of questions and panelists are among ``pairs``."""
        return _matrix(self.questions, self.judges, pairs)

    @property
    def reads(self) -> Bools:
        """Who reads a language in which a question is there."""
        found = [[bool(q.languages & j.languages) for j in self.judges] for q in self.questions]
        return np.array(found, dtype=bool).reshape(self.closed.shape)


def assignment_problem(session: Session, *, round_: Round) -> Problem:
    """Everything an assignment of ``round_`` must respect, in a fixed order."""
    questions = _questions(session, round_)
    judges = _judges(session, round_.call_id)
    counted, taken = _existing(session, round_.id)
    is_home = np.array([[j.is_home(q) for j in judges] for q in questions], dtype=bool).reshape(
        len(questions), len(judges)
    )
    people = [judge.id for judge in judges]
    value, cannot = declared(session, theme_ids=[q.theme_id for q in questions], person_ids=people, is_home=is_home)
    closed = _matrix(questions, judges, _conflicts(session, people)) | cannot
    alike = likeness(
        session,
        question_ids=[question.id for question in questions],
        texts_of=[judge.texts for judge in judges],
        call_id=round_.call_id,
    )
    return Problem(questions, judges, counted, taken, closed, is_home, alike, value)


def _is_home(question: AssignableQuestion, seat: Seat) -> bool:
    return seat.theme_id is None or seat.theme_id == question.theme_id


def _matrix(questions: tuple[AssignableQuestion, ...], judges: tuple[Judge, ...], pairs: frozenset[Pair]) -> Bools:
    row = {question.id: n for n, question in enumerate(questions)}
    column = {judge.id: n for n, judge in enumerate(judges)}
    found = np.zeros((len(questions), len(judges)), dtype=bool)
    for question_id, person_id in pairs:
        if question_id in row and person_id in column:
            found[row[question_id], column[person_id]] = True
    return found


def _questions(session: Session, round_: Round) -> tuple[AssignableQuestion, ...]:
    """What panels read has no translation beside a redacted copy."""
    is_copied = sa.exists().where(Redaction.question_id == Question.id)
    translated = sa.func.array_agg(Translation.language).filter(Translation.is_screened, ~is_copied)
    found = session.execute(
        sa.select(Question.id, Question.number, Question.theme_id, Question.language, translated)
        .outerjoin(Translation, Translation.question_id == Question.id)
        .where(round_questions(round_))
        .group_by(Question.id)
        .order_by(Question.text_digest, Question.id)
    )
    return tuple(
        AssignableQuestion(id_, question_label(round_.kind, number) or "", theme, frozenset((language, *(more or ()))))
        for id_, number, theme, language, more in found
    )


def _judges(session: Session, call_id: int) -> tuple[Judge, ...]:
    found = session.execute(
        sa.select(Panelist, Panel.theme_id, Person)
        .join(Panel, Panel.id == Panelist.panel_id)
        .join(Person, Person.id == Panelist.person_id)
        .where(Panel.call_id == call_id, Person.active)
        .order_by(Panelist.person_id, Panelist.panel_id)
    )
    held: dict[int, list] = defaultdict(list)
    for seat, theme_id, person in found:
        held[person.id].append((seat, theme_id, person))
    return tuple(_judge(seats) for seats in held.values())


def _judge(held: list[tuple[Panelist, int | None, Person]]) -> Judge:
    person = held[0][2]
    seats = [seat for seat, _, _ in held]
    return Judge(
        id=person.id,
        seats=tuple(Seat(seat.panel_id, theme_id) for seat, theme_id, _ in held),
        languages=frozenset().union(*(seat.languages for seat in seats)),
        min_load=sum(seat.min_load for seat in seats),
        max_load=sum(seat.max_load for seat in seats),
        region=subregion_of(person.country) if person.country else "",
        institution=person.ror or fold(person.affiliation),
        texts=tuple(dict.fromkeys(text for seat in seats for text in profile_texts(seat))),
    )


def _existing(session: Session, round_id: int) -> tuple[frozenset[Pair], frozenset[Pair]]:
    found = session.execute(
        sa.select(Assignment.question_id, Assignment.person_id, Assignment.state, Review.confidence)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.round_id == round_id)
    ).all()
    counted = ((q, p) for q, p, state, confidence in found if state in LIVE and confidence is not Confidence.OUTSIDE)
    return frozenset(counted), frozenset((q, p) for q, p, _, _ in found)


def _conflicts(session: Session, people: list[int]) -> frozenset[Pair]:
    """Confirmed and own, and suspected: those are kept out until somebody decides."""
    known = conflict_pairs()
    confirmed = sa.select(known.c.question_id, known.c.person_id).where(known.c.person_id.in_(people))
    suspected = suspected_pairs().where(ConflictOfInterest.person_id.in_(people))
    return frozenset((question_id, person_id) for question_id, person_id in session.execute(confirmed.union(suspected)))
