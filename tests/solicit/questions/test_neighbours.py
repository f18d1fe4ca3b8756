"""The nearest questions beside a question on the desk."""

import pytest
from builders import make_call, make_organizer, sign_in
from builders_questions import make_model, make_question, make_vector

from solicit.calls.queries import call_facts
from solicit.questions.queries.neighbours import nearest_for_desk, nearest_of_kind
from solicit.questions.states import QuestionState


@pytest.fixture
def world(session):
    """A call in which two questions were read, and one that came just now."""
    call, model = make_call(session), make_model(session)
    near, far = (make_question(session, call, title=f"Question {n}?", state=QuestionState.IN_SCOPE) for n in range(2))
    make_vector(session, near, model, [1, 0, 0, 0])
    make_vector(session, far, model, [0.5, 1, 0, 0])
    return call_facts(session, slug=call.slug), model, near, far, make_question(session, call, title="Just now?")


def test_nearest_come_first_once_the_text_was_read(session, world):
    call, model, near, far, asking = world
    make_vector(session, asking, model, [1, 0.1, 0, 0])

    found = nearest_for_desk(session, call=call, viewer_id=make_organizer(session, call).id, question_id=asking.id)

    assert [neighbour.id for neighbour in found] == [near.id, far.id]
    assert found[0].cosine > 0.99


def test_nothing_is_near_a_text_that_was_not_read_yet(client, session, world):
    call, _model, _near, _far, asking = world
    organizer = make_organizer(session, call)

    assert nearest_for_desk(session, call=call, viewer_id=organizer.id, question_id=asking.id) == ()
    assert nearest_of_kind(session, question_id=asking.id, limit=3) == []
    sign_in(client, session, organizer)
    page = client.get(f"/{call.slug}/organize/questions/{asking.id}").text
    assert "A new text is compared within moments" in page and "Question 0?" not in page
