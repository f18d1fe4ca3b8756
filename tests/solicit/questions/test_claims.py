"""Taking questions to read: two organizers never get the same one, and a claim ends by itself."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, sign_in
from builders_questions import make_question
from sqlalchemy.orm import Session

from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.errors import Closed, Conflict
from solicit.questions.models import Question, ScreeningClaim
from solicit.questions.queries.screening.queue import DeskFilter, Viewing, waiting
from solicit.questions.service import claim, screen
from solicit.questions.states import CLAIM_LAPSE, QuestionState

N_QUESTIONS, N_READERS = 24, 4


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def readers(session, call):
    return [make_organizer(session, call, full_name=f"Reader {n}") for n in range(2)]


def take_next(session, call, person, now, chosen=None):
    wanted = waiting(Viewing(call, person.id, now), chosen or DeskFilter())
    return claim.take_next(session, waiting=wanted, person_id=person.id, now=now)


def claims(session) -> dict[int, int]:
    return {row.question_id: row.person_id for row in session.execute(sa.select(ScreeningClaim.__table__))}


def test_the_next_one_is_the_oldest_that_nobody_reads(session, call, readers, now):
    questions = [make_question(session, call, created_at=now + timedelta(minutes=n)) for n in range(3)]
    make_question(session, call, state=QuestionState.IN_SCOPE, created_at=now - timedelta(days=1))

    taken = [take_next(session, call, person, now) for person in (*readers, *readers)]

    assert taken == [*(question.id for question in questions), None]


def test_the_next_one_is_taken_from_the_filter(session, call, readers, now):
    make_question(session, call, theme="space", created_at=now - timedelta(days=1))
    life = make_question(session, call, theme="life")

    assert take_next(session, call, readers[0], now, DeskFilter(theme="life")) == life.id


def test_own_questions_are_never_next(session, call, readers, now):
    make_question(session, call, submitter=readers[0])

    assert take_next(session, call, readers[0], now) is None


def test_a_claim_keeps_others_from_deciding_until_they_do_it_anyway(session, call, readers, now):
    question = make_question(session, call)
    claim.take(session, question_id=question.id, person_id=readers[0].id, now=now)
    decision = dict(question_id=question.id, version=question.version, actor_id=readers[1].id, now=now)

    with pytest.raises(Conflict, match="Reader 0 is reading this question now"):
        screen.put_in_scope(session, **decision)
    with pytest.raises(Conflict):
        claim.take(session, question_id=question.id, person_id=readers[1].id, now=now)
    screen.put_in_scope(session, **decision, anyway=True)

    assert question.state is QuestionState.IN_SCOPE
    assert claims(session) == {}


@pytest.mark.parametrize("end", ["lapse", "give back"])
def test_a_claim_ends(session, call, readers, now, end):
    question = make_question(session, call)
    claim.take(session, question_id=question.id, person_id=readers[0].id, now=now)
    if end == "give back":
        claim.give_back(session, question_id=question.id, person_id=readers[1].id)
        assert claims(session) == {question.id: readers[0].id}
        claim.give_back(session, question_id=question.id, person_id=readers[0].id)
    later = now + (CLAIM_LAPSE if end == "lapse" else timedelta(0))

    assert take_next(session, call, readers[1], later) == question.id
    assert claims(session) == {question.id: readers[1].id}


def test_deciding_ends_ones_own_claim_and_changing_the_theme_does_not(session, call, readers, now):
    question = make_question(session, call)
    claim.take(session, question_id=question.id, person_id=readers[0].id, now=now)
    what = dict(question_id=question.id, actor_id=readers[0].id, now=now)

    screen.change_theme(session, version=1, theme_id=call.theme("life").id, **what)
    assert claims(session) == {question.id: readers[0].id}
    screen.put_in_scope(session, version=2, **what)

    assert claims(session) == {}


def test_nothing_is_taken_after_publication(session, readers, now):
    call = make_call(session, state=CallState.PUBLISHED)
    question = make_question(session, call)

    with pytest.raises(Closed):
        claim.take(session, question_id=question.id, person_id=readers[0].id, now=now)


@pytest.fixture
def engine(make_database):
    """A database of its own, because the usual one is a single connection."""
    engine = sa.create_engine(make_database("solicit_claim_race").app)
    yield engine
    engine.dispose()


def test_readers_on_many_connections_never_get_the_same_question(app, engine):
    with app.app_context(), Session(engine) as session:
        call = make_call(session)
        people = [make_organizer(session, call).id for _ in range(N_READERS)]
        for _ in range(N_QUESTIONS):
            make_question(session, call)
        session.commit()
    taken: list[int] = []
    start = threading.Barrier(N_READERS)

    def read_on(person_id: int) -> None:
        with app.app_context(), Session(engine) as session:
            start.wait()
            while True:
                wanted = waiting(Viewing(call, person_id, utcnow()), DeskFilter())
                question_id = claim.take_next(session, waiting=wanted, person_id=person_id, now=utcnow())
                session.commit()
                if question_id is None:
                    return
                taken.append(question_id)

    threads = [threading.Thread(target=read_on, args=(person_id,)) for person_id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with app.app_context(), Session(engine) as session:
        assert sorted(taken) == sorted(session.scalars(sa.select(Question.id)))


def test_taking_is_a_press_and_reading_is_not(client, session, call, readers):
    question = make_question(session, call)
    address = f"/{call.slug}/organize/questions"
    sign_in(client, session, readers[0])

    assert "Nobody now." in client.get(f"{address}/{question.id}").text
    assert claims(session) == {}
    answer = client.post(f"{address}/next")
    assert (answer.status_code, answer.location) == (303, f"{address}/{question.id}")
    assert "Taken by me" in client.get(address).text
    assert "No question of this list waits" in client.post(f"{address}/next", follow_redirects=True).text

    sign_in(client, session, readers[1])
    assert "Reader 0 is reading it" in client.get(address).text
    page = client.get(f"{address}/{question.id}").text
    assert "Decide anyway" in page and "/in-scope" not in page
    refused = client.post(f"{address}/{question.id}/in-scope", data={"version": 1})
    assert refused.status_code == 422 and "Reader 0 is reading this question now" in refused.text
    assert 'name="anyway"' in client.get(f"{address}/{question.id}?anyway=y").text
    assert client.post(f"{address}/{question.id}/in-scope", data={"version": 1, "anyway": "y"}).status_code == 303
    assert claims(session) == {}


def test_giving_back_and_taking_on_the_page(client, session, call, readers):
    question = make_question(session, call)
    address = f"/{call.slug}/organize/questions/{question.id}"
    sign_in(client, session, readers[0])

    client.post(address + "/take")
    assert "It is kept for you for 15 minutes." in client.get(address).text
    client.post(address + "/give-back")

    assert claims(session) == {}
