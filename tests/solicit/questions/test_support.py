"""Support: one per person, never by an author, only while the call is open."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_person, sign_in
from builders_submissions import label_of, make_question, merge, send

from solicit.calls.service import move_call
from solicit.calls.states import CallState
from solicit.clock import utcnow
from solicit.errors import Closed, NotFound, Refused
from solicit.questions.models import QuestionSource, Support
from solicit.questions.service.support import give_support, withdraw_support
from solicit.questions.states import QuestionState
from solicit.submissions.models import Authorship


@pytest.fixture
def call(session):
    return make_call(session)


def standing(session, question_id) -> int:
    return session.scalar(
        sa.select(sa.func.count())
        .select_from(Support)
        .where(Support.question_id == question_id, Support.withdrawn_at.is_(None))
    )


def test_support_is_one_per_person_and_withdrawable(session, call):
    question, person = make_question(session, call), make_person(session)
    act = dict(call=call, question_id=question.id, person_id=person.id)
    for _ in range(2):
        give_support(session, **act, now=utcnow())
    assert standing(session, question.id) == 1
    withdraw_support(session, **act, now=utcnow())
    withdraw_support(session, **act, now=utcnow())
    assert standing(session, question.id) == 0
    give_support(session, **act, now=utcnow())
    assert standing(session, question.id) == 1


def test_authors_cannot_support_their_own(session, call):
    sender, co_author = make_person(session), make_person(session)
    question = make_question(session, call, sender)
    submission_id = session.scalars(
        sa.select(QuestionSource.submission_id).where(QuestionSource.question_id == question.id)
    ).one()
    session.add(Authorship(submission_id=submission_id, person_id=co_author.id, position=2, full_name="Co Author"))
    session.flush()
    for person in (sender, co_author):
        with pytest.raises(Refused, match="This question is yours"):
            give_support(session, call=call, question_id=question.id, person_id=person.id, now=utcnow())


@pytest.mark.parametrize("state", [QuestionState.NEW, QuestionState.WITHDRAWN])
def test_only_questions_of_the_call_can_be_supported(session, call, state):
    question = make_question(session, call, state=state)
    with pytest.raises(Refused):
        give_support(session, call=call, question_id=question.id, person_id=make_person(session).id, now=utcnow())


def test_question_of_another_call_is_missing(session, call):
    question = make_question(session, make_call(session))
    with pytest.raises(NotFound):
        give_support(session, call=call, question_id=question.id, person_id=make_person(session).id, now=utcnow())


def test_closed_call_takes_no_support(session, call):
    question, person = make_question(session, call), make_person(session)
    for change in (give_support, withdraw_support):
        with pytest.raises(Closed):
            change(session, call=call, question_id=question.id, person_id=person.id, now=call.closes_at)


def test_a_call_that_closed_since_it_was_read_takes_no_support(session, call):
    question, person = make_question(session, call), make_person(session)
    move_call(session, call_id=call.id, to=CallState.CLOSED, actor_id=None, now=utcnow())
    with pytest.raises(Closed):
        give_support(session, call=call, question_id=question.id, person_id=person.id, now=utcnow())


def test_support_of_a_merged_question_is_taken_back_with_its_target(session, call):
    target, merged, person = make_question(session, call), make_question(session, call), make_person(session)
    give_support(session, call=call, question_id=merged.id, person_id=person.id, now=utcnow())
    merge(session, merged, target)
    withdraw_support(session, call=call, question_id=target.id, person_id=person.id, now=utcnow())
    assert standing(session, merged.id) == 0


def test_button_gives_and_takes_back(client, session, call):
    question = make_question(session, call)
    sign_in(client, session, make_person(session))
    address = f"/en/{call.slug}/questions/{label_of(question)}"
    assert "Support this question" in client.get(address).text
    answer = client.post(f"{address}/support")
    assert answer.status_code == 303
    assert answer.location.endswith(address)
    assert "Take my support back" in client.get(address).text
    assert standing(session, question.id) == 1
    assert client.post(f"{address}/support/withdraw").status_code == 303
    assert standing(session, question.id) == 0


def test_doors_of_support(client, session, call):
    sender = make_person(session)
    question = make_question(session, call, sender)
    address = f"/en/{call.slug}/questions/{label_of(question)}"
    assert "Sign in to support this question" in client.get(address).text
    assert client.post(f"{address}/support").status_code == 401
    assert client.get(f"{address}/support").status_code == 405
    sign_in(client, session, sender)
    assert "This question is yours." in client.get(address).text
    own = client.post(f"{address}/support")
    missing = client.post(f"/en/{call.slug}/questions/Q-999999/support")
    assert (own.status_code, missing.status_code) == (404, 404)
    assert standing(session, question.id) == 0


def test_support_after_the_close_is_refused_with_a_sentence(client, session):
    call = make_call(session)
    question = make_question(session, call)
    closed = make_call(session, state=CallState.CLOSED)
    question.call_id = closed.id
    session.flush()
    sign_in(client, session, make_person(session))
    answer = client.post(f"/en/{closed.slug}/questions/{label_of(question)}/support")
    assert answer.status_code == 409
    assert "The call closed on" in answer.text


def test_unscreened_question_has_no_door(client, session, call):
    _receipt, question_id = send(session, call)
    sign_in(client, session, make_person(session))
    assert client.post(f"/en/{call.slug}/questions/Q-{question_id}/support").status_code == 404
