"""Ranked ballots, as their panelist sees them: the questions of one theme, and the order given to them."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Ballot, BallotPlace
from solicit.panels.queries.voting.voter import VotingRound, is_listed, may_judge, questions_for, voting_rounds
from solicit.panels.states import Activity, BallotState
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import PanelWording, panel_columns, wording_from
from solicit.questions.states import question_label

FEWEST = 2


@dataclass(frozen=True)
class ThemeRow:
    """One theme that a panelist may order."""

    theme: ThemeView
    n_questions: int
    n_placed: int
    state: BallotState | None
    submitted_at: datetime | None


@dataclass(frozen=True)
class BallotsPage:
    rounds: tuple[VotingRound, ...]
    chosen: VotingRound | None
    themes: tuple[ThemeRow, ...] = ()


@dataclass(frozen=True)
class BallotRow:
    """A question on a ballot; without a place it is not ranked."""

    question_id: int
    label: str
    wording: PanelWording
    place: int | None
    is_tied: bool = False  # with the one above
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True)
class BallotPage:
    """One panelist's ballot of one theme; version 0 is one that was never saved."""

    chosen: VotingRound
    theme: ThemeView
    placed: tuple[BallotRow, ...]
    unplaced: tuple[BallotRow, ...]
    version: int
    state: BallotState | None
    submitted_at: datetime | None

    @property
    def rows(self) -> tuple[BallotRow, ...]:
        return self.placed + self.unplaced

    @property
    def is_submitted(self) -> bool:
        return self.state is BallotState.SUBMITTED


@dataclass(frozen=True)
class _Saved:
    version: int
    state: BallotState
    submitted_at: datetime | None
    places: dict[int, int]


def theme_subject(session: Session, *, call: CallFacts, theme_key: str, **_) -> Subject | None:
    """Facts for the policy: the theme is one of the call's."""
    return Subject(call_id=call.id) if call.theme(theme_key) else None


def ballots_page(
    session: Session, *, call: CallFacts, person_id: int, round_id: int | None, now: datetime
) -> BallotsPage:
    """The themes that a panelist may order in an open round; three statements."""
    rounds = voting_rounds(session, call_id=call.id, person_id=person_id, activity=Activity.BALLOT, now=now)
    chosen = next((each for each in rounds if each.id == round_id), rounds[0] if rounds else None)
    if chosen is None:
        return BallotsPage(rounds, None)
    n_of_theme = Counter(questions_for(session, round_id=chosen.id, person_id=person_id).values())
    n_placed = sa.select(sa.func.count()).where(BallotPlace.ballot_id == Ballot.id).scalar_subquery()
    given = {
        ballot.theme_id: (n, ballot.state, ballot.submitted_at)
        for ballot, n in session.execute(
            sa.select(Ballot, n_placed)
            .where(Ballot.round_id == chosen.id, Ballot.person_id == person_id)
            .execution_options(populate_existing=True)
        )
    }
    themes = tuple(
        ThemeRow(theme, n_of_theme[theme.id], *given.get(theme.id, (0, None, None)))
        for theme in call.themes
        if n_of_theme[theme.id] >= FEWEST
    )
    return BallotsPage(rounds, chosen, themes)


def ballot_page(
    session: Session, *, call: CallFacts, theme_key: str, person_id: int, round_id: int | None, now: datetime
) -> BallotPage | None:
    """A panelist's ballot of one theme in a round, or else the latest one; None if there is nothing to order.

    Three statements.
    """
    rounds = voting_rounds(session, call_id=call.id, person_id=person_id, activity=Activity.BALLOT, now=now)
    # An order is never saved in another round than the one it was read in.
    chosen = next((each for each in rounds if round_id in (None, each.id)), None)
    theme = call.theme(theme_key)
    if chosen is None or theme is None:
        return None
    questions = _questions(session, chosen.id, theme.id, person_id)
    saved = _saved(session, chosen.id, theme.id, person_id)
    placed, unplaced = _rows(questions, saved.places, seed=f"{chosen.id} {person_id}")
    if len(questions) < FEWEST:
        return None
    return BallotPage(chosen, theme, placed, unplaced, saved.version, saved.state, saved.submitted_at)


def place_groups(places: dict[int, int]) -> list[list[int]]:
    """Questions by place, the best first; those of one place are tied."""
    groups: dict[int, list[int]] = {}
    for question_id, place in sorted(places.items(), key=lambda each: (each[1], each[0])):
        groups.setdefault(place, []).append(question_id)
    return list(groups.values())


def _questions(session: Session, round_id: int, theme_id: int, person_id: int) -> dict[int, tuple[str, PanelWording]]:
    found = session.execute(
        sa.select(Question.id, Question.kind, Question.number, *panel_columns())
        .where(is_listed(round_id), Question.theme_id == theme_id, may_judge(person_id))
        .order_by(Question.id)
    )
    return {row.id: (question_label(row.kind, row.number) or "", wording_from(row)) for row in found}


def _saved(session: Session, round_id: int, theme_id: int, person_id: int) -> _Saved:
    places = sa.select(sa.func.jsonb_object_agg(BallotPlace.question_id, BallotPlace.place))
    found = session.execute(
        sa.select(Ballot, places.where(BallotPlace.ballot_id == Ballot.id).scalar_subquery())
        .where(Ballot.round_id == round_id, Ballot.theme_id == theme_id, Ballot.person_id == person_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        return _Saved(0, BallotState.DRAFT, None, {})
    ballot, given = found
    places_by_id = {int(question_id): place for question_id, place in (given or {}).items()}
    return _Saved(ballot.version, ballot.state, ballot.submitted_at, places_by_id)


def _rows(
    questions: dict[int, tuple[str, PanelWording]], places: dict[int, int], *, seed: str
) -> tuple[tuple[BallotRow, ...], tuple[BallotRow, ...]]:
    """What has a place, in that order; and what has none, in an order of this panelist's own."""
    groups = place_groups({id_: place for id_, place in places.items() if id_ in questions})
    placed = [
        BallotRow(
            id_,
            *questions[id_],
            place=n,
            is_tied=above > 0,
            is_first=n == 1 and above == 0,
            is_last=n == len(groups) and above == len(group) - 1,
        )
        for n, group in enumerate(groups, 1)
        for above, id_ in enumerate(group)
    ]
    rest = sorted(questions.keys() - places.keys(), key=lambda id_: hashlib.sha256(f"{seed} {id_}".encode()).digest())
    return tuple(placed), tuple(BallotRow(id_, *questions[id_], place=None) for id_ in rest)
