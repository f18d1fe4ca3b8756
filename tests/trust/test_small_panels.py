"""While a round is open nothing tells how many voted; after it, nothing tells of fewer than three (TRUST, T2c)."""

import random

import pytest
from builders_panels import ask as assign
from builders_panels import rate

from solicit.clock import utcnow
from solicit.db import db
from solicit.panels.models import Assignment, Ballot, BallotPlace, Comparison, Panel
from solicit.panels.states import BallotState, ComparisonState, Preference
from solicit.people.models import Person
from solicit.questions.models import Question
from trust.crawl import Request, ask, own_addresses
from trust.facts import ORGANIZERS
from trust.twins import answers, told_apart
from trust.worlds import PERSONAS, Planted

# The chair sees how much each panelist has done, organizers see all counts.
TOLD_COUNTS = {"chair", *ORGANIZERS}
N_BALLOTS, N_PERSONAS, N_REQUESTS, N_REQUESTS_FULL = 7, 3, 12, 400
SEED = 5


def vote(planted: Planted, n: int) -> None:
    """One more panelist reviews the question, judges a pair of it, and hands in a ballot."""
    session, hidden, now = db.session(), planted.hidden, utcnow()
    peer, theme = hidden.peers[n], session.get_one(Question, hidden.near_id).theme_id
    rate(session, session.query(Assignment).filter_by(person_id=peer, question_id=hidden.near_id).one(), 1 + n % 5)
    pair = session.query(Comparison).filter_by(round_id=hidden.rounds["comparing"], person_id=peer, batch=2).one()
    pair.state, pair.preference, pair.judged_at = ComparisonState.JUDGED, Preference.LEFT, now
    common = dict(round_id=hidden.rounds["ballot"], person_id=peer, theme_id=theme)
    ballot = session.query(Ballot).filter_by(**common).one_or_none() or Ballot(**common)
    ballot.state, ballot.saved_at, ballot.submitted_at = BallotState.SUBMITTED, now, now
    session.add(ballot)
    session.flush()
    session.merge(BallotPlace(ballot_id=ballot.id, question_id=hidden.near_id, place=1))
    session.commit()


def ask_everybody(planted: Planted) -> None:
    """Ask all panelists for what they are going to give."""
    session, hidden = db.session(), planted.hidden
    near, panel = session.get_one(Question, hidden.near_id), session.get_one(Panel, hidden.panel_id)
    session.query(Assignment).filter_by(question_id=near.id, person_id=hidden.peers[3]).delete()
    for peer in hidden.peers:
        assign(session, hidden.rounds["scoring"], panel, session.get_one(Person, peer), near, order=50)
        session.add(
            Comparison(
                round_id=hidden.rounds["comparing"],
                theme_id=near.theme_id,
                person_id=peer,
                left_id=near.id,
                right_id=planted.world.things["question_id"],
                batch=2,
                offered_at=utcnow(),
            )
        )
    session.commit()


def polled(planted: Planted, persona: str, most: int) -> list[Request]:
    found = [Request("GET", address) for address in own_addresses(planted, persona)]
    return random.Random(f"{SEED} {persona}").sample(found, min(most, len(found)))


def poll(planted: Planted, personas: list[str], most: int, *, n_ballots: int = N_BALLOTS) -> dict[str, dict]:
    """Ask again after each of the ballots; what differed, by person."""
    differs: dict[str, dict] = {}
    with planted.phase("open"):
        ask_everybody(planted)
        requests = {persona: polled(planted, persona, most) for persona in personas}
        first = {persona: answers(planted, persona, requests[persona]) for persona in personas}
        for n in range(n_ballots):
            vote(planted, n)
            for persona in personas:
                again = answers(planted, persona, requests[persona])
                differs.setdefault(persona, {}).update(told_apart(requests[persona], first[persona], again))
    return {persona: found for persona, found in differs.items() if found}


BLINDED = [persona for persona in PERSONAS if persona not in TOLD_COUNTS]


def test_no_ballot_changes_an_answer_in_a_sample(planted):
    assert poll(planted, random.Random(SEED).sample(BLINDED, N_PERSONAS), N_REQUESTS) == {}


@pytest.mark.full
def test_no_ballot_changes_an_answer(planted):
    assert poll(planted, BLINDED, N_REQUESTS_FULL) == {}


def test_organizer_sees_that_something_was_done(planted):
    """Else it is the wrong ballots that are cast."""
    assert set(poll(planted, ["organizer"], 60, n_ballots=1)) == {"organizer"}


def own_file(planted: Planted, *, n_before: int) -> str:
    """What a panelist downloads of themselves, who voted after so many others."""
    with planted.phase("open"):
        ask_everybody(planted)
        for n in range(n_before):
            vote(planted, n)
        panelist, sealed = planted.world.people["panelist"], planted.hidden.sealed_id
        session = db.session()
        rate(session, session.query(Assignment).filter_by(person_id=panelist, question_id=sealed).one(), 4)
        session.commit()
        return ask(planted, "panelist", Request("POST", planted.world.address("people.download_data"), {})).text


def test_own_data_do_not_count_the_votes_of_others(planted):
    """Numbers that grow with every vote tell whoever votes last how many voted before (TRUST, A11)."""
    alone = own_file(planted, n_before=0)
    assert '"vote_version"' in alone
    assert own_file(planted, n_before=N_BALLOTS) == alone


@pytest.mark.parametrize("persona", ["visitor", "panelist", "administrator"])
def test_value_of_two_ratings_is_published_to_nobody(planted, persona):
    features = ("/rank", "/questions", "/results", "/review", "/my")
    requests = [Request("GET", a) for a in own_addresses(planted, persona) if any(each in a for each in features)]
    few = "evidence = 'insufficient', n_ratings = 2, place_first = NULL, place_last = NULL, band = NULL"
    with planted.phase("published"):
        planted.execute(f"UPDATE ranking_row SET {few}, mean = 2.125, low = 1.5, high = 4.75, p_top_k = 0.1")
        one = answers(planted, persona, requests)
        planted.execute(
            "UPDATE ranking_row SET mean = 4.375, low = 4.25, high = 4.625, p_top_k = 0.7, plain_mean = 4.5"
        )
        assert told_apart(requests, one, answers(planted, persona, requests)) == {}
