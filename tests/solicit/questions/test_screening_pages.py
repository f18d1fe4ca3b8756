"""The desk on the page: the queue, one question, decisions, and whom they are hidden from."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import make_call, make_organizer, make_person, sign_in
from builders_questions import attach, make_model, make_question, make_submission, make_vector

from solicit.calls.queries import out_of_scope_reasons
from solicit.clock import utcnow
from solicit.mail.models import OutboxMail
from solicit.mail.tasks import _message
from solicit.questions.models import Question, ScreeningDecision
from solicit.questions.states import QuestionState
from solicit.submissions.models import Authorship


@pytest.fixture
def call(session):
    return make_call(session)


@pytest.fixture
def organizer(session, call):
    return make_organizer(session, call)


@pytest.fixture
def desk(client, session, organizer):
    """A browser of a signed-in organizer."""
    sign_in(client, session, organizer)
    return client


def queue(call) -> str:
    return f"/{call.slug}/organize/questions"


def state(session, question) -> QuestionState:
    return session.get(Question, question.id, populate_existing=True).state


def reason_id(session, call) -> int:
    return out_of_scope_reasons(session, call_id=call.id)[0].id


DOORS = [
    ("get", ""),
    ("get", "/many"),
    ("post", "/many"),
    ("get", ".csv"),
    ("post", "/next"),
    ("get", "/{id}"),
    ("post", "/{id}/in-scope"),
    ("post", "/{id}/out-of-scope"),
    ("post", "/{id}/back"),
    ("post", "/{id}/theme"),
    ("post", "/{id}/take"),
    ("post", "/{id}/give-back"),
    ("post", "/{id}/suspicion/spam"),
    ("post", "/{id}/wording/accept"),
    ("get", "/{id}/trail"),
    ("get", "/{id}/redaction"),
    ("post", "/{id}/redaction"),
    ("get", "/{id}/translations"),
    ("post", "/{id}/translations"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_desk_is_for_organizers_of_the_call(client, session, call, method, path):
    question = make_question(session, call)
    address = queue(call) + path.format(id=question.id)
    closed = 404 if "{id}" in path else 403

    assert getattr(client, method)(address).status_code == (303 if method == "get" else 401)
    for person in (make_person(session), make_organizer(session, make_call(session))):
        sign_in(client, session, person)
        assert getattr(client, method)(address).status_code == closed
    assert state(session, question) is QuestionState.NEW


@pytest.mark.parametrize(("method", "path"), [door for door in DOORS if "{id}" in door[1]])
def test_missing_and_foreign_questions_are_alike(desk, session, call, method, path):
    foreign = make_question(session, make_call(session))

    for question_id in (foreign.id, 2**62, 2**64, 0):
        assert getattr(desk, method)(queue(call) + path.format(id=question_id)).status_code == 404
    assert state(session, foreign) is QuestionState.NEW


def test_queue_lists_new_questions_oldest_first(desk, session, call):
    titles = ["Why is the sky dark?", "Why is the ice bright?"]
    make_question(session, call, title=titles[1], created_at=utcnow())
    make_question(session, call, title=titles[0], created_at=utcnow() - timedelta(days=2))
    make_question(session, call, title="Why is this one decided?", state=QuestionState.IN_SCOPE)

    page = desk.get(queue(call)).text

    assert 0 < page.index(titles[0]) < page.index(titles[1])
    assert "Why is this one decided?" not in page
    assert "2 questions wait for a decision." in page


def test_facets_count_and_filter(desk, session, call):
    make_question(session, call, theme="life", title="What lives in the ice of Europa?")
    make_question(session, call, theme="space", title="What ends the heliosphere?")
    make_question(session, call, theme=None, title="What is this about at all?")
    make_question(session, call, theme="life", state=QuestionState.IN_SCOPE, number=77, title="Where do plumes begin?")

    life = desk.get(queue(call) + "?theme=life").text
    none = desk.get(queue(call) + "?theme=none").text
    searched = desk.get(queue(call) + "?state=all&q=plumes").text
    numbered = desk.get(queue(call) + "?state=all&q=q-77").text

    assert "Europa" in life and "heliosphere" not in life
    assert "about at all" in none and "Europa" not in none and "Incomplete" in none
    for found in (searched, numbered):
        assert "Where do plumes begin?" in found and "heliosphere" not in found


@pytest.mark.parametrize("values", [dict(goal_overview=""), dict(significance=""), dict(theme=None)])
def test_import_that_lacks_something_is_marked_incomplete(desk, session, call, values):
    whole = make_question(session, call)
    assert "Incomplete" not in desk.get(queue(call)).text + desk.get(f"{queue(call)}/{whole.id}").text

    question = make_question(session, call, **values)

    assert desk.get(queue(call)).text.count("Incomplete") == 1
    assert "Incomplete" in desk.get(f"{queue(call)}/{question.id}").text


@pytest.mark.parametrize(
    "query", ["state=nonsense", "theme=nonsense&page=-1", "page=99999999999", "q=%00%D8", "q=' | !("]
)
def test_strange_query_strings_show_a_page(desk, session, call, query):
    make_question(session, call)

    assert desk.get(queue(call) + "?" + query).status_code == 200


@pytest.mark.parametrize("n", [1, 3])
def test_queue_and_question_cost_the_same_for_any_number(desk, session, call, count_statements, n):
    model = make_model(session)
    for _ in range(n):
        make_vector(session, make_question(session, call), model, [1, 0, 0, 0])
    question = make_question(session, call)
    make_vector(session, question, model, [1, 0, 0, 0])
    session.commit()
    count_statements.clear()
    desk.get(queue(call))
    assert len(count_statements) <= 8
    address = f"{queue(call)}/{question.id}"
    count_statements.clear()
    page = desk.get(address).text
    assert len(count_statements) <= 8
    assert page.count("Similarity") == n


def test_organizer_does_not_meet_questions_of_their_own(desk, session, call, organizer):
    own = make_question(session, call, submitter=organizer, title="What did I ask myself?")
    as_co_author = make_question(session, call, title="What did we ask together?")
    submission_id = session.scalar(
        sa.text("SELECT submission_id FROM question_source WHERE question_id = :id").bindparams(id=as_co_author.id)
    )
    session.add(Authorship(submission_id=submission_id, person_id=organizer.id, position=2, full_name="O"))
    other = make_question(session, call, title="What did somebody else ask?")
    model = make_model(session)
    for question in (own, other):
        make_vector(session, question, model, [1, 0, 0, 0])

    page = desk.get(queue(call)).text
    near = desk.get(f"{queue(call)}/{other.id}").text

    assert "1 question waits for a decision." in page
    for text in (page, near):
        assert "What did I ask myself?" not in text and "What did we ask together?" not in text
    for question in (own, as_co_author):
        assert desk.get(f"{queue(call)}/{question.id}").status_code == 404
        assert desk.post(f"{queue(call)}/{question.id}/in-scope", data={"version": 1}).status_code == 404
        assert state(session, question) is QuestionState.NEW


def test_own_submission_under_another_question_is_a_conflict_too(desk, session, call, organizer):
    target = make_question(session, call)
    attach(session, make_submission(session, call, submitter=organizer), target)

    assert desk.get(f"{queue(call)}/{target.id}").status_code == 404


def test_question_page_shows_the_persons_text(desk, session, call):
    question = make_question(session, call, language="fr", title="Que voit-on <b>là</b> ?", approach="Un radar.")

    page = desk.get(f"{queue(call)}/{question.id}").text

    assert 'lang="fr">Que voit-on &lt;b&gt;là&lt;/b&gt; ?' in page
    assert "French" in page and "Un radar." in page and question.significance in page


def test_in_scope_goes_on_to_the_next_new_question(desk, session, call):
    first, second = make_question(session, call), make_question(session, call)

    answer = desk.post(f"{queue(call)}/{first.id}/in-scope", data={"version": first.version})

    undo = session.scalar(sa.select(ScreeningDecision.id))
    assert (answer.status_code, answer.location) == (303, f"{queue(call)}/{second.id}?decided={first.id}&undo={undo}")
    assert state(session, first) is QuestionState.IN_SCOPE
    page = desk.get(answer.location).text
    assert f"Q-{session.get(Question, first.id).number} is in scope." in page
    assert f"{queue(call)}/{first.id}" in page


def test_last_decision_leads_back_to_the_queue(desk, session, call):
    question = make_question(session, call)

    answer = desk.post(f"{queue(call)}/{question.id}/in-scope", data={"version": question.version})

    undo = session.scalar(sa.select(ScreeningDecision.id))
    assert (answer.status_code, answer.location) == (303, f"{queue(call)}?undo={undo}")


def test_out_of_scope_and_back(desk, session, call):
    question = make_question(session, call)
    sent = {"version": question.version, "reason": reason_id(session, call), "note": "Thank you"}

    desk.post(f"{queue(call)}/{question.id}/out-of-scope", data=sent)
    page = desk.get(f"{queue(call)}/{question.id}").text
    assert "Not about deep space" in page and "Thank you" in page
    version = session.get(Question, question.id, populate_existing=True).version
    desk.post(f"{queue(call)}/{question.id}/back", data={"version": version})

    assert state(session, question) is QuestionState.NEW


@pytest.mark.parametrize(
    "change",
    [
        {"reason": ""},
        {"reason": "999999"},
        {"reason": str(2**70)},
        {"reason": "x"},
        {"note": "x" * 2_001},
        {"note": "a note with a \x00 inside"},
        {"version": ""},
        {"version": "0"},
        {"version": str(2**70)},
    ],
)
def test_bad_decision_keeps_what_was_typed(desk, session, call, change):
    question = make_question(session, call)
    good = {"version": question.version, "reason": reason_id(session, call), "note": "My long and friendly note"}

    answer = desk.post(f"{queue(call)}/{question.id}/out-of-scope", data=good | change)

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert change.get("note", good["note"]).replace("\x00", "") in answer.text
    assert state(session, question) is QuestionState.NEW


def test_decision_on_an_older_version_keeps_the_note(desk, session, call):
    question = make_question(session, call)
    sent = {"version": question.version, "reason": reason_id(session, call), "note": "My long and friendly note"}
    question.version += 1

    answer = desk.post(f"{queue(call)}/{question.id}/out-of-scope", data=sent)

    assert answer.status_code == 422
    assert "changed while you were reading" in answer.text and "My long and friendly note" in answer.text
    assert state(session, question) is QuestionState.NEW


def test_theme_is_changed_and_unknown_ones_are_refused(desk, session, call):
    question = make_question(session, call, theme=None)
    address = f"{queue(call)}/{question.id}/theme"

    assert "Choose a theme first" in desk.get(f"{queue(call)}/{question.id}").text
    assert desk.post(address, data={"version": 1, "theme": "nonsense"}).status_code == 422
    told = desk.post(address, data={"version": 1, "theme": "life"}, follow_redirects=True)

    assert "The theme was changed." in told.text
    assert session.get(Question, question.id, populate_existing=True).theme_id == call.theme("life").id
    again = desk.post(address, data={"version": 2, "theme": "life"}, follow_redirects=True).text
    assert "It stands under this theme already." in again and "The theme was changed." not in again


def test_many_are_confirmed_before_they_are_in_scope(desk, session, call):
    ready, without_theme = make_question(session, call), make_question(session, call, theme=None)
    asked = {"selected": [ready.id, without_theme.id, 2**62, "x"]}

    page = desk.get(f"{queue(call)}/many", query_string=asked).text
    assert "Put 1 question in scope?" in page and "Left as they are" in page
    assert state(session, ready) is QuestionState.NEW
    answer = desk.post(f"{queue(call)}/many", data={**asked, "act": "in_scope"}, follow_redirects=True)

    assert "1 question is now in scope." in answer.text
    assert (state(session, ready), state(session, without_theme)) == (QuestionState.IN_SCOPE, QuestionState.NEW)


def test_nothing_selected_leads_back(desk, session, call):
    make_question(session, call)

    assert "Select at least one question first." in desk.get(f"{queue(call)}/many", follow_redirects=True).text


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_mails_read_as_plain_text(app, session, call, organizer, desk, locale):
    submitter = make_person(session, locale=locale)
    accepted, refused = (make_question(session, call, submitter=submitter) for _ in range(2))
    desk.post(f"{queue(call)}/{accepted.id}/in-scope", data={"version": 1})
    sent = {"version": 1, "reason": reason_id(session, call), "note": "It's <about> birds"}
    desk.post(f"{queue(call)}/{refused.id}/out-of-scope", data=sent)

    messages = [_message(mail) for mail in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))]

    assert [message.to for message in messages] == [[submitter.email]] * 2
    number = session.get(Question, accepted.id, populate_existing=True).number
    assert f"Q-{number}" in messages[0].subject and accepted.title in messages[0].body
    assert "It's <about> birds" in messages[1].body and "It is about something else." in messages[1].body
    for message in messages:
        assert f"http://localhost/{locale}/{call.slug}/my" in message.body
        assert "\n\n\n" not in message.body
