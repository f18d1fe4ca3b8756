import pytest
from builders import make_call, make_organizer, sign_in
from builders_panels import ask, make_panel, make_read_question, make_round, seat
from builders_questions import make_pair

from solicit.panels.queries.rounds import questions_in_open_round


@pytest.mark.parametrize(("state", "is_locked"), [("draft", False), ("open", True), ("closed", False)])
def test_question_is_locked_only_while_its_round_is_open(session, state, is_locked):
    call = make_call(session)
    asked, other = (make_read_question(session, call) for _ in range(2))
    panel = make_panel(session, call)
    ask(session, make_round(session, call, state=state), panel, seat(session, call, panel), asked)
    found = questions_in_open_round(session, question_ids=(asked.id, other.id))
    assert found == ({asked.id} if is_locked else set())


def test_merging_a_question_of_an_open_round_is_refused_in_words(client, session):
    call = make_call(session)
    left, right = (make_read_question(session, call) for _ in range(2))
    pair = make_pair(session, left, right)
    panel = make_panel(session, call)
    ask(session, make_round(session, call, state="open"), panel, seat(session, call, panel), left)
    sign_in(client, session, make_organizer(session, call))
    answer = client.post(f"/{call.slug}/organize/duplicates/{pair.id}/merge", data={"keep": left.id})
    assert answer.status_code in (409, 422)
    assert "whoever runs it must allow merging first" in answer.text
    session.refresh(right)
    assert right.merged_into_id is None
