"""Ballots that a panel gave on paper: read from rows, checked as a whole, and handed in all or not at all."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.audit.service import record
from solicit.errors import NotFound, Refused
from solicit.panels.models import Ballot, BallotPlace, Panel, Panelist, Round
from solicit.panels.queries.voting.ballots import place_groups
from solicit.panels.queries.voting.voter import is_listed, questions_for
from solicit.panels.service.voting.ballot import numbered, submit_ballot, take_back
from solicit.panels.states import Activity, BallotState
from solicit.people.models import Person
from solicit.questions.models import Question
from solicit.questions.states import parse_label
from solicit.words import N_


@dataclass(frozen=True)
class PlaceRow:
    """One line of a file: an address, a label, and a place as it is written there; empty is not ranked."""

    line: int
    panelist: str
    question: str
    place: str


@dataclass(frozen=True)
class Problem:
    """Why a line cannot be taken, in one sentence."""

    line: int
    message: str


@dataclass(frozen=True)
class PaperBallot:
    """The order of one panelist in one theme; ``is_new`` and ``is_changed`` say what importing it does."""

    person_id: int
    theme_id: int
    places: Mapping[int, int]
    is_new: bool
    is_changed: bool


@dataclass(frozen=True)
class CheckedBallots:
    ballots: tuple[PaperBallot, ...]
    problems: tuple[Problem, ...]

    @property
    def n_new(self) -> int:
        return sum(ballot.is_new for ballot in self.ballots)

    @property
    def n_changed(self) -> int:
        return sum(ballot.is_changed for ballot in self.ballots)


def check_ballots(session: Session, *, round_id: int, rows: Sequence[PlaceRow]) -> CheckedBallots:
    """What importing these rows would do; nothing is changed. Raises NotFound unless the round is one of ballots."""
    round_ = session.get(Round, round_id, populate_existing=True)
    if round_ is None or round_.activity is not Activity.BALLOT:
        raise NotFound(N_("There is no round of ranked ballots with this number."))
    reader = _Reader(session, round_)
    orders: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    problems = [problem for row in rows if (problem := reader.read(row, orders)) is not None]
    saved = _saved(session, round_id)
    ballots = tuple(
        PaperBallot(
            person_id,
            theme_id,
            order := numbered(place_groups(places)),
            is_new=(person_id, theme_id) not in saved,
            is_changed=saved.get((person_id, theme_id), order) != order,
        )
        for (person_id, theme_id), places in sorted(orders.items())
    )
    return CheckedBallots(ballots, tuple(problems))


def import_ballots(session: Session, *, round_id: int, rows: Sequence[PlaceRow], now: datetime) -> CheckedBallots:
    """Hand in the ballots of these rows for their panelists; once more changes nothing.

    Raises Refused if a row cannot be taken, and whatever handing in a ballot refuses: then none is to be kept.
    """
    checked = check_ballots(session, round_id=round_id, rows=rows)
    if checked.problems:
        raise Refused(N_("The file has lines that cannot be taken. Nothing was imported."))
    for ballot in checked.ballots:
        if ballot.is_new or ballot.is_changed:
            _hand_in(session, round_id, ballot, now)
    call_id = session.scalar(sa.select(Round.call_id).where(Round.id == round_id))
    counts = dict(n_new=checked.n_new, n_changed=checked.n_changed)
    where = dict(subject="round", subject_id=round_id, call_id=call_id)
    record(session, act="import_ballots", actor_id=None, now=now, **where, **counts)
    return checked


class _Reader:
    """Reads rows against the round: who has a seat, and what each of them may judge."""

    def __init__(self, session: Session, round_: Round) -> None:
        self._session, self._round = session, round_
        self._people = _seated(session, round_)
        self._labels = _labels(session, round_)
        self._mine: dict[int, dict[int, int]] = {}
        self._seen: Counter[tuple[int, int]] = Counter()

    def read(self, row: PlaceRow, orders: dict[tuple[int, int], dict[int, int]]) -> Problem | None:
        """Add the row's place to the orders, or say why it cannot be."""
        try:
            person_id, question_id, theme_id = self._find(row)
            place = _place(row.place)
        except Refused as refusal:
            return Problem(row.line, str(refusal))
        if place is not None:
            orders[person_id, theme_id][question_id] = place
        return None

    def _find(self, row: PlaceRow) -> tuple[int, int, int]:
        person_id = self._people.get(row.panelist.strip().lower())
        if person_id is None:
            raise Refused(N_("Nobody with the address “%(email)s” has a seat for this round."), email=row.panelist)
        label = parse_label(row.question.strip())
        question_id = self._labels.get(label) if label else None
        if question_id is None:
            raise Refused(N_("“%(label)s” is no question of this round."), label=row.question)
        theme_id = self._questions_of(person_id).get(question_id)
        if theme_id is None:
            raise Refused(
                N_("“%(label)s” is not for this panelist: a conflict, a language, or a theme that they cannot judge."),
                label=row.question,
            )
        self._seen[person_id, question_id] += 1
        if self._seen[person_id, question_id] > 1:
            raise Refused(N_("“%(label)s” stands there twice for this panelist."), label=row.question)
        return person_id, question_id, theme_id

    def _questions_of(self, person_id: int) -> dict[int, int]:
        if person_id not in self._mine:
            self._mine[person_id] = questions_for(self._session, round_id=self._round.id, person_id=person_id)
        return self._mine[person_id]


def _place(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) >= 1):
        raise Refused(N_("“%(place)s” is no place: write a whole number from 1 on, or nothing."), place=text)
    return int(text)


def _seated(session: Session, round_: Round) -> dict[str, int]:
    seats = (
        sa.select(Person.email, Person.id)
        .join(Panelist, Panelist.person_id == Person.id)
        .join(Panel, Panel.id == Panelist.panel_id)
        .where(Panel.call_id == round_.call_id)
    )
    if round_.panel_id is not None:
        seats = seats.where(Panel.id == round_.panel_id)
    return {email: person_id for email, person_id in session.execute(seats)}


def _labels(session: Session, round_: Round) -> dict[tuple, int]:
    listed = sa.select(Question.kind, Question.number, Question.id).where(is_listed(round_.id))
    return {(kind, number): question_id for kind, number, question_id in session.execute(listed)}


def _saved(session: Session, round_id: int) -> dict[tuple[int, int], dict[int, int]]:
    """The orders that are submitted already."""
    found = session.execute(
        sa.select(Ballot.person_id, Ballot.theme_id, BallotPlace.question_id, BallotPlace.place)
        .join(BallotPlace, BallotPlace.ballot_id == Ballot.id)
        .where(Ballot.round_id == round_id, Ballot.state == BallotState.SUBMITTED)
    )
    saved: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for person_id, theme_id, question_id, place in found:
        saved[person_id, theme_id][question_id] = place
    return {key: numbered(place_groups(places)) for key, places in saved.items()}


def _hand_in(session: Session, round_id: int, ballot: PaperBallot, now: datetime) -> None:
    """Whatever the panelist had saved here before, the paper replaces it."""
    whose = dict(round_id=round_id, theme_id=ballot.theme_id, person_id=ballot.person_id, now=now)
    take_back(session, **whose)
    version = session.scalar(
        sa.select(Ballot.version).filter_by(round_id=round_id, theme_id=ballot.theme_id, person_id=ballot.person_id)
    )
    submit_ballot(session, places=ballot.places, version=version or 0, **whose)
