"""Offering the next pairs to a panelist: chosen where a choice says most, from what is stored and the round's seed."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ml.decision.allocation import choose_pairs
from solicit.panels.models import Comparison, Panel, Panelist, Round
from solicit.panels.queries.voting.posterior import Shortlist, shortlists
from solicit.panels.queries.voting.stopping import standing_of
from solicit.panels.queries.voting.voter import questions_for
from solicit.panels.service.voting.standing import held_round
from solicit.panels.states import Activity, ComparisonState

# Pairs that a panelist is offered at once: few, so that each batch knows what was said before.
BATCH = 10


@dataclass(frozen=True)
class Offered:
    """How many pairs were offered; ``is_settled`` if there are none because the order is settled."""

    n_new: int
    is_settled: bool = False


@dataclass(frozen=True)
class _Panelist:
    """What a panelist may judge in a round, question by theme, and everything they were ever offered in it."""

    person_id: int
    mine: dict[int, int]
    given: Sequence[Comparison]

    @property
    def standing(self) -> list[Comparison]:
        alive = (row for row in self.given if row.state is not ComparisonState.VOIDED)
        return [row for row in alive if {row.left_id, row.right_id} <= self.mine.keys()]

    @property
    def batch(self) -> int:
        """The number of the next batch."""
        return max((row.batch for row in self.given), default=0) + 1


def offer_pairs(session: Session, *, round_id: int, person_id: int, now: datetime) -> Offered:
    """Offer a panelist the next batch of pairs, all of one theme, if none waits for them.

    The same state of the round, seed and number of the batch give the same pairs.
    """
    round_ = held_round(session, round_id=round_id, person_id=person_id, activity=Activity.COMPARING, now=now)
    _hold_seats(session, round_.call_id, person_id)
    who = _panelist(session, round_id, person_id)
    n_left = min(BATCH, round_.pairs_per_panelist - len(who.standing))
    if n_left <= 0 or any(row.state is ComparisonState.OFFERED for row in who.standing):
        return Offered(0)
    n_settled = 0
    _, lists = shortlists(session, round_id=round_id)
    for shortlist in _in_turn(round_, who, lists):
        forbidden = _forbidden(shortlist, who)
        if forbidden.all():
            continue
        if standing_of(shortlist, seed=round_.seed).is_settled:
            n_settled += 1
            continue
        rows = _choose(round_, shortlist, who, forbidden, n_left, now)
        session.add_all(rows)
        session.flush()
        return Offered(len(rows))
    return Offered(0, is_settled=n_settled > 0)


def _hold_seats(session: Session, call_id: int, person_id: int) -> None:
    """One batch at a time for one panelist."""
    seats = sa.select(Panelist.panel_id).join(Panel, Panel.id == Panelist.panel_id)
    held = seats.where(Panel.call_id == call_id, Panelist.person_id == person_id).order_by(Panelist.panel_id)
    session.execute(held.with_for_update(of=Panelist, key_share=True))


def _panelist(session: Session, round_id: int, person_id: int) -> _Panelist:
    mine = questions_for(session, round_id=round_id, person_id=person_id)
    given = session.scalars(
        sa.select(Comparison)
        .where(Comparison.round_id == round_id, Comparison.person_id == person_id)
        .order_by(Comparison.id)
        .execution_options(populate_existing=True)
    ).all()
    return _Panelist(person_id, mine, given)


def _in_turn(round_: Round, who: _Panelist, lists: dict[int, Shortlist]) -> list[Shortlist]:
    """The themes of which they have compared fewest pairs come first; those with as many in an order by the seed."""
    n_given = Counter(row.theme_id for row in who.standing)
    turn = sorted(
        (n_given[theme_id], _number(round_.seed, who.person_id, theme_id), theme_id)
        for theme_id in lists
        if theme_id in who.mine.values()
    )
    return [lists[theme_id] for _, _, theme_id in turn]


def _forbidden(shortlist: Shortlist, who: _Panelist) -> np.ndarray:
    """Which pairs they may not be offered: of what is not theirs to judge, and what they were offered before."""
    index = {question_id: n for n, question_id in enumerate(shortlist.question_ids)}
    not_mine = np.array([question_id not in who.mine for question_id in shortlist.question_ids])
    forbidden = not_mine[:, None] | not_mine[None, :] | np.eye(len(index), dtype=bool)
    for row in who.given:
        if row.left_id in index and row.right_id in index:
            left, right = index[row.left_id], index[row.right_id]
            forbidden[left, right] = forbidden[right, left] = True
    return forbidden


def _choose(
    round_: Round, shortlist: Shortlist, who: _Panelist, forbidden: np.ndarray, n_pairs: int, now: datetime
) -> list[Comparison]:
    fit, seed = shortlist.posterior, _number(round_.seed, who.person_id, who.batch)
    chosen = choose_pairs(
        mean=fit.value,
        covariance=fit.covariance,
        kappa=fit.kappa,
        k=shortlist.k,
        n_pairs=n_pairs,
        forbidden=forbidden,
        seed=seed,
    )
    # In any order and on any side, so that neither says why a pair was chosen.
    chance = np.random.default_rng(seed)
    sides = [chance.permutation([pair.first, pair.second]) for pair in chosen]
    rows = [
        Comparison(
            round_id=round_.id,
            theme_id=shortlist.theme_id,
            person_id=who.person_id,
            left_id=shortlist.question_ids[left],
            right_id=shortlist.question_ids[right],
            batch=who.batch,
            is_random=pair.is_random,
            state=ComparisonState.OFFERED,
            offered_at=now,
        )
        for pair, (left, right) in zip(chosen, sides, strict=True)
    ]
    return [rows[n] for n in chance.permutation(len(rows))]


def _number(seed: int, person_id: int, n: int) -> int:
    """A number that follows from the seed of the round for one panelist and batch or theme."""
    digest = hashlib.sha256(f"{seed} {person_id} {n}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
