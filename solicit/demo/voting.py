"""The part of the sample call in which panelists compare pairs and put questions in order."""

import math
import random
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from solicit.calls.queries import CallFacts
from solicit.calls.states import Kind
from solicit.demo import judging
from solicit.demo.arrivals import SEED
from solicit.panels.models import Comparison, Panel, Panelist, Round
from solicit.panels.queries.voting.voter import questions_for
from solicit.panels.service import rounds
from solicit.panels.service.voting.ballot import submit_ballot
from solicit.panels.service.voting.compare import judge_pair
from solicit.panels.service.voting.pairs import offer_pairs
from solicit.panels.states import Activity, ComparisonState, Pick, Preference

PAIRS, DAYS_OPEN = 20, 12
PER_THEME = 12
# Enough to have something to discuss, few enough that pairs are still worth comparing.
FEW_RATINGS = 0.85
STEEPNESS, NEARLY_EQUAL = 1.5, 0.08
WHAT_TO_COMPARE = "Which question would change our understanding more?"
WHAT_TO_ORDER = "Which of these questions should come first?"
THEME = "life"
# How many have compared in the second look: few, or the order is settled before a newcomer comes.
N_QUICK = 4


def compare_before_freezing(
    session: Session, *, call: CallFacts, first_id: int, judges: judging.Judges, organizer_id: int, now: datetime
) -> None:
    """A round of comparing the shortlist, done by everybody and closed: its votes count in the ranking."""
    round_id = _open(session, call, first_id, Activity.COMPARING, "Pairs of the shortlist", WHAT_TO_COMPARE, now)
    compare(session, round_id=round_id, judges=judges, spared=frozenset(), now=now)
    rounds.close_round(session, round_id=round_id, actor_id=organizer_id, now=now)


def open_second_look(
    session: Session,
    *,
    call: CallFacts,
    judges: judging.Judges,
    organizer_id: int,
    spared: frozenset[int],
    now: datetime,
) -> int:
    """A second series on one theme: scored and closed, then an open round of comparing and one of ballots.

    ``spared`` panelists have everything before them, for the demonstration. Returns the round that begins the series.
    """
    first_id = judging.open_round(
        session,
        call=call,
        kind=Kind.QUESTION,
        name="A second look at one theme",
        days=(-6, 1),
        theme_ids=(call.theme(THEME).id,),
        now=now,
    )
    judging.review_round(session, round_id=first_id, judges=judges, share=FEW_RATINGS, spared=frozenset(), now=now)
    rounds.close_round(session, round_id=first_id, actor_id=organizer_id, now=now)
    comparing = _open(session, call, first_id, Activity.COMPARING, "Pairs, second look", WHAT_TO_COMPARE, now)
    slow = frozenset(_panelists(session, comparing)[:-N_QUICK])
    compare(session, round_id=comparing, judges=judges, spared=spared | slow, now=now)
    ballots = _open(session, call, first_id, Activity.BALLOT, "Orders, second look", WHAT_TO_ORDER, now)
    put_in_order(session, round_id=ballots, call=call, judges=judges, spared=spared, now=now)
    return first_id


def compare(session: Session, *, round_id: int, judges: judging.Judges, spared: frozenset[int], now: datetime) -> None:
    """Every panelist but ``spared`` judges the pairs of one batch, by the qualities and with some noise."""
    chance = random.Random(SEED + round_id)  # noqa: S311 - sample content
    for person_id in _panelists(session, round_id):
        if person_id in spared:
            continue
        offer_pairs(session, round_id=round_id, person_id=person_id, now=now)
        waiting = sa.select(Comparison).where(
            Comparison.round_id == round_id,
            Comparison.person_id == person_id,
            Comparison.state == ComparisonState.OFFERED,
        )
        for row in session.scalars(waiting.order_by(Comparison.id)).all():
            preference = _preference(judges.quality[row.left_id] - judges.quality[row.right_id], chance)
            judge_pair(session, comparison_id=row.id, person_id=person_id, preference=preference, now=now)


def put_in_order(
    session: Session,
    *,
    round_id: int,
    call: CallFacts,
    judges: judging.Judges,
    spared: frozenset[int],
    now: datetime,
) -> None:
    """Half of the panel of the theme hands in an order of the best, as each of them sees it."""
    chance = random.Random(SEED + round_id)  # noqa: S311 - sample content
    theme_id = call.theme(THEME).id
    for person_id in _panelists(session, round_id, theme_id=theme_id)[::2]:
        mine = questions_for(session, round_id=round_id, person_id=person_id)
        if person_id in spared or len(mine) < 2:
            continue
        seen = {id_: judges.quality[id_] + chance.gauss(0, judging.NOISE) for id_ in sorted(mine)}
        best = sorted(seen, key=seen.__getitem__, reverse=True)[: max(2, len(seen) - 2)]
        places = {id_: n for n, id_ in enumerate(best, 1)}
        whose = dict(round_id=round_id, theme_id=theme_id, person_id=person_id)
        submit_ballot(session, places=places, version=0, now=now, **whose)


def _open(
    session: Session, call: CallFacts, first_id: int, activity: Activity, name: str, instruction: str, now: datetime
) -> int:
    new = rounds.NewLaterRound(
        activity=activity,
        name=name,
        instruction=instruction,
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=DAYS_OPEN),
        pick=Pick.SHORTLIST,
        per_theme=PER_THEME,
        pairs_per_panelist=PAIRS,
    )
    round_id = rounds.start_later_round(
        session, call=call, first_id=first_id, new=new, actor_id=None, now=now, seed=SEED
    )
    rounds.open_round(session, round_id=round_id, actor_id=None, now=now)
    return round_id


def _panelists(session: Session, round_id: int, *, theme_id: int | None = None) -> list[int]:
    call_id = session.get_one(Round, round_id).call_id
    seats = sa.select(Panelist.person_id).join(Panel, Panel.id == Panelist.panel_id).where(Panel.call_id == call_id)
    if theme_id is not None:
        seats = seats.where(Panel.theme_id == theme_id)
    return list(session.scalars(seats.distinct().order_by(Panelist.person_id)))


def _preference(difference: float, chance: random.Random) -> Preference:
    if chance.random() < NEARLY_EQUAL:
        return Preference.EQUAL
    wins = chance.random() < 1 / (1 + math.exp(-STEEPNESS * difference))
    return Preference.LEFT if wins else Preference.RIGHT
