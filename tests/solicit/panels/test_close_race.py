"""Closing a round while reviews are being saved, on two real connections."""

import threading

import pytest
import sqlalchemy as sa
from builders import make_call
from builders_panels import ask, make_panel, make_read_question, make_round, rate, seat
from sqlalchemy.orm import Session

from solicit.errors import Closed
from solicit.panels.models import Assignment, Round, Score
from solicit.panels.service import rounds
from solicit.panels.states import RoundState

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def engine(make_database):
    """A database of its own, because the usual one is a single connection."""
    urls = make_database("solicit_close_race")
    engine = sa.create_engine(urls.app)
    yield engine
    engine.dispose()


@pytest.fixture
def asked(app, engine) -> tuple[int, int, int]:
    """A round with two assignments, committed: round id, first and second assignment id."""
    with app.app_context(), Session(engine) as session:
        call = make_call(session)
        panel = make_panel(session, call)
        person = seat(session, call, panel)
        round_id = make_round(session, call, state="open")
        ids = [ask(session, round_id, panel, person, make_read_question(session, call)).id for _ in range(2)]
        session.commit()
        return round_id, *ids


def wait_for_a_waiting_lock(engine) -> None:
    with engine.connect() as connection:
        for _ in range(500):
            if connection.scalar(sa.text(WAITING)):
                return
            threading.Event().wait(0.01)
    raise AssertionError("Closing did not wait for the review.")


def test_closing_waits_for_a_review_that_came_first_and_none_comes_after(app, engine, asked, now):
    round_id, first, second = asked

    def close() -> None:
        with app.app_context(), Session(engine) as session:
            rounds.close_round(session, round_id=round_id, actor_id=None, now=now)
            session.commit()

    with app.app_context(), Session(engine) as saving:
        rate(saving, saving.get_one(Assignment, first), 4)
        closing = threading.Thread(target=close)
        closing.start()
        wait_for_a_waiting_lock(engine)
        saving.commit()
        closing.join(10)
    with app.app_context(), Session(engine) as late:
        assert late.get_one(Round, round_id).state is RoundState.CLOSED
        with pytest.raises(Closed):
            rate(late, late.get_one(Assignment, second), 4)
        late.rollback()
        assert late.scalar(sa.select(sa.func.count()).select_from(Score)) == 3
