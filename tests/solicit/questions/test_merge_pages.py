"""Merging two questions on the page, and undoing it."""

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_questions import attach, make_pair, make_question, make_submission

from solicit.mail.models import OutboxMail
from solicit.mail.tasks import _message
from solicit.questions.models import Merge, Question
from solicit.questions.states import QuestionState


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def desk(client, session, call):
    sign_in(client, session, make_organizer(session, call))
    return client


def address(call, pair) -> str:
    return f"/{call.slug}/organize/duplicates/{pair.id}/merge"


def state(session, question) -> QuestionState:
    return session.get(Question, question.id, populate_existing=True).state


def checked(page: str, question) -> bool:
    return f'name="keep" value="{question.id}" id="keep" checked' in page


def test_question_with_number_is_suggested(desk, session, call):
    older, numbered = make_question(session, call), make_question(session, call, state=QuestionState.IN_SCOPE)

    assert checked(desk.get(address(call, make_pair(session, older, numbered))).text, numbered)


def test_question_with_more_submissions_is_suggested(desk, session, call):
    older, louder = make_question(session, call), make_question(session, call)
    attach(session, make_submission(session, call, submitter=make_person(session)), louder)

    assert checked(desk.get(address(call, make_pair(session, older, louder))).text, louder)


def test_older_question_is_suggested_otherwise(desk, session, call):
    older, newer = make_question(session, call), make_question(session, call)

    assert checked(desk.get(address(call, make_pair(session, older, newer))).text, older)


def test_chosen_question_stays_and_the_merge_can_be_undone(desk, session, call):
    one, other = make_question(session, call), make_question(session, call)
    pair = make_pair(session, one, other)

    answer = desk.post(address(call, pair), data={"keep": other.id})
    assert answer.status_code == 303
    assert (state(session, one), state(session, other)) == (QuestionState.MERGED, QuestionState.NEW)
    page = desk.get(f"/{call.slug}/organize/merges").text
    assert one.title in page and other.title in page
    merge = session.scalars(sa.select(Merge)).one()
    answer = desk.post(f"/{call.slug}/organize/merges/{merge.id}/undo", follow_redirects=True)

    assert "stands by itself again" in answer.text
    assert state(session, one) is QuestionState.NEW
    assert desk.post(f"/{call.slug}/organize/merges/{merge.id}/undo").status_code == 409


def test_merged_pair_is_listed_under_same(desk, session, call):
    one, other = make_question(session, call), make_question(session, call)
    desk.post(address(call, make_pair(session, one, other)), data={"keep": one.id})

    assert "See the merge" in desk.get(f"/{call.slug}/organize/duplicates?verdict=same").text
    page = desk.get(f"/{call.slug}/organize/questions/{other.id}").text
    assert "Merged into" in page and one.title in page and "Out of scope</h2>" not in page


@pytest.mark.parametrize("keep", ["", "0", "x", str(2**70), "third"])
def test_forged_choice_merges_nothing(desk, session, call, keep):
    one, other, third = (make_question(session, call) for _ in range(3))
    pair = make_pair(session, one, other)

    answer = desk.post(address(call, pair), data={"keep": third.id if keep == "third" else keep})

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert session.scalars(sa.select(Merge)).all() == []


def test_refusal_of_the_house_is_shown_on_the_form(desk, session, call):
    screened, new = make_question(session, call, state=QuestionState.IN_SCOPE), make_question(session, call)

    answer = desk.post(address(call, make_pair(session, screened, new)), data={"keep": new.id})

    assert answer.status_code == 422
    assert "Keep the other one." in answer.text
    assert state(session, screened) is QuestionState.IN_SCOPE


def test_mails_name_both_questions(desk, session, call):
    one, other = (make_question(session, call, state=QuestionState.IN_SCOPE) for _ in range(2))
    desk.post(address(call, make_pair(session, one, other)), data={"keep": one.id})
    merge = session.scalars(sa.select(Merge)).one()
    desk.post(f"/{call.slug}/organize/merges/{merge.id}/undo")

    messages = [_message(mail) for mail in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]

    assert [message.subject.split(":")[0] for message in messages] == ["Grouped with another question"] * 2 + [
        "No longer grouped"
    ] * 2
    assert all(one.title in message.body and other.title in message.body for message in messages)
