"""Histories of rounds: what panelists did in which order, made at random, and what somebody with the database does."""

import random
from dataclasses import replace

from builders import make_call
from builders_panels import ask, make_panel, make_read_question, make_round, rate, seat

from solicit.panels.queries.chain import RoundChain
from solicit.panels.queries.seals import hash_of
from solicit.panels.service import conflicts, review, rounds
from solicit.panels.states import AssignmentState, Confidence

REASONS = ("Too far from my field", "I know the plan", "Außerhalb", "不确定")


def make_asked_round(session, *, call=None, n_panelists=3, n_questions=4, now):
    """An open round with everybody asked about everything; returns its id and the assignments."""
    call = call or make_call(session)
    panel = make_panel(session, call)
    people = [seat(session, call, panel) for _ in range(n_panelists)]
    questions = [make_read_question(session, call) for _ in range(n_questions)]
    round_id = make_round(session, call)
    asked = [ask(session, round_id, panel, person, question) for person in people for question in questions]
    rounds.open_round(session, round_id=round_id, actor_id=None, now=now)
    return round_id, asked


def live(session, asked, dice: random.Random, *, n_acts: int, now) -> None:
    """Acts that the rules allow, in an order that they allow: votes, changes, abstentions, conflicts, closes."""
    round_id, is_open = asked[0].round_id, True
    for _ in range(n_acts):
        standing = [one for one in asked if one.state is not AssignmentState.VOIDED]
        act = dice.choices(("vote", "abstain", "conflict", "move"), (80, 10, 4, 6))[0]
        if act == "move":
            move = rounds.close_round if is_open else rounds.reopen_round
            move(session, round_id=round_id, actor_id=None, now=now)
            is_open = not is_open
        elif standing and (is_open or act == "conflict"):
            one = dice.choice(standing)
            _do(session, one, act, dice, now)
    if is_open:
        rounds.close_round(session, round_id=round_id, actor_id=None, now=now)


def _do(session, one, act: str, dice: random.Random, now) -> None:
    whose = dict(assignment_id=one.id, person_id=one.person_id, now=now)
    if act == "conflict":
        conflicts.declare_conflict(session, reason=dice.choice(REASONS), **whose)
    elif act == "abstain":
        review.abstain(session, reason=dice.choice(REASONS), **whose)
    else:
        confidence = dice.choice(list(Confidence))
        scores = [dice.randint(1, 5), *(dice.choice((None, 1, 2, 3, 4, 5)) for _ in range(2))]
        rate(session, one, scores, confidence=confidence, to_panel=dice.choice(("", "Good", *REASONS)))
    session.refresh(one)


def rehashed(chain: RoundChain, links) -> RoundChain:
    """The chain with ``links`` numbered and hashed anew, as somebody can who knows how it is made."""
    anew, previous = [], chain.links[0].previous
    for seq, link in enumerate(links, 1):
        sealed = hash_of(previous=previous, seq=seq, act=link.act, commitment=link.commitment, day=link.day)
        anew.append(replace(link, seq=seq, previous=previous, hash=sealed))
        previous = sealed
    return replace(chain, links=tuple(anew))
