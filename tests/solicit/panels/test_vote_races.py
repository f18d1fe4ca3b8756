"""Six processes that send the same votes, and a round that closes under their hands: one row each, no deadlock."""

import multiprocessing
import random
from collections import Counter

import pytest
import sqlalchemy as sa
from builders_chain import make_asked_round
from builders_panels import given, rate
from sqlalchemy.orm import Session

from solicit.clock import utcnow
from solicit.errors import Closed, Conflict
from solicit.panels.models import Assignment, ChainLink, Review, Score, VoteVersion
from solicit.panels.queries.chain import check_chain
from solicit.panels.queries.stored_votes import round_chain
from solicit.panels.service import review, rounds

FORK = multiprocessing.get_context("fork")


@pytest.fixture
def url(make_database) -> str:
    return make_database("solicit_vote_races").app


def in_processes(n: int, work, *arguments) -> list:
    """What ``work`` returned in each of ``n`` processes; it gets its number first."""
    with FORK.Pool(n) as pool:
        return pool.starmap(work, [(number, *arguments) for number in range(n)])


def send_all(number: int, url: str, round_id: int, ids: list[int]) -> Counter:
    engine, outcomes = sa.create_engine(url), Counter()
    for assignment_id in ids:
        with Session(engine) as session:
            person_id = session.get_one(Assignment, assignment_id).person_id
            said = given(session, round_id, 4)
            try:
                review.submit_review(
                    session, assignment_id=assignment_id, person_id=person_id, given=said, now=utcnow()
                )
                session.commit()
                outcomes["kept"] += 1
            except Conflict:
                outcomes["refused"] += 1
    engine.dispose()
    return outcomes


def asked_in(app, url: str, *, n_panelists: int, n_questions: int) -> tuple[int, list[int]]:
    engine = sa.create_engine(url)
    with app.app_context(), Session(engine) as session:
        round_id, asked = make_asked_round(session, n_panelists=n_panelists, n_questions=n_questions, now=utcnow())
        ids = [one.id for one in asked]
        session.commit()
    engine.dispose()
    return round_id, ids


@pytest.mark.parametrize(("n_processes", "n_votes"), [(3, 12), pytest.param(6, 100, marks=pytest.mark.full)])
def test_identical_votes_of_several_processes_give_one_row_each(app, url, n_processes, n_votes):
    round_id, ids = asked_in(app, url, n_panelists=4, n_questions=n_votes // 4)
    outcomes = sum(in_processes(n_processes, send_all, url, round_id, ids), Counter())
    assert outcomes == {"kept": n_votes, "refused": (n_processes - 1) * n_votes}
    engine = sa.create_engine(url)
    with app.app_context(), Session(engine) as session:
        rows = {table: session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Review, VoteVersion)}
        assert rows == {Review: n_votes, VoteVersion: n_votes}
        assert session.scalar(sa.select(sa.func.count()).select_from(Score)) == 3 * n_votes
        assert check_chain(round_chain(session, round_id=round_id)).holds
    engine.dispose()


def vote_at_random(number: int, url: str, round_id: int, ids: list[int], n_acts: int) -> Counter:
    """The first process closes and opens the round, the others vote; any error but a refusal is raised."""
    engine, outcomes, dice = sa.create_engine(url), Counter(), random.Random(number)
    for turn in range(n_acts):
        with Session(engine) as session:
            try:
                if number == 0:
                    move = rounds.reopen_round if turn % 2 else rounds.close_round
                    move(session, round_id=round_id, actor_id=None, now=utcnow())
                else:
                    rate(session, session.get_one(Assignment, dice.choice(ids)), dice.randint(1, 5))
                session.commit()
                outcomes["done"] += 1
            except (Closed, Conflict):
                outcomes["refused"] += 1
    engine.dispose()
    return outcomes


@pytest.mark.parametrize(("n_processes", "n_acts"), [(4, 20), pytest.param(6, 200, marks=pytest.mark.full)])
def test_votes_and_closes_of_several_processes_neither_deadlock_nor_break_the_chain(app, url, n_processes, n_acts):
    round_id, ids = asked_in(app, url, n_panelists=2, n_questions=3)
    first, *others = in_processes(n_processes, vote_at_random, url, round_id, ids, n_acts)
    assert first == {"done": n_acts}
    n_cast = sum(counter["done"] for counter in others)
    engine = sa.create_engine(url)
    with app.app_context(), Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(VoteVersion)) == n_cast
        assert session.scalar(sa.select(sa.func.max(ChainLink.seq))) == 1 + n_acts + n_cast
        assert check_chain(round_chain(session, round_id=round_id)).holds
    engine.dispose()
