"""Two questions side by side, as their panelist sees them: no authors, no votes of others, no place in any order."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import comb

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.access.policy import Subject
from solicit.calls.queries import CallFacts, ThemeView
from solicit.panels.models import Comparison, Round
from solicit.panels.queries.conflicts import conflict_pairs
from solicit.panels.queries.voting.voter import VotingRound, questions_for, voting_rounds
from solicit.panels.states import Activity, ComparisonState, Preference, RoundState
from solicit.questions.models import Question
from solicit.questions.queries.panel_wording import PanelWording, panel_columns, wording_from
from solicit.questions.states import question_label

N_LAST = 5


@dataclass(frozen=True)
class Card:
    """One question as it is compared."""

    label: str
    theme: ThemeView | None
    wording: PanelWording


@dataclass(frozen=True)
class OfferedPair:
    comparison_id: int
    left: Card
    right: Card


@dataclass(frozen=True)
class LastChoice:
    """What a panelist said of one pair; the first card is the preferred one, if there is one."""

    comparison_id: int
    preference: Preference
    first: Card
    second: Card
    judged_at: datetime


@dataclass(frozen=True)
class PairsPage:
    """The comparing of one panelist in one round."""

    rounds: tuple[VotingRound, ...]
    chosen: VotingRound | None
    n_done: int = 0
    n_wanted: int = 0
    pair: OfferedPair | None = None
    last: tuple[LastChoice, ...] = ()

    @property
    def has_all(self) -> bool:
        return self.n_done >= self.n_wanted


def comparison_subject(session: Session, *, call: CallFacts, comparison_id: int, **_) -> Subject | None:
    """Facts for the policy: who is asked to compare the two, and who may judge neither."""
    row = session.execute(
        sa.select(Comparison.person_id, Comparison.left_id, Comparison.right_id)
        .join(Round, Round.id == Comparison.round_id)
        .where(Comparison.id == comparison_id, Round.call_id == call.id, Round.state != RoundState.DRAFT)
        .where(Comparison.state != ComparisonState.VOIDED)
    ).one_or_none()
    if row is None:
        return None
    pairs = conflict_pairs()
    theirs = pairs.c.person_id == row.person_id
    is_conflicted = session.scalar(
        sa.select(sa.exists().where(theirs, pairs.c.question_id.in_((row.left_id, row.right_id))))
    )
    asked = frozenset({row.person_id})
    return Subject(call_id=call.id, assignee_ids=asked, conflicted_ids=asked if is_conflicted else frozenset())


def pairs_page(session: Session, *, call: CallFacts, person_id: int, round_id: int | None, now: datetime) -> PairsPage:
    """The pair that waits, how far a panelist is, and what they said last; four statements."""
    rounds = voting_rounds(session, call_id=call.id, person_id=person_id, activity=Activity.COMPARING, now=now)
    chosen = next((each for each in rounds if each.id == round_id), rounds[0] if rounds else None)
    if chosen is None:
        return PairsPage(rounds, None)
    mine = questions_for(session, round_id=chosen.id, person_id=person_id)
    rows = [row for row in comparisons_by(session, chosen.id, person_id) if {row.left_id, row.right_id} <= mine.keys()]
    waiting = next((row for row in rows if row.state is ComparisonState.OFFERED), None)
    judged = sorted((row for row in rows if row.state is ComparisonState.JUDGED), key=_latest_first)
    shown = [*judged[:N_LAST], *([waiting] if waiting else [])]
    cards = _cards(session, call, {id_ for row in shown for id_ in (row.left_id, row.right_id)})
    return PairsPage(
        rounds=rounds,
        chosen=chosen,
        n_done=len(judged),
        n_wanted=min(chosen.n_wanted, n_possible(mine.values())),
        pair=OfferedPair(waiting.id, cards[waiting.left_id], cards[waiting.right_id]) if waiting else None,
        last=tuple(_choice(row, cards) for row in judged[:N_LAST]),
    )


def n_possible(theme_ids: Collection[int]) -> int:
    """How many pairs of one theme there are among questions of these themes."""
    return sum(comb(n, 2) for n in Counter(theme_ids).values())


def comparisons_by(session: Session, round_id: int, person_id: int) -> Sequence[Comparison]:
    """Everything a panelist was offered in a round and that stands, in the order of the offers; one statement."""
    return session.scalars(
        sa.select(Comparison)
        .where(Comparison.round_id == round_id, Comparison.person_id == person_id)
        .where(Comparison.state != ComparisonState.VOIDED)
        .order_by(Comparison.id)
        .execution_options(populate_existing=True)
    ).all()


def _latest_first(row: Comparison) -> tuple[float, int]:
    return -row.judged_at.timestamp(), -row.id


def _cards(session: Session, call: CallFacts, question_ids: Collection[int]) -> Mapping[int, Card]:
    if not question_ids:
        return {}
    found = session.execute(
        sa.select(Question.id, Question.kind, Question.number, Question.theme_id, *panel_columns()).where(
            Question.id.in_(question_ids)
        )
    )
    return {
        row.id: Card(question_label(row.kind, row.number) or "", call.theme_by_id(row.theme_id), wording_from(row))
        for row in found
    }


def _choice(row: Comparison, cards: Mapping[int, Card]) -> LastChoice:
    first, second = row.left_id, row.right_id
    if row.preference is Preference.RIGHT:
        first, second = second, first
    return LastChoice(row.id, row.preference, cards[first], cards[second], row.judged_at)
