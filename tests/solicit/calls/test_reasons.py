"""The reasons for being out of scope, as organizers edit them."""

import pytest
from builders import make_call, make_organizer, sign_in
from builders_questions import make_question

from solicit.calls.queries import out_of_scope_reasons, reasons

GOOD = {"label": "Too short to judge", "letter": "Please tell us a little more."}


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(client, session, call):
    person = make_organizer(session, call)
    sign_in(client, session, person)
    return person


def page(call) -> str:
    return f"/{call.slug}/organize/reasons"


def labels(session, call) -> list[str]:
    return [reason.label for reason in reasons(session, call.id)]


def test_a_reason_is_added_at_the_end_and_offered_to_the_desk(client, session, call, organizer):
    question = make_question(session, call)

    client.post(page(call), data=GOOD)

    assert labels(session, call) == ["Not about deep space", "Too short to judge"]
    assert [reason.key for reason in reasons(session, call.id)] == ["not-space", "too-short-to-judge"]
    assert "Too short to judge" in client.get(f"/{call.slug}/organize/questions/{question.id}").text


def test_reasons_change_places_and_words(client, session, call, organizer):
    client.post(page(call), data=GOOD)
    first, second = reasons(session, call.id)

    client.post(f"{page(call)}/{second.id}/up")
    assert labels(session, call) == ["Too short to judge", "Not about deep space"]
    client.post(f"{page(call)}/{second.id}/up")
    client.post(f"{page(call)}/{first.id}", data={"label": "Not about space", "letter": "It is lovely, but not ours."})

    assert labels(session, call) == ["Too short to judge", "Not about space"]
    assert reasons(session, call.id)[1].letter == "It is lovely, but not ours."


def test_what_is_no_longer_offered_stays_where_it_was_given(client, session, call, organizer):
    question = make_question(session, call)
    (reason,) = reasons(session, call.id)
    desk = f"/{call.slug}/organize/questions/{question.id}"
    client.post(desk + "/out-of-scope", data={"version": 1, "reason": reason.id, "note": ""})

    client.post(f"{page(call)}/{reason.id}/stop")

    assert out_of_scope_reasons(session, call_id=call.id) == ()
    assert reason.label in client.get(desk).text and "No longer offered" in client.get(page(call)).text
    client.post(f"{page(call)}/{reason.id}/offer")
    assert len(out_of_scope_reasons(session, call_id=call.id)) == 1


@pytest.mark.parametrize("change", [{"label": ""}, {"letter": ""}, {"label": "x" * 101}, {"letter": "x" * 1_001}])
def test_bad_words_change_nothing_and_stay_typed(client, session, call, organizer, change):
    answer = client.post(page(call), data=GOOD | change)

    assert answer.status_code == 422
    assert next(value for name, value in GOOD.items() if name not in change) in answer.text
    assert labels(session, call) == ["Not about deep space"]
