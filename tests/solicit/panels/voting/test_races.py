"""Votes on real connections at the same moment: one pair, one ballot, one vote."""

import fcntl
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from builders_voting import make_balloting, make_comparing
from sqlalchemy.orm import Session

from solicit.errors import Conflict
from solicit.panels.models import Ballot, BallotPlace, ChainLink, Comparison, Round
from solicit.panels.service.voting.ballot import submit_ballot
from solicit.panels.service.voting.compare import judge_pair
from solicit.panels.service.voting.pairs import offer_pairs
from solicit.panels.states import ComparisonState, Preference

N_AT_ONCE = 50


@pytest.fixture
def engine(make_database, run_folder):
    """A database of its own, because the usual one is a single connection; one race at a time in the whole run.

    Two would need more connections than the server has.
    """
    with (run_folder / "races.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        engine = sa.create_engine(make_database("solicit_votes").app, pool_size=N_AT_ONCE, max_overflow=0)
        yield engine
        engine.dispose()


def at_once(app, engine, act) -> list:
    """What ``act`` gives or raises on so many connections at the same moment."""

    def one(_):
        with app.app_context(), Session(engine) as session:
            try:
                result = act(session)
                session.commit()
                return result
            except Conflict as conflict:
                return conflict

    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        return list(pool.map(one, range(N_AT_ONCE)))


def test_fifty_identical_choices_are_one_vote_and_one_link(app, engine, now):
    with app.app_context(), Session(engine) as session:
        voting = make_comparing(session)
        person_id, round_id = voting.person.id, voting.round_id
        closes_at = session.get_one(Round, round_id).closes_at
        offer_pairs(session, round_id=round_id, person_id=person_id, now=now)
        row_id = voting.pairs()[0].id
        session.commit()
    vote = dict(comparison_id=row_id, person_id=person_id, preference=Preference.LEFT, now=now)
    assert now < closes_at
    assert at_once(app, engine, lambda session: judge_pair(session, **vote)) == [round_id] * N_AT_ONCE
    with Session(engine) as session:
        judged = sa.select(sa.func.count()).where(Comparison.state == ComparisonState.JUDGED)
        assert session.scalar(judged) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(ChainLink)) == 1


def test_fifty_requests_for_pairs_are_one_batch(app, engine, now):
    with app.app_context(), Session(engine) as session:
        voting = make_comparing(session, n_questions=8)
        who = dict(round_id=voting.round_id, person_id=voting.person.id, now=now)
        session.commit()
    found = at_once(app, engine, lambda session: offer_pairs(session, **who).n_new)
    assert sorted(found) == [0] * (N_AT_ONCE - 1) + [10]
    with Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Comparison)) == 10


def test_fifty_identical_ballots_are_one(app, engine, now):
    with app.app_context(), Session(engine) as session:
        voting = make_balloting(session)
        places = {question.id: n for n, question in enumerate(voting.questions, 1)}
        what = dict(round_id=voting.round_id, theme_id=voting.theme_id, person_id=voting.person.id, now=now)
        session.commit()
    found = at_once(app, engine, lambda session: submit_ballot(session, places=places, version=0, **what))
    assert [each for each in found if not isinstance(each, Conflict)] == [1]
    with Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Ballot)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(BallotPlace)) == 5
        assert session.scalar(sa.select(sa.func.count()).select_from(ChainLink)) == 1
